/* The pages kept on this device, listed where one looks for them without network. */

import dates from "./dates.js";

const COPIES = "levain-copies"; // as in worker.js

/** Fill the list of copies in `section` and show what fits: the list, or that there is none. */
export default async function offline(section) {
  const [list, none, forget] = ["ul", "[data-none]", "button"].map((part) => section.querySelector(part));
  const status = section.querySelector("[role=status]");
  // In place of another page: of one that was asked for, or of the answer to what was sent.
  if (location.pathname !== section.dataset.copies) status.textContent = section.dataset.missed;
  const cache = await caches.open(COPIES);
  const kept = (await cache.keys()).reverse();
  const words = dates({ dateStyle: "long", timeStyle: "short" });
  const plain = new DOMParser();
  for (const request of kept) {
    const { headers } = await cache.match(request);
    const line = section.querySelector("template").content.cloneNode(true);
    const link = line.querySelector("a");
    link.href = request.url;
    // A title holds entities; nothing but its text is used.
    link.textContent = plain.parseFromString(decodeURIComponent(headers.get("X-Title")), "text/html").body.textContent;
    const meta = line.querySelector(".meta");
    meta.textContent = meta.textContent.replace("{date}", words.format(new Date(headers.get("X-Read"))));
    list.append(line);
  }
  const show = (any) => {
    list.hidden = forget.hidden = !any;
    none.hidden = any;
  };
  forget.addEventListener("click", async () => {
    await caches.delete(COPIES);
    list.replaceChildren();
    show(false);
    status.textContent = forget.dataset.done;
    section.querySelector("h2").focus();
  });
  show(kept.length > 0);
}
