/* The contents beside a text say where the reader is. */

/** Mark the line of the contents whose section is at the top of the window. */
export default function contents(nav) {
  const links = new Map([...nav.querySelectorAll("a[href^='#']")].map((link) => [link.hash.slice(1), link]));
  const headings = [...links.keys()].map((hash) => document.getElementById(decodeURIComponent(hash))).filter(Boolean);
  let current = null;
  const mark = () => {
    const above = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
    const link = above.length ? links.get(encodeURIComponent(above.at(-1).id)) ?? links.get(above.at(-1).id) : null;
    if (link === current) return;
    current?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    current = link;
    if (link && nav.scrollHeight > nav.clientHeight) nav.scrollTop = link.offsetTop - nav.clientHeight / 2;
  };
  // A heading crossing the upper third of the window is all that can change the answer.
  const watch = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px" });
  for (const heading of headings) watch.observe(heading);
}
