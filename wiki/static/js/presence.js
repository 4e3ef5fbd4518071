/* Who else has this page open for editing, and whether it has moved on meanwhile. */

const PERIOD = 25_000;

/** Say every so often that this form is open, and show what the answer tells. `note` is the [data-presence] paragraph. */
export default function presence(note) {
  const form = document.querySelector("form.edit-form");
  const names = new Intl.ListFormat(document.documentElement.lang);
  const say = async () => {
    if (document.hidden) return;
    try {
      const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
      const answer = await fetch(note.dataset.url, { method: "POST", body });
      if (!answer.ok) return;
      const { others, head } = await answer.json();
      const words = others.length > 1 ? note.dataset.many : note.dataset.one;
      show(note, others.length ? words.replace("{names}", names.format(others)) : "");
      const moved = document.querySelector("[data-moved]");
      if (moved) moved.hidden = !(head > Number(form.elements.base.value));
    } catch {
      // A courtesy: without a network there is nothing to say.
    }
  };
  document.addEventListener("visibilitychange", say);
  setInterval(say, PERIOD);
  say();
}

function show(note, words) {
  const place = note.querySelector("span");
  // Left alone when nothing changed, or it would be read aloud each time.
  if (place.textContent !== words) place.textContent = words;
  note.hidden = !words;
}
