// Elements, icons, and a message's text with its spans as nodes. Nothing here is ever parsed as HTML.

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  plus: "M12 5v14M5 12h14",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  down: "M12 5v14M6 13l6 6 6-6",
  trash: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12",
  copy: "M9 9h10v11H9zM15 9V5H5v11h4",
  check: "M5 13l4 4L19 7",
  retry: "M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4",
  up: "M7 11v8H4v-8zM7 11l4-7c1.5 0 2.3 1 2 2.5l-.6 3H18a2 2 0 0 1 2 2.3l-1 5.5A2 2 0 0 1 17 19H7",
  down_vote: "M7 13V5H4v8zM7 13l4 7c1.5 0 2.3-1 2-2.5l-.6-3H18a2 2 0 0 0 2-2.3l-1-5.5A2 2 0 0 0 17 5H7",
};
const SVG = "http://www.w3.org/2000/svg";
const INLINE = { bold: "strong", italic: "em", strike: "s", code: "code", link: "a" };
const BLOCKS = new Set(["pre", "quote"]);

export function element(tag, { className = "", text = "", ...rest } = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(rest)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("drawn");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A text of plain letters and spans ({kind, start, end, value}, counted in code points) as nodes. */
export function drawn(text, spans, words) {
  const letters = Array.from(text);
  const cuts = new Set([0, letters.length]);
  for (const span of spans) cuts.add(span.start).add(span.end);
  const edges = [...cuts].sort((a, b) => a - b);
  const made = document.createDocumentFragment();
  let open = { block: null, node: made };
  for (let n = 0; n + 1 < edges.length; n += 1) {
    const [start, end] = [edges[n], edges[n + 1]];
    const over = spans.filter((span) => span.start <= start && end <= span.end);
    const block = over.find((span) => BLOCKS.has(span.kind)) ?? null;
    if (block !== open.block) open = { block, node: opened(block, made, words) };
    let piece = letters.slice(start, end).join("");
    if (!block) piece = trimmed(piece, beside(spans, start, "end"), beside(spans, end, "start"));
    if (piece) open.node.append(inline(piece, over));
  }
  return made;
}

/** Whether a block ends or starts right here: its line break is drawn by the block itself. */
function beside(spans, place, edge) {
  return spans.some((span) => BLOCKS.has(span.kind) && span[edge] === place);
}

function trimmed(text, afterBlock, beforeBlock) {
  let rest = text;
  if (afterBlock) rest = rest.replace(/^\n+/, "");
  if (beforeBlock) rest = rest.replace(/\n+$/, "");
  return rest;
}

function opened(block, made, words) {
  if (!block) return made;
  if (block.kind === "quote") {
    const quote = element("blockquote");
    made.append(quote);
    return quote;
  }
  const code = element("code");
  const copy = copyButton(() => code.textContent, words);
  const head = element("div", { className: "code-head" }, element("span", { text: block.value || "" }), copy);
  made.append(element("div", { className: "code-block" }, head, element("pre", { tabindex: "0" }, code)));
  return code;
}

function inline(text, over) {
  let node = document.createTextNode(text);
  for (const span of over) {
    const tag = INLINE[span.kind];
    if (!tag) continue;
    const around = span.kind === "link" ? anchor(span.value) : element(tag);
    if (!around) continue;
    around.append(node);
    node = around;
  }
  return node;
}

/** A link that opens elsewhere; null for anything that is no web or mail address. */
function anchor(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (!["http:", "https:", "mailto:"].includes(url.protocol)) return null;
  return element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" });
}

export function copyButton(text, words) {
  const button = element("button", { className: "tool", type: "button", "aria-label": words.say("copy"), title: words.say("copy") }, icon("copy"));
  button.addEventListener("click", async () => {
    await copied(text());
    button.replaceChildren(icon("check"));
    button.setAttribute("aria-label", words.say("copied"));
    setTimeout(() => {
      button.replaceChildren(icon("copy"));
      button.setAttribute("aria-label", words.say("copy"));
    }, 1500);
  });
  return button;
}

async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = element("textarea"); // without https a browser has no clipboard
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
