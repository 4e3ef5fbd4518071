/* Following a recipe with the device beside the dough: each number is a large button that marks its step as done. */

const prefix = "levain.steps.";

/** Make buttons of the numbers of a page's steps. Words come from #steps-done; what is done is kept by the device. */
export default function steps(first) {
  const template = document.getElementById("steps-done");
  const prose = first.closest(".prose");
  if (!template || !prose) return;
  const key = prefix + location.pathname;
  const bar = template.content.cloneNode(true).querySelector(".steps-bar");
  const count = bar.querySelector("[role=status]");
  const [awake, again] = bar.querySelectorAll("button");
  const done = new Set(remembered(key));
  const buttons = [...prose.querySelectorAll(":is(h3, h4)[id] > .step-number")].map((number) => {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = document.documentElement.lang;
    button.className = "step-number";
    button.textContent = number.textContent;
    button.title = template.dataset.done;
    button.setAttribute("aria-label", template.dataset.step.replace("{n}", number.textContent));
    number.replaceWith(button);
    button.addEventListener("click", () => {
      const { id } = button.parentElement;
      if (!done.delete(id)) done.add(id);
      show();
      remember(key, [...done]);
    });
    return button;
  });
  let lock = null;

  function show() {
    let marked = 0;
    for (const button of buttons) {
      const isDone = done.has(button.parentElement.id);
      button.setAttribute("aria-pressed", isDone);
      marked += isDone;
    }
    bar.hidden = !marked;
    document.documentElement.classList.toggle("with-steps-bar", marked > 0);
    const words = marked > 1 ? template.dataset.many : template.dataset.one;
    count.textContent = words.replace("{done}", marked).replace("{all}", buttons.length);
  }

  // The browser lets go of the lock whenever the page is out of sight.
  async function keepAwake() {
    try {
      lock = await navigator.wakeLock.request("screen");
    } catch {
      lock = null;
      awake.setAttribute("aria-pressed", false);
    }
  }

  if ("wakeLock" in navigator) {
    awake.hidden = false;
    awake.addEventListener("click", () => {
      const wanted = awake.getAttribute("aria-pressed") !== "true";
      awake.setAttribute("aria-pressed", wanted);
      if (wanted) keepAwake();
      else lock?.release();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && awake.getAttribute("aria-pressed") === "true") keepAwake();
    });
  }
  again.addEventListener("click", () => {
    done.clear();
    show();
    remember(key, []);
    buttons[0].focus();
  });
  prose.after(bar);
  show();
}

function remembered(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function remember(key, steps) {
  try {
    if (steps.length) localStorage.setItem(key, JSON.stringify(steps));
    else localStorage.removeItem(key);
  } catch {
    // For this visit only.
  }
}
