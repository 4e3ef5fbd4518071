/* What nobody but a hostile text would leave in a page of the wiki, as lines that name it. */
() => {
  const ADDRESSES = ["href", "src", "action", "formaction", "data", "poster", "background", "xlink:href", "ping", "srcdoc"];
  const PROTOCOLS = ["http:", "https:", "mailto:", "tel:", "webcal:"];
  const ELEMENTS =
    "iframe, object, embed, base, applet, frame, meta[http-equiv], marquee, math, video, audio, template img, " +
    "main style, main link, main svg script, main script:not([nonce]):not([type])";
  const faults = [];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on")) faults.push(`${element.tagName} ${name}=${value}`);
      if (name === "style" && element.closest(".prose")) faults.push(`${element.tagName} ${name}=${value}`);
      if (!ADDRESSES.includes(name)) continue;
      const address = URL.parse(value, location.href);
      if (!address) continue;
      const fetched = name !== "href" || ["LINK", "BASE", "use"].includes(element.tagName);
      if (!PROTOCOLS.includes(address.protocol) || (fetched && address.origin !== location.origin))
        faults.push(`${element.tagName} ${name}=${value}`);
    }
  }
  for (const element of document.querySelectorAll(ELEMENTS)) faults.push(element.outerHTML.slice(0, 200));
  for (const script of document.scripts)
    if (/alert\(|evil/.test(script.textContent) && !/json$/.test(script.type)) faults.push(script.outerHTML.slice(0, 200));
  for (const name of ["cookie", "getElementById", "location", "forms"])
    if (document[name] instanceof Element) faults.push(`document.${name} is an element`);
  return faults;
}
