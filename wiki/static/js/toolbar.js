/* Markdown for those who do not know it: buttons that write it around what is selected. */

const WRAPS = { bold: "**", italic: "*" };
const KEYS = { b: "bold", i: "italic" };

/** Serve the toolbar of a textarea. The words it writes where nothing is selected come from its data- attributes. */
export default function toolbar(textarea) {
  const bar = textarea.parentElement.querySelector("[role=toolbar]");
  const tools = [...bar.querySelectorAll("[data-tool]")];
  const words = bar.dataset;

  const uses = {
    bold: () => wrap(textarea, WRAPS.bold, words.sample),
    italic: () => wrap(textarea, WRAPS.italic, words.sample),
    heading: () => eachLine(textarea, heading),
    list: () => eachLine(textarea, item),
    link: () => link(textarea),
    table: () => block(textarea, words.table),
  };
  const use = (name) => {
    textarea.focus();
    uses[name]();
  };

  bar.addEventListener("click", ({ target }) => {
    const tool = target.closest("[data-tool]");
    if (tool) use(tool.dataset.tool);
  });
  // One stop of the Tab key for the whole bar; the arrows go from tool to tool.
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tools.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    tools[(at + step + tools.length) % tools.length].focus();
  });
  bar.addEventListener("focusin", ({ target }) => {
    if (tools.includes(target)) for (const tool of tools) tool.tabIndex = tool === target ? 0 : -1;
  });
  tools.forEach((tool, index) => (tool.tabIndex = index ? -1 : 0));
  textarea.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    const name = (event.ctrlKey || event.metaKey) && !event.shiftKey && KEYS[event.key.toLowerCase()];
    if (name) {
      event.preventDefault();
      use(name);
    } else if (event.key === "Enter" && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      continueList(textarea, event);
    }
  });
  for (const [key, name] of Object.entries(KEYS)) {
    bar.querySelector(`[data-tool=${name}]`).setAttribute("aria-keyshortcuts", `Control+${key.toUpperCase()}`);
  }
  bar.classList.add("ready");
}

// From text to heading, to smaller heading, and back to text.
const heading = (line) => (line.startsWith("### ") ? line.slice(4) : line.startsWith("## ") ? `#${line}` : `## ${line}`);
const isItem = (line) => line.startsWith("- ");
const item = (line, _at, all) => (all.every(isItem) ? line.slice(2) : isItem(line) ? line : `- ${line}`);

/** Replace a stretch of the text as typing would, so that it can be undone; what is then selected. */
export function write(textarea, start, end, text, from = start + text.length, to = from) {
  textarea.focus();
  textarea.setSelectionRange(start, end);
  const typed = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!typed) {
    textarea.setRangeText(text, start, end, "end");
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }
  textarea.setSelectionRange(from, to);
}

function wrap(textarea, mark, sample) {
  const { selectionStart: start, selectionEnd: end, value } = textarea;
  const size = mark.length;
  if (value.slice(start - size, start) === mark && value.slice(end, end + size) === mark) {
    write(textarea, start - size, end + size, value.slice(start, end), start - size, end - size);
  } else {
    const inside = value.slice(start, end) || sample;
    write(textarea, start, end, mark + inside + mark, start + size, start + size + inside.length);
  }
}

function eachLine(textarea, change) {
  const { value } = textarea;
  const start = value.lastIndexOf("\n", textarea.selectionStart - 1) + 1;
  const after = value.indexOf("\n", Math.max(textarea.selectionEnd - 1, start));
  const end = after < 0 ? value.length : after;
  const lines = value.slice(start, end).split("\n");
  const text = lines.map(change).join("\n");
  write(textarea, start, end, text, lines.length > 1 ? start : start + text.length, start + text.length);
}

function link(textarea) {
  const { selectionStart: start, selectionEnd: end, value } = textarea;
  const words = value.slice(start, end).replace(/[[\]|\n]/g, " ");
  write(textarea, start, end, `[[${words}]]`, start + 2 + words.length);
  textarea.dispatchEvent(new CustomEvent("suggest"));
}

function block(textarea, text) {
  const { selectionEnd: at, value } = textarea;
  const before = value.slice(0, at).replace(/\n*$/, "").length;
  const lead = before ? "\n\n" : "";
  write(textarea, before, at, `${lead}${text}\n\n`, before + lead.length);
}

function continueList(textarea, event) {
  const { selectionStart: at, selectionEnd: end, value } = textarea;
  if (at !== end) return;
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const found = /^(\s*)([-*]|(\d{1,3})\.) (.*)/.exec(value.slice(start, at));
  if (!found) return;
  event.preventDefault();
  const [, indent, mark, number, words] = found;
  if (words) write(textarea, at, at, `\n${indent}${number ? `${Number(number) + 1}.` : mark} `);
  else write(textarea, start, at, "");
}
