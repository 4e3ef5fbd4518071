/* Where a page lies: a place chosen by name, two numbers, or a point put on a map. Each follows the others. */

import { atlas, pin } from "./atlas.js";
import { names } from "./places.js";

/** Serve the position of a form. */
export default function picker(form) {
  const field = (name) => form.elements[name];
  const position = form.querySelector("[data-position]");
  const said = position.querySelector("[role=status]");
  const inputs = [field("geo-latitude"), field("geo-longitude")];
  const number = (input) => (input.value.trim() ? Number(input.value.trim().replace(",", ".").replace("−", "-")) : NaN);
  const point = () => {
    const [latitude, longitude] = inputs.map(number);
    return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [latitude, longitude] : null;
  };
  let moved = () => {};
  const put = ([latitude, longitude], precision) => {
    inputs[0].value = latitude.toFixed(4);
    inputs[1].value = longitude.toFixed(4);
    const select = field("geo_precision");
    if (select && precision) select.value = precision;
    // Drafts listen for what is typed.
    inputs[0].dispatchEvent(new Event("input", { bubbles: true }));
    moved();
  };

  names(field("place"), position.dataset.position, (place, asked) => {
    if (!asked && point()) return;
    put([place.latitude, place.longitude], place.precision);
    const country = field("country");
    if (country) country.value = place.country;
    said.textContent = said.dataset.proposed.replace("{place}", place.label);
  });

  const button = position.querySelector("[data-open]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const view = position.querySelector(".map-view");
    position.querySelector(".map").hidden = false;
    button.hidden = true;
    const { L, map } = await atlas(view);
    view.focus();
    const marker = L.marker([0, 0], { ...pin(L, view, view.dataset.pin), draggable: true, keyboard: false });
    moved = () => {
      if (!point()) return marker.remove();
      marker.setLatLng(point()).addTo(map);
      if (!map.getBounds().contains(point())) map.panTo(point());
    };
    const at = ({ lat, lng }) => put([lat, L.Util.wrapNum(lng, [-180, 180], true)]);
    map.on("click", ({ latlng }) => at(latlng));
    marker.on("dragend", () => at(marker.getLatLng()));
    for (const input of inputs) input.addEventListener("input", ({ isTrusted }) => isTrusted && moved());
    const here = position.querySelector("[data-here]");
    here.addEventListener("click", () => at(map.getCenter()));
    if (point()) map.setView(point(), 8, { animate: false });
    moved();
    view.dataset.ready = "1";
  });
}
