/* The history: of the two versions to compare, the first is always the older. */

/** Let only sensible pairs be ticked in a list of versions. */
export default function versions(list) {
  const [from, to] = ["from", "to"].map((name) => [...list.querySelectorAll(`input[name="${name}"]`)]);
  const chosen = (column) => Number(column.find((radio) => radio.checked)?.value);
  const update = () => {
    const [older, newer] = [chosen(from), chosen(to)];
    for (const radio of from) radio.disabled = !radio.checked && Number(radio.value) >= newer;
    for (const radio of to) radio.disabled = !radio.checked && Number(radio.value) <= older;
  };
  list.addEventListener("change", update);
  // The browser may put former choices back when one returns to the page.
  addEventListener("pageshow", update);
  update();
}
