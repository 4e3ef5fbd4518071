/* Places suggested while one is being typed, from the wiki's own gazetteer. */

const PATIENCE = 150; // milliseconds without a key before asking

/** Serve the name of a place in a form that keeps its point in hidden fields. */
export default function places(form) {
  const input = form.querySelector("[data-places]");
  const hidden = ["geo", "geo_precision", "country"].map((name) => form.elements[name]);
  const city = () => input.value.split(",")[0].trim();
  let taken = hidden[0].value && city();
  const keep = (...values) => hidden.forEach((field, index) => (field.value = values[index] ?? ""));
  input.addEventListener("input", () => {
    // Another city: the point that was taken is not its own.
    if (taken && city() !== taken) {
      taken = "";
      keep();
    }
  });
  names(input, input.dataset.places, (place) => {
    taken = place.name;
    keep(`${place.latitude}, ${place.longitude}`, place.precision, place.country);
  });
}

/** Suggestions under the name of the place; `chosen(place, asked)` when one is taken, or is what was written. */
export function names(input, address, chosen) {
  if (!input) return;
  const list = document.createElement("datalist");
  list.id = "places";
  input.form.append(list);
  input.setAttribute("list", list.id);
  input.autocomplete = "off";
  let timer, asked;
  let found = [];
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const query = new URLSearchParams({ q: input.value.split(",")[0].slice(0, 80) });
      const answer = await fetch(`${address}?${query}`, { signal: asked.signal });
      found = answer.ok ? await answer.json() : [];
    } catch {
      return; // Typing goes on without suggestions.
    }
    list.replaceChildren(...found.map(({ label }) => new Option("", label)));
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const taken = found.find(({ label }) => label === input.value);
    if (taken) {
      input.value = taken.name;
      chosen(taken, true);
    } else if (!input.value.includes(",")) timer = setTimeout(ask, PATIENCE);
  });
}
