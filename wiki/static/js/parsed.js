/* HTML from the server made into nodes: read apart from this page, and never with a script. */

/** A document of its own, made from HTML. Nothing in it runs or is fetched. */
export default function parsed(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const script of page.querySelectorAll("script")) script.remove();
  return page;
}
