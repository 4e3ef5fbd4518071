/* Titles, themes and places suggested while the search box is being filled. */

const PATIENCE = 200; // milliseconds without a key before asking

/** Serve the search form; choosing a page opens it, choosing a place searches there. */
export default function searchbox(form) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("datalist");
  list.id = "site-search-suggestions";
  form.append(list);
  input.setAttribute("list", list.id);
  let timer, asked;
  let found = new Map();
  input.addEventListener("input", ({ inputType }) => {
    clearTimeout(timer);
    asked?.abort();
    const words = input.value.trim();
    // A value that comes whole was chosen from the list, not typed.
    if (found.has(words) && (!inputType || inputType === "insertReplacementText")) {
      location.assign(found.get(words));
      return;
    }
    if (words.length < 2) return;
    timer = setTimeout(async () => {
      asked = new AbortController();
      try {
        const query = new URLSearchParams({ q: words });
        const answer = await fetch(`${form.dataset.suggestions}?${query}`, { signal: asked.signal });
        if (!answer.ok) return;
        const hits = await answer.json();
        found = new Map(hits.map((hit) => [hit.title, hit.url]));
        list.replaceChildren(...hits.map((hit) => new Option("", hit.title)));
      } catch {
        // Typing goes on without suggestions.
      }
    }, PATIENCE);
  });
}
