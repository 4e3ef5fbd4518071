/* Reading without network: what runs behind the pages, served from /sw.js with `WIKI` written before it.

   A copy of a page is always what a stranger reads: an answer that says it is private is asked for again without
   cookies, and what a stranger may not read is not kept. WIKI holds: build (of the looks), parts (addresses of what
   pages are drawn with), pages, offline and logout (addresses). */

const COPIES = "levain-copies";
const PARTS = `levain-parts-${WIKI.build}`;
const MOST = 60; // copies; the one read longest ago goes first
const LARGEST = 500_000; // characters of a copy
const PATIENCE = 6_000; // milliseconds before a copy is better than waiting
const LANGUAGE = new URL(location.href).searchParams.get("in") ?? "";
const HEADERS = LANGUAGE ? { "Accept-Language": LANGUAGE } : {};
let cleared = 0; // how many times somebody has gone out since this began

addEventListener("install", (event) => event.waitUntil(prepare()));
addEventListener("activate", (event) => event.waitUntil(begin()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    event.waitUntil(heed(url));
    if (request.mode === "navigate" && url.pathname !== WIKI.logout) event.respondWith(fetch(request).catch(missed));
  } else if (request.mode === "navigate") event.respondWith(read(event, url));
  else if (WIKI.parts.some((part) => part.split("?")[0] === url.pathname)) event.respondWith(part(request));
});

async function prepare() {
  const cache = await caches.open(PARTS);
  await Promise.all([
    cache.addAll(WIKI.parts),
    fetch(WIKI.offline, { credentials: "omit", headers: HEADERS }).then((answer) => cache.put(WIKI.offline, answer)),
  ]);
  await skipWaiting();
}

async function begin() {
  for (const name of await caches.keys()) {
    if (name.startsWith("levain-parts-") && name !== PARTS) await caches.delete(name);
  }
  await registration.navigationPreload?.enable();
  await clients.claim();
  // The page that brought this worker was read before it could see.
  for (const window of await clients.matchAll({ type: "window" })) await keep(new URL(window.url), null);
}

/** The page from the network; without it, or too late, the copy; without a copy, the page that lists the copies. */
async function read(event, url) {
  const asked = network(event, url);
  event.waitUntil(asked.catch(() => {}));
  try {
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    return (await Promise.race([asked, late])) ?? (await copy(url)) ?? (await asked);
  } catch {
    return (await copy(url)) ?? (await missed());
  }
}

/** What is shown in place of what is not to be had: the page that lists the copies. */
const missed = async () => (await caches.match(WIKI.offline)) ?? Response.error();

async function network(event, url) {
  const answer = (await event.preloadResponse) ?? (await fetch(event.request));
  event.waitUntil(keep(url, answer.clone()).catch(() => {}));
  return answer;
}

/** Keep a page that anybody may read. `answer` is what was read, or null where that has passed already. */
async function keep(url, answer) {
  if (!isPage(url) || answer?.type === "opaqueredirect") return;
  const before = cleared;
  if (!answer || !isForAnybody(answer)) {
    answer = await fetch(url, { credentials: "omit", headers: HEADERS, redirect: "manual" });
  }
  const cache = await caches.open(COPIES);
  const text = isForAnybody(answer) ? await answer.text() : "";
  if (!text || text.length > LARGEST || cleared !== before) {
    await cache.delete(url);
    return;
  }
  const headers = new Headers(answer.headers);
  headers.set("X-Read", new Date().toISOString());
  headers.set("X-Title", encodeURIComponent(/<h1[^>]*>(.*?)<\/h1>/s.exec(text)?.[1] ?? url.pathname));
  await cache.put(url, new Response(text, { headers }));
  await trim(cache, MOST);
}

async function trim(cache, most) {
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - most)).map((request) => cache.delete(request)));
}

function isPage(url) {
  return url.pathname.startsWith(WIKI.pages) && !url.pathname.slice(WIKI.pages.length).includes("/") && !url.search;
}

function isForAnybody({ status, headers }) {
  const control = headers.get("Cache-Control") ?? "private";
  return status === 200 && headers.get("Content-Type")?.startsWith("text/html") && !/private|no-store/.test(control);
}

/** A kept page with its note, which stands in the page itself, dated; null where there is none. */
async function copy(url) {
  const kept = await (await caches.open(COPIES)).match(url);
  if (!kept) return null;
  const text = await kept.text();
  const told = /<html lang="([\w-]+)"/.exec(text)?.[1] ?? "fr";
  const language = told === "en" ? "en-GB" : told; // the day first, as everywhere
  const date = new Date(kept.headers.get("X-Read"));
  const words = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(date);
  const noted = text.replace(/<template id="copy-note">(.*?)<\/template>/s, (_, note) => note.replace("{date}", words));
  return new Response(noted, { headers: kept.headers });
}

/** What pages are drawn with. An address with a mark never changes its content; others are asked for while one can. */
async function part(request) {
  const kept = await caches.open(PARTS);
  const marked = new URL(request.url).search !== "";
  try {
    return (marked && (await kept.match(request))) || (await fetch(request));
  } catch {
    return (await kept.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

/** Something is being written: going out forgets every copy, a change to a page that page's. */
async function heed(url) {
  if (url.pathname === WIKI.logout) {
    cleared += 1;
    await caches.delete(COPIES);
  } else if (url.pathname.startsWith(WIKI.pages)) {
    const [slug] = url.pathname.slice(WIKI.pages.length).split("/");
    await (await caches.open(COPIES)).delete(new URL(WIKI.pages + slug, location.origin));
  }
}
