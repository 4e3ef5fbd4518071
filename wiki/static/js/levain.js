/* Levain's scripts add comfort; every page does its work without them.

   This file is read on every page and stands alone. The others are fetched where a page has what they serve. They put
   no words of their own on the screen: those come from data- attributes and <template>s, where gettext sees them. */

const KEYS = {
  e: '.tabs a[href$="/edit"]:not([aria-current])',
  "/": "#site-search",
};
const SAVE = ".save-bar .primary";
const WRITING = "input, textarea, select, [contenteditable]";

const COMFORTS = [
  ["form.edit-form", "lines", "suggestions", "leaving"],
  ["form.conflict-form", "choices", "leaving"],
  ["textarea[data-preview]", "preview", "toolbar", "completion"],
  ["[data-presence][data-url]", "presence"],
  ["form:has([data-position])", "picker"],
  ["form:has([data-places])", "places"],
  [".map-view:not([data-picker])", "map"],
  [".versions", "versions"],
  ["[data-print]", "print"],
  [".prose .step-number", "steps"],
  [".toc .desk-only", "contents"],
  ["[data-copies]", "offline"],
  [".status > .banner", "announce"],
];

const find = (selector) => document.querySelector(selector);

// Storage is refused in some private windows; then nothing is remembered, and that is all.
function device(use) {
  try {
    return use();
  } catch {
    return null;
  }
}

function obey(event) {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const together = event.ctrlKey || event.metaKey;
  if (together && !event.shiftKey && event.key.toLowerCase() === "s" && find(SAVE)) {
    event.preventDefault();
    if (!event.repeat) find(SAVE).click();
    return;
  }
  if (together || event.repeat || event.target.closest?.(WRITING)) return;
  if (device(() => localStorage.getItem("levain.keys")) === "off") return;
  const target = Object.hasOwn(KEYS, event.key) && find(KEYS[event.key]);
  if (!target) return;
  event.preventDefault();
  target.focus();
  if (target.select) target.select();
  else target.click();
}

// Single keys disturb those who speak to their computer: they can be switched off (WCAG 2.1.4).
function offerShortcuts() {
  const template = find("#shortcuts");
  if (!template || !("popover" in HTMLElement.prototype)) return;
  template.replaceWith(template.content);
  const choice = find("#field-single-keys");
  choice.checked = device(() => localStorage.getItem("levain.keys")) !== "off";
  choice.addEventListener("change", () =>
    device(() => localStorage.setItem("levain.keys", choice.checked ? "on" : "off")),
  );
  find("#site-search")?.setAttribute("aria-keyshortcuts", "/");
  find(KEYS.e)?.setAttribute("aria-keyshortcuts", "e");
  find(SAVE)?.setAttribute("aria-keyshortcuts", "Control+S Meta+S");
}

async function load(name, element) {
  try {
    (await import(`./${name}.js`)).default(element);
  } catch (error) {
    console.warn(name, error);
  }
}

// Pages read stay readable without network, in the language of this one.
function keepCopies() {
  const { worker } = find("script[data-worker]").dataset;
  navigator.serviceWorker?.register(`${worker}?in=${document.documentElement.lang}`).catch(() => {});
}

document.addEventListener("keydown", obey);
addEventListener("load", keepCopies);
offerShortcuts();
const loading = COMFORTS.flatMap(([selector, ...names]) => {
  const element = find(selector);
  return element ? names.map((name) => load(name, element)) : [];
});
// Few readers search: the box learns to suggest when somebody enters it.
find("#site-search")?.addEventListener("focus", () => load("searchbox", find("form.site-search")), { once: true });
// Drafts also concern the page a save led to: there the draft of what was saved is dropped.
const form = find("form.edit-form");
if (form || device(() => sessionStorage.getItem("levain.sent"))) loading.push(load("drafts", form));
// Tells a style sheet, or a test, that every comfort of this page is there.
Promise.all(loading).then(() => (document.documentElement.dataset.comforts = "ready"));
