/* A warning before leaving a form with something unsaved in it. */

/** Whether a form has something unsaved from the start: it comes back from the server with what was typed
    (data-carried), or somebody was faster than the scripts. */
export const touched = (form) =>
  form.hasAttribute("data-carried") ||
  [...form.elements].some((field) => "defaultValue" in field && field.value !== field.defaultValue);

/** Guard a form. */
export default function leaving(form) {
  const warn = (event) => event.preventDefault();
  const guard = () => addEventListener("beforeunload", warn);
  if (touched(form)) guard();
  form.addEventListener("input", guard);
  document.addEventListener("submit", (event) => {
    if (event.target === form && !event.defaultPrevented) removeEventListener("beforeunload", warn);
  });
}
