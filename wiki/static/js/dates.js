/* Dates as the pages say them, in the page's language. */

/** What writes dates with these parts (of Intl.DateTimeFormat); in English the day first, and hours up to 24. */
export default function dates(parts) {
  const { lang } = document.documentElement;
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, parts);
}
