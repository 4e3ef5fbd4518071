/* The text as it will be read, beside the text being written, on wide screens. */

import parsed from "./parsed.js";

const PATIENCE = 600; // milliseconds without a key before asking
const REMEMBERED = "levain.preview";

/** Fill the preview beside a textarea, which a button puts away. Its address comes from data-preview. */
export default function preview(textarea) {
  const button = textarea.parentElement.querySelector(".preview-toggle");
  const view = textarea.parentElement.querySelector(".live-preview");
  const wide = matchMedia("(min-width: 68.75em)");
  let timer, asked, shown;

  const follow = () => {
    const way = textarea.scrollTop / (textarea.scrollHeight - textarea.clientHeight || 1);
    view.scrollTop = way * (view.scrollHeight - view.clientHeight);
  };
  const refresh = async () => {
    asked?.abort();
    const body = textarea.value;
    if (view.hidden || !wide.matches || body === shown) return;
    asked = new AbortController();
    try {
      const sent = new URLSearchParams({ body, csrf_token: textarea.form.elements.csrf_token.value });
      const answer = await fetch(textarea.dataset.preview, { method: "POST", body: sent, signal: asked.signal });
      if (!answer.ok) return;
      view.replaceChildren(...inert(parsed(await answer.text()).body));
      shown = body;
      follow();
    } catch {
      // The last preview stays; the next key tries again.
    }
  };
  const show = (wanted) => {
    button.setAttribute("aria-pressed", wanted);
    view.hidden = !wanted;
    refresh();
  };

  let wanted = true;
  try {
    wanted = localStorage.getItem(REMEMBERED) !== "off";
  } catch {
    // Shown, then.
  }
  show(wanted);

  button.addEventListener("click", () => {
    show(view.hidden);
    try {
      localStorage.setItem(REMEMBERED, view.hidden ? "off" : "on");
    } catch {
      // For this page only.
    }
  });
  textarea.addEventListener("scroll", follow);
  textarea.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PATIENCE);
  });
  wide.addEventListener("change", refresh);
}

/** The nodes of a rendered text, none of which takes a name this page uses or leads away from the form. */
function inert(body) {
  for (const element of body.querySelectorAll("[id]")) element.removeAttribute("id");
  for (const link of body.querySelectorAll("a[href]")) {
    if (link.getAttribute("href").startsWith("#")) link.removeAttribute("href");
    else link.target = "_blank";
  }
  return body.childNodes;
}
