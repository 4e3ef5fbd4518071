/* The conflict screen: one choice for each passage. */

/** Serve the passages of a conflict form: show what each choice needs, count those that remain. */
export default function choices(form) {
  const passages = [...form.querySelectorAll(".passage")];
  const remaining = form.querySelector("[data-remaining]");
  const chosen = (passage) => passage.querySelector("[type=radio]:checked")?.value;

  const update = () => {
    for (const passage of passages) {
      passage.querySelector(".passage-written").hidden = chosen(passage) !== "write";
      if (chosen(passage)) passage.querySelector(".field-error").hidden = true;
    }
    const left = passages.filter((passage) => !chosen(passage)).length;
    const { none, one, many } = remaining.dataset;
    const words = left > 1 ? many.replace("{n}", left) : left ? one : none;
    if (remaining.textContent !== words) remaining.textContent = words;
    remaining.hidden = false;
  };

  form.addEventListener("change", update);
  // The browser may put former choices back when one returns to the page.
  addEventListener("pageshow", update);
  update();
  form.addEventListener("submit", (event) => {
    const open = passages.filter((passage) => !chosen(passage));
    if (!open.length) return;
    event.preventDefault();
    for (const passage of open) passage.querySelector(".field-error").hidden = false;
    open[0].querySelector("[type=radio]").focus();
    open[0].scrollIntoView({ block: "start" });
  });
}
