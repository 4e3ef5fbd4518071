/* A button that prints the page, where a script can. */

/** Show the button and serve it. */
export default function print(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
