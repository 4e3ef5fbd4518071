/* Lists of lines: adding and removing without a round trip. */

/** Serve the buttons of every list of lines in a form. */
export default function lines(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest(".add-line, .remove-line");
    const list = button?.closest("[data-lines]");
    if (!list) return;
    event.preventDefault();
    if (button.matches(".add-line")) add(list);
    else remove(list, button.closest(".line"), form.querySelector("[data-announce]"));
    list.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const rows = (list) => [...list.querySelectorAll(".line")];
const inputs = (row) => [...row.querySelectorAll("input, textarea, select")];

function empty(row) {
  for (const input of inputs(row)) {
    if (input.type === "checkbox") input.checked = false;
    else if (!("kept" in input.dataset)) input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
  for (const told of row.querySelectorAll(".field-error")) told.remove();
  for (const marked of row.querySelectorAll(".invalid")) marked.classList.remove("invalid");
}

function add(list) {
  const last = rows(list).at(-1);
  const row = last.cloneNode(true);
  empty(row);
  last.after(row);
  number(list);
  inputs(row)[0].focus();
}

function remove(list, row, announcements) {
  const all = rows(list);
  const next = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1] ?? row;
  if (next === row) empty(row);
  else row.remove();
  number(list);
  inputs(next)[0].focus();
  if (announcements) {
    // Emptied first, or the same words twice would be said once.
    announcements.textContent = "";
    setTimeout(() => (announcements.textContent = announcements.dataset.removed), 100);
  }
}

/** Give every line the number, the names and the id that the server would have given it. */
function number(list) {
  const name = list.dataset.lines;
  rows(list).forEach((row, index) => {
    row.querySelector(".remove-line").value = `remove:${name}:${index}`;
    const first = inputs(row)[0];
    first.id = index ? `field-${name}-${index + 1}` : `field-${name}`;
    for (const box of row.querySelectorAll("[data-index]")) box.value = index;
    for (const element of row.querySelectorAll("[data-numbered]")) {
      const words = element.dataset.numbered.replace("{n}", index + 1);
      if (element.matches("span")) element.textContent = words;
      else element.setAttribute("aria-label", words);
    }
  });
}
