/* Pages suggested while a field that names one is being filled. */

const PATIENCE = 200; // milliseconds without a key before asking

/** Serve every input of a form that carries data-suggest (the kind of page wanted; empty for any). */
export default function suggestions(form) {
  let timer, asked;
  form.addEventListener("input", ({ target }) => {
    if (!target.matches("input[data-suggest]")) return;
    clearTimeout(timer);
    asked?.abort();
    const list = listOf(target);
    const words = target.value.trim();
    if (!words || [...list.options].some((option) => option.value === words)) return;
    timer = setTimeout(async () => {
      asked = new AbortController();
      try {
        const query = new URLSearchParams({ q: words, kind: target.dataset.suggest });
        const answer = await fetch(`${form.dataset.suggestions}?${query}`, { signal: asked.signal });
        if (answer.ok) list.replaceChildren(...(await answer.json()).map((page) => option(page, target, words)));
      } catch {
        // Typing goes on without suggestions.
      }
    }, PATIENCE);
  });
}

// Where any page may be named, its title stays in the text; elsewhere the name is one that leads to the page.
// A browser proposes what holds the typed words: where only their accents differ, they stand beside the name.
function option({ title, name }, input, words) {
  const written = input.dataset.suggest ? name : title;
  const alike = `${written}\n${title}`.toLowerCase().includes(words.toLowerCase());
  return new Option(alike ? title : words, written);
}

function listOf(input) {
  const id = input.getAttribute("list");
  let list = document.getElementById(id);
  if (!list) {
    list = document.createElement("datalist");
    list.id = id;
    input.form.append(list);
  }
  return list;
}
