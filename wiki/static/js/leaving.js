/* A warning before leaving a form with something unsaved in it. */

/** Guard a form. One with data-carried comes back from the server with what was typed: it is unsaved from the start. */
export default function leaving(form) {
  const warn = (event) => event.preventDefault();
  const guard = () => addEventListener("beforeunload", warn);
  if (form.hasAttribute("data-carried")) guard();
  form.addEventListener("input", guard);
  document.addEventListener("submit", (event) => {
    if (event.target === form && !event.defaultPrevented) removeEventListener("beforeunload", warn);
  });
}
