/* Drafts: what is being written stays on this device until it is saved.

   Each open form keeps its draft under a key of its own, so that two tabs never write over one another. A form that
   opens offers back the drafts its former openings left behind, where they say something else than the screen. A draft
   goes when its text is saved, when the person forgets it, or after sixty days. */

import dates from "./dates.js";
import { touched } from "./leaving.js";
import parsed from "./parsed.js";

const PREFIX = "levain.draft/";
const SENT = "levain.sent"; // of this tab: the key of the draft that was sent to the server last, and what for
const PATIENCE = 400; // milliseconds without a key before keeping
const LIFETIME = 60 * 24 * 3600 * 1000;
const MOST = 20;
const OURS = ["csrf_token", "action", "started", "homepage"]; // not the person's
const APART = ["base", "comment", "minor"]; // kept, but no part of the text

/** Keep the drafts of an edit form; without one, see whether what was sent last is saved now. */
export default function drafts(form) {
  try {
    if (form) open(form);
    else landed();
  } catch {
    // No storage here: the warning before leaving remains.
  }
}

/** On a page without a form: a save led here, or the person went elsewhere and the draft stays. */
function landed() {
  if (document.querySelector(".conflict-form")) return; // Not yet: the choices come first.
  const sent = takeSent();
  const thanks = document.querySelector(".page > .status .banner:is(.success, .info)");
  if (sent?.action === "save" && thanks) localStorage.removeItem(sent.key);
}

function takeSent() {
  const sent = JSON.parse(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
  return sent;
}

const markSent = (key, action) => sessionStorage.setItem(SENT, JSON.stringify({ key, action }));

/** Every draft of this device, newest first; those that cannot be read, are too old or too many are removed. */
function all() {
  const found = Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => {
      try {
        return { ...JSON.parse(localStorage.getItem(key)), key };
      } catch {
        return { key };
      }
    })
    .sort((one, other) => (other.at ?? 0) - (one.at ?? 0));
  const good = found.filter((draft) => draft.entries && Date.now() - draft.at < LIFETIME).slice(0, MOST);
  for (const draft of found) if (!good.includes(draft)) localStorage.removeItem(draft.key);
  return good;
}

const entriesOf = (form) => [...new FormData(form)].filter(([name]) => !OURS.includes(name) && !name.startsWith("version-"));

/** What entries say, in one string that is equal for equal texts. */
const saying = (entries) =>
  JSON.stringify(entries.filter(([name, value]) => value.trim() && !APART.includes(name))).replaceAll("\\r\\n", "\\n");

function open(form) {
  const name = form.dataset.draft;
  // On a shared device, what an account wrote is offered to that account only.
  const who = document.querySelector(".account .name")?.textContent ?? "";
  const sent = takeSent();
  // A form the server sends back shows what was typed: its draft goes on. Any other begins one.
  const carried = form.hasAttribute("data-carried");
  const key = (carried && sent?.key) || PREFIX + Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  const screen = saying(entriesOf(form));
  const left = all().filter((draft) => draft.name === name && draft.key !== key);
  for (const draft of left) if (saying(draft.entries) === screen) localStorage.removeItem(draft.key);
  offer(form, left.filter((draft) => saying(draft.entries) !== screen && (!draft.who || draft.who === who)));

  let timer;
  let changed = touched(form);
  const keep = () => {
    if (!changed) return;
    try {
      localStorage.setItem(key, JSON.stringify({ name, who, at: Date.now(), entries: entriesOf(form) }));
      changed = false;
      all();
    } catch {
      // Full: the warning before leaving remains.
    }
  };
  keep();
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, PATIENCE);
  });
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", keep);
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    keep();
    markSent(key, event.submitter?.value ?? "save");
  });
}

/** Show the first of the drafts left behind, with what can be done with it. */
function offer(form, [draft, ...others]) {
  const template = document.getElementById("draft-offer");
  if (!template || !draft) return;
  const banner = template.content.firstElementChild.cloneNode(true);
  const date = dates({ dateStyle: "long", timeStyle: "short" });
  const line = banner.querySelector("p");
  line.textContent = line.textContent.replace("{date}", date.format(draft.at));
  const button = (name) => banner.querySelector(`[data-do=${name}]`);

  // The server is sent the draft with its own base, as any form, and asked what it changes.
  const address = form.getAttribute("action");
  const request = [...draft.entries, ["csrf_token", form.elements.csrf_token.value], ["action", "changes"]];
  const resume = () => {
    const sender = document.createElement("form");
    sender.method = "post";
    sender.setAttribute("action", address);
    for (const [name, value] of request) {
      sender.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(sender);
    markSent(draft.key, "changes");
    HTMLFormElement.prototype.submit.call(sender);
  };
  const compare = async () => {
    try {
      const answer = await fetch(address, { method: "POST", body: new URLSearchParams(request) });
      const found = parsed(await answer.text()).querySelector("#changes, #preview");
      for (const element of [found, ...found.querySelectorAll("[id]")]) element.removeAttribute("id");
      found.removeAttribute("aria-labelledby");
      banner.querySelector(".actions").after(found);
      button("resume").focus();
      button("compare").remove();
    } catch {
      resume();
    }
  };
  const forget = () => {
    localStorage.removeItem(draft.key);
    banner.remove();
    offer(form, others);
    form.querySelector("input:not([type=hidden]), textarea").focus();
  };

  for (const [name, act] of Object.entries({ resume, compare, forget })) button(name).addEventListener("click", act);
  template.after(banner);
}
