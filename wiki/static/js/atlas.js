/* A map that belongs to the page: Leaflet over the wiki's own base, or over the tiles the wiki is set to show.

   Colours come from the style sheet, words from the page. Nothing is asked of another host but the tiles set. */

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const CITIES_AT_ONCE = 40;
let loading;

/** Leaflet with clusters, and its style sheets: fetched once, where a page has a map. `parts` are their addresses. */
export function leaflet(parts) {
  loading ??= (async () => {
    await Promise.all([sheet(parts.style), import(parts.leaflet)]);
    await import(parts.clusters);
    return globalThis.L;
  })();
  return loading;
}

function sheet(href) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, onload: resolve, onerror: reject });
    // Before the page's own, which has the last word.
    document.head.prepend(link);
  });
}

/** A map in `element`, its base drawn; `element.dataset` holds `parts` and `words`. Gives Leaflet and the map. */
export async function atlas(element, options = {}) {
  const parts = JSON.parse(element.dataset.parts);
  const words = JSON.parse(element.dataset.words);
  const L = await leaflet(parts);
  element.querySelector(".map-still")?.remove();
  const map = L.map(element, {
    minZoom: 1,
    maxZoom: parts.tiles ? 19 : parts.file ? 15 : 11,
    maxBounds: [[-85, -220], [85, 220]],
    scrollWheelZoom: false,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    zoomControl: false,
    worldCopyJump: false,
    ...options,
  });
  L.control.zoom({ zoomInTitle: words.closer, zoomOutTitle: words.farther }).addTo(map);
  map.attributionControl.setPrefix(false).addAttribution(words.credit);
  // The wheel turns the page until somebody takes the map in hand.
  map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());
  map.on("popupopen", ({ popup }) => {
    popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
  });
  map.setView([46.6, 2.4], 5, { animate: false });
  await base(L, map, parts);
  return { L, map, words };
}

/** A drawn pin, called `title`: what L.marker needs besides the point. */
export function pin(L, element, title) {
  const drawing = element.closest(".map").querySelector("template").content.firstElementChild.cloneNode(true);
  return { title, icon: L.divIcon({ className: "map-pin", html: drawing, iconSize: [32, 40], iconAnchor: [16, 38], popupAnchor: [0, -36] }) };
}

async function base(L, map, parts) {
  if (parts.tiles) return L.tileLayer(parts.tiles).addTo(map);
  if (parts.file) {
    const { default: protomaps } = await import(parts.protomaps);
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return protomaps.leafletLayer({ url: parts.file, flavor: dark ? "dark" : "light", lang: "fr" }).addTo(map);
  }
  const answer = await fetch(parts.world);
  if (answer.ok) draw(L, map, await answer.json());
}

function draw(L, map, world) {
  const lines = world.lines.map(points);
  const line = (index) => (index < 0 ? [...lines[~index]].reverse() : lines[index]);
  const quiet = { interactive: false, smoothFactor: 1 };
  const land = world.land.map((rings) => rings.map((ring) => unbroken(ring.flatMap(line))));
  L.polygon(land, { ...quiet, className: "map-land" }).addTo(map);
  L.polyline(world.borders.map((index) => lines[index]), { ...quiet, className: "map-border" }).addTo(map);
  // What the pins say is what there is to hear.
  map.getPane("overlayPane").setAttribute("aria-hidden", "true");
  const pane = map.createPane("cities");
  pane.setAttribute("aria-hidden", "true");
  const names = L.layerGroup().addTo(map);
  const name = () => nameCities(L, map, world.cities, names);
  map.on("moveend", name);
  name();
}

// A ring that crosses the 180th meridian goes on beyond it, not back around the world.
function unbroken(ring) {
  let turn = 0;
  const gone = ring.map(([latitude, longitude], index) => {
    const step = index ? longitude - ring[index - 1][1] : 0;
    if (Math.abs(step) > 180) turn -= Math.sign(step) * 360;
    return [latitude, longitude + turn];
  });
  const west = Math.min(...gone.map(([, longitude]) => longitude));
  return west < -180 ? gone.map(([latitude, longitude]) => [latitude, longitude + 360]) : gone;
}

// The cities that have room, the likeliest to be looked for first.
function nameCities(L, map, cities, names) {
  names.clearLayers();
  const view = map.getBounds();
  const taken = [];
  for (const [city, latitude, longitude] of cities) {
    if (!view.contains([latitude, longitude])) continue;
    const { x, y } = map.latLngToContainerPoint([latitude, longitude]);
    const width = 7 * city.length + 24;
    if (taken.some((other) => x < other.x + other.width && other.x < x + width && Math.abs(y - other.y) < 26)) continue;
    taken.push({ x, y, width });
    const icon = L.divIcon({ className: "map-city", html: text(city), iconSize: null });
    L.marker([latitude, longitude], { icon, pane: "cities", interactive: false, keyboard: false }).addTo(names);
    if (taken.length === CITIES_AT_ONCE) return;
  }
}

/** An element that holds these words. */
export function text(words, name = "span") {
  const element = document.createElement(name);
  element.textContent = words;
  return element;
}

// Differences in thousandths of a degree, as characters of five bits each (Google's encoded polylines).
function points(line) {
  const found = [];
  const now = [0, 0];
  for (let at = 0, which = 0; at < line.length; which ^= 1) {
    let value = 0;
    for (let shift = 0, bits = 32; bits & 32; shift += 5) {
      bits = line.charCodeAt(at++) - 63;
      value |= (bits & 31) << shift;
    }
    now[which] += value & 1 ? -((value + 1) >> 1) : value >> 1;
    if (which) found.push([now[0] / 1000, now[1] / 1000]);
  }
  return found;
}
