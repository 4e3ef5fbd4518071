/* Pages suggested while a link to one is being written: [[… */

import { write } from "./toolbar.js";

const PATIENCE = 150; // milliseconds without a key before asking
const WIDTH = 280; // pixels, as in the style sheet
const MOST = 6; // pages: a list that is seen whole
const OPENED = /\[\[([^[\]|\n]{1,80})$/;

/** Suggest pages in a textarea, in the list that stands after it. Address from the form's data-suggestions. */
export default function completion(textarea) {
  const list = textarea.parentElement.querySelector("[role=listbox]");
  const announcements = textarea.form.querySelector("[data-announce]");
  let timer, asked, pages = [], current = -1;

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    pages = [];
    textarea.removeAttribute("aria-activedescendant");
  };
  // What stands between the brackets that open before the caret and the caret.
  const opened = () => OPENED.exec(textarea.value.slice(0, textarea.selectionStart));
  const choose = (page) => {
    const { selectionStart: at, value } = textarea;
    const [, words] = opened() ?? [];
    close();
    if (words === undefined) return;
    const after = /^[^[\]|\n]*\]\]/.exec(value.slice(at))?.[0].length ?? 0;
    const name = /[[\]|]/.test(page.title) ? page.slug : page.title;
    write(textarea, at - words.length, at + after, `${name}]]`);
  };
  const mark = (index) => {
    current = (index + pages.length) % pages.length;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", at === current));
    textarea.setAttribute("aria-activedescendant", list.children[current].id);
    list.children[current].scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    pages = found.slice(0, MOST);
    if (!pages.length) return close();
    list.replaceChildren(
      ...pages.map(({ title }, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.role = "option";
        option.textContent = title;
        return option;
      }),
    );
    const place = caret(textarea);
    list.style.insetBlockStart = `${textarea.offsetTop + place.bottom + 4}px`;
    const furthest = Math.max(0, textarea.clientWidth - WIDTH);
    list.style.insetInlineStart = `${textarea.offsetLeft + Math.min(place.left, furthest)}px`;
    list.hidden = false;
    mark(0);
    announcements.textContent = list.dataset.found.replace("{n}", pages.length);
  };
  const suggest = async () => {
    const words = opened()?.[1].trim();
    if (!words) return close();
    asked?.abort();
    asked = new AbortController();
    try {
      const query = new URLSearchParams({ q: words });
      const answer = await fetch(`${textarea.form.dataset.suggestions}?${query}`, { signal: asked.signal });
      if (answer.ok && opened()?.[1].trim() === words) show(await answer.json());
    } catch {
      // Typing goes on without suggestions.
    }
  };

  textarea.addEventListener("input", () => {
    clearTimeout(timer);
    if (opened()) timer = setTimeout(suggest, PATIENCE);
    else close();
  });
  textarea.addEventListener("suggest", suggest);
  textarea.addEventListener("blur", close);
  textarea.addEventListener("click", close);
  textarea.addEventListener(
    "keydown",
    (event) => {
      if (list.hidden || event.isComposing) return;
      const does = {
        ArrowDown: () => mark(current + 1),
        ArrowUp: () => mark(current - 1),
        Enter: () => choose(pages[current]),
        Tab: () => choose(pages[current]),
        Escape: close,
      }[event.key];
      if (!does) return;
      event.preventDefault();
      does();
    },
    { capture: true },
  );
  // Before the textarea loses the focus.
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) choose(pages[[...list.children].indexOf(option)]);
  });
}

const COPIED = ["width", "padding", "border", "font", "lineHeight", "letterSpacing", "tabSize", "boxSizing"];

/** Where the caret is in a textarea, in pixels from its corner: found with a copy of the text up to there. */
function caret(textarea) {
  const copy = document.createElement("div");
  const look = getComputedStyle(textarea);
  for (const name of COPIED) copy.style[name] = look[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap" });
  copy.textContent = textarea.value.slice(0, textarea.selectionStart);
  const end = document.createElement("span");
  end.textContent = "\u200b";
  copy.append(end);
  document.body.append(copy);
  const place = { left: end.offsetLeft, bottom: end.offsetTop + end.offsetHeight - textarea.scrollTop };
  copy.remove();
  return { left: place.left, bottom: Math.min(Math.max(place.bottom, 0), textarea.clientHeight) };
}
