/* A status region says what comes into it; the note of a copy came with the page. */

/** Have the note of a copy announced. */
export default function copy(note) {
  setTimeout(() => note.parentElement.append(note), 500);
}
