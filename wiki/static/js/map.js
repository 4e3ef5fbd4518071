/* Events on a map: the points of a query (data-points), or one page's own (data-at). */

import { atlas, pin, text } from "./atlas.js";
import dates from "./dates.js";

const CLOSE = { batiment: 9, quartier: 8, ville: 7 };

/** Serve every map of the page: those told by a picture when asked for, the others when they come into sight. */
export default function maps() {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      show(target).catch((error) => console.warn("map", error));
    }
  }, { rootMargin: "200px" });
  for (const element of document.querySelectorAll(".map-view[data-points]:not(:has(.map-still))")) {
    seen.observe(element);
  }
  // A picture tells enough; a map that can be moved is worth its weight to who asks for it.
  for (const element of document.querySelectorAll(".map-view:has(.map-still)")) {
    const caption = element.closest(".map").querySelector("figcaption");
    caption.querySelector("[data-open]").addEventListener("click", async () => {
      caption.remove();
      await show(element).catch((error) => console.warn("map", error));
      element.focus();
    });
  }
}

async function show(element) {
  const { points, at, precision } = element.dataset;
  let features;
  if (points) {
    const answer = await fetch(points);
    if (!answer.ok) return;
    ({ features } = await answer.json());
    if (!features.length) return element.closest(".map").remove();
  }
  const touch = matchMedia("(pointer: coarse)").matches;
  // A finger that crosses a small map turns the page; two fingers move the map.
  const { L, map, words } = await atlas(element, { dragging: !(touch && element.clientHeight < 300) });
  if (at) {
    const point = at.split(",").map(Number);
    L.marker(point, { ...pin(L, element, element.getAttribute("aria-label")), keyboard: false, interactive: false }).addTo(map);
    map.setView(point, CLOSE[precision] ?? CLOSE.ville, { animate: false });
  } else cluster(L, map, element, words, features);
  element.dataset.ready = String(features?.length ?? 1);
}

function cluster(L, map, element, words, features) {
  const still = !map.options.zoomAnimation;
  const group = L.markerClusterGroup({
    animate: !still,
    maxClusterRadius: 48,
    showCoverageOnHover: false,
    chunkedLoading: true,
    iconCreateFunction: (found) => {
      const count = found.getChildCount();
      const shown = text(count);
      // The title says it whole.
      shown.setAttribute("aria-hidden", "true");
      const icon = L.divIcon({ className: "map-cluster", html: shown, iconSize: [40, 40] });
      const towns = [...new Set(found.getAllChildMarkers().map(({ options }) => options.town))].filter(Boolean);
      const where = towns.slice(0, 3).join(", ") + (towns.length > 3 ? "…" : "");
      found.options.title = (where ? words.there : words.many).replace("{n}", count).replace("{towns}", () => where);
      return icon;
    },
  });
  group.addLayers(features.map(({ geometry, properties }) => {
    const [longitude, latitude] = geometry.coordinates;
    const [town] = (properties.place ?? "").split(",");
    const marker = L.marker([latitude, longitude], { ...pin(L, element, properties.title), town });
    return marker.bindPopup(() => popup(properties, words));
  }));
  const at = features.map(({ geometry }) => [...geometry.coordinates].reverse());
  map.fitBounds(L.latLngBounds(bulk(at)).pad(0.1), { maxZoom: 9, animate: false });
  map.addLayer(group);
  keys(map);
}

// Where most of them are: one gathering over the ocean must not make the whole world the first thing seen. The events
// far from the others stay on the map, and the list beside it names them.
function bulk(points) {
  const within = [0, 1].map((axis) => {
    const sorted = points.map((point) => point[axis]).sort((one, other) => one - other);
    const apart = Math.floor(sorted.length / 10);
    const [low, high] = [sorted[apart], sorted[sorted.length - 1 - apart]];
    const margin = Math.max(high - low, 3) / 2;
    return (point) => point[axis] >= low - margin && point[axis] <= high + margin;
  });
  return points.filter((point) => within.every((inside) => inside(point)));
}

function popup({ title, url, starts, place, state }, words) {
  const link = Object.assign(text(title, "a"), { href: url });
  const paragraph = document.createElement("p");
  paragraph.append(link);
  const details = [words.states[state], day(starts), place].filter(Boolean).join("\u00a0· ");
  const body = document.createElement("div");
  body.append(paragraph, text(details, "p"));
  return body;
}

// A day in the words of the page's language; a month too; a year as it comes.
function day(starts) {
  const [, date, exact] = /^(\d{4}-\d\d(-\d\d)?)/.exec(starts ?? "") ?? [];
  if (!date) return starts;
  const parts = exact ? { dateStyle: "long" } : { month: "long", year: "numeric" };
  return dates({ ...parts, timeZone: "UTC" }).format(new Date(date));
}

// Who opens a pin by the keyboard goes on in its words, and comes back to the pin.
function keys(map) {
  let from;
  map.getContainer().addEventListener("keydown", ({ key, target }) => {
    if (key === "Enter") from = target.closest(".map-pin") ?? from;
    if (key === "Escape") map.closePopup();
  }, true);
  map.getContainer().addEventListener("pointerdown", () => (from = undefined), true);
  map.on("popupopen", ({ popup }) => {
    if (from) setTimeout(() => popup.getElement()?.querySelector("a[href]")?.focus());
  });
  map.on("popupclose", () => {
    from?.focus();
    from = undefined;
  });
}
