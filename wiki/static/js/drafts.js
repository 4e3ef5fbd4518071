/* Drafts: what is being written is kept on this device until it is saved.

   Each open form keeps a draft under a name of its own, so that two tabs never write over one another. When a form
   opens, the drafts that other openings of it have left behind and that say something else than the screen are offered
   back. A draft goes when its text was saved, when the person forgets it, or after sixty days. */

import parsed from "./parsed.js";

const PREFIX = "levain.draft/";
const SENT = "levain.sent"; // in this tab: the draft that was sent to the server last, and what for
const PATIENCE = 400; // milliseconds without a key before keeping
const LIFETIME = 60 * 24 * 3600 * 1000;
const MOST = 20;
const OURS = ["csrf_token", "action"];
const APART = ["base", "comment", "minor"]; // sent along, but no part of the text

/** Keep the drafts of an edit form; without one, see whether the last thing sent was saved. */
export default function drafts(form) {
  try {
    if (form) new Drafts(form).open();
    else landed();
  } catch {
    // No storage here: the warning before leaving remains.
  }
}

/** On a page without a form: a save led here, or the person went elsewhere and the draft stays. */
function landed() {
  if (document.querySelector(".conflict-form")) return; // not saved yet: the choices come first
  const sent = takeSent();
  const success = document.querySelector(".page > .status .banner:is(.success, .info)");
  if (sent?.action === "save" && success) localStorage.removeItem(sent.key);
}

function takeSent() {
  const sent = JSON.parse(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
  return sent;
}

/** Every draft of this device, newest first, those past their time left out and removed. */
function kept() {
  const found = [];
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    let draft = null;
    try {
      draft = { ...JSON.parse(localStorage.getItem(key)), key };
    } catch {
      // Unreadable: it goes.
    }
    if (draft?.entries && Date.now() - draft.at < LIFETIME) found.push(draft);
    else localStorage.removeItem(key);
  }
  found.sort((one, other) => other.at - one.at);
  for (const { key } of found.splice(MOST)) localStorage.removeItem(key);
  return found;
}

const entriesOf = (form) =>
  [...new FormData(form)].filter(([name, value]) => !OURS.includes(name) && typeof value === "string");

/** What a draft says, in one string that is equal for equal texts. */
const saying = (entries) =>
  JSON.stringify(
    entries
      .filter(([name, value]) => value.trim() && !APART.includes(name))
      .map(([name, value]) => [name, value.replace(/\r\n?/g, "\n")]),
  );

class Drafts {
  constructor(form) {
    this.form = form;
    this.name = form.dataset.draft;
    // On a shared device, what an account wrote is offered to that account only.
    this.who = document.querySelector(".account .name")?.textContent ?? "";
    this.key = PREFIX + Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
    this.changed = false;
  }

  open() {
    const sent = takeSent();
    const carried = this.form.hasAttribute("data-carried");
    if (carried && sent) this.key = sent.key;
    const screen = saying(entriesOf(this.form));
    const others = kept().filter((draft) => draft.name === this.name && draft.key !== this.key);
    for (const draft of others) if (saying(draft.entries) === screen) localStorage.removeItem(draft.key);
    this.offers = others.filter(
      (draft) => saying(draft.entries) !== screen && (!draft.who || draft.who === this.who),
    );
    this.offer();
    if (carried) this.keep();
    this.watch();
  }

  watch() {
    let timer;
    this.form.addEventListener("input", () => {
      this.changed = true;
      clearTimeout(timer);
      timer = setTimeout(() => this.keep(), PATIENCE);
    });
    const now = () => this.changed && this.keep();
    addEventListener("pagehide", now);
    document.addEventListener("visibilitychange", now);
    document.addEventListener("submit", (event) => {
      if (event.target !== this.form || event.defaultPrevented) return;
      now();
      this.markSent(this.key, event.submitter?.value ?? "save");
    });
  }

  keep() {
    const { name, who } = this;
    try {
      localStorage.setItem(this.key, JSON.stringify({ name, who, at: Date.now(), entries: entriesOf(this.form) }));
      this.changed = false;
      kept();
    } catch {
      // Full or refused: the warning before leaving remains.
    }
  }

  markSent(key, action) {
    try {
      sessionStorage.setItem(SENT, JSON.stringify({ key, action }));
    } catch {
      // Then the draft is offered once too often.
    }
  }

  /** Show the newest of the drafts left behind, with what can be done with it. */
  offer() {
    const template = document.getElementById("draft-offer");
    const draft = this.offers.shift();
    if (!template || !draft) return;
    const banner = template.content.firstElementChild.cloneNode(true);
    const date = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    const line = banner.querySelector("p");
    line.textContent = line.textContent.replace("{date}", date.format(draft.at));
    banner.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-do]");
      if (button) this[button.dataset.do](draft, banner, button);
    });
    template.after(banner);
  }

  /** What the server is sent to see a draft in its form: the draft, its own base, and a wish to see the changes. */
  request(draft) {
    const token = this.form.elements.csrf_token.value;
    return [...draft.entries, ["csrf_token", token], ["action", "changes"]];
  }

  /** Bring the draft back in a form of its own kind, above it what it changes: the server answers as to any form. */
  resume(draft) {
    const form = document.createElement("form");
    form.method = "post";
    form.setAttribute("action", this.form.getAttribute("action"));
    for (const [name, value] of this.request(draft)) {
      const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      form.append(input);
    }
    document.body.append(form);
    this.markSent(draft.key, "changes");
    HTMLFormElement.prototype.submit.call(form);
  }

  /** Show in the banner what the draft changes. */
  async compare(draft, banner, button) {
    try {
      const body = new URLSearchParams(this.request(draft));
      const answer = await fetch(this.form.getAttribute("action"), { method: "POST", body });
      const found = parsed(await answer.text()).querySelector("#changes, #preview");
      found.removeAttribute("id");
      found.removeAttribute("aria-labelledby");
      for (const element of found.querySelectorAll("[id]")) element.removeAttribute("id");
      button.closest("p").after(document.importNode(found, true));
      button.remove();
      banner.querySelector("[data-do=resume]").focus();
    } catch {
      this.resume(draft);
    }
  }

  forget(draft, banner) {
    localStorage.removeItem(draft.key);
    banner.remove();
    this.offer();
    this.form.querySelector("input:not([type=hidden]), textarea").focus();
  }
}
