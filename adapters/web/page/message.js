// One message on the page: who says it, what, and what may be done with it.

import { copyButton, drawn, element, icon } from "./drawing.js";

const TOOLS = new Set(["retry", "up", "down"]);

/** What a button stands for: "up:12" is ["up", "12"]. */
export function meaning(button) {
  const at = button.data.indexOf(":");
  return at < 0 ? [button.data, ""] : [button.data.slice(0, at), button.data.slice(at + 1)];
}

/** The button that ends this answer, while it is being written. */
export function stopOf(message) {
  return message.final ? null : (message.buttons ?? []).find((button) => meaning(button)[0] === "stop") ?? null;
}

/**
 * A list item for a message. `acts` has press(message, button), rate(message, value, added) and again(message):
 * what its buttons do.
 */
export function messageItem(message, words, acts) {
  const mine = message.by === "person";
  const item = element("li", { className: mine ? "message mine" : "message theirs" });
  const who = element("span", { className: "heard", text: words.say(mine ? "you" : "irang") });
  const body = element("div", { className: "body" });
  body.append(drawn(message.text, message.spans ?? [], words));
  item.append(who, body);
  if (message.failed) item.append(failure(message, words, acts));
  if (!mine) item.append(...under(message, words, acts));
  item.classList.toggle("writing", !mine && !message.final);
  return item;
}

function failure(message, words, acts) {
  const again = element("button", { type: "button", className: "link", text: words.say("again") });
  again.addEventListener("click", () => acts.again(message));
  return element("p", { className: "failed", role: "alert", text: `${words.say("not_sent")}: ${message.failed} ` }, again);
}

function under(message, words, acts) {
  const buttons = message.buttons ?? [];
  const chips = buttons.filter((button) => !TOOLS.has(meaning(button)[0]) && meaning(button)[0] !== "stop");
  const made = [];
  if (chips.length) made.push(choices(message, chips, acts));
  if (message.final) made.push(tools(message, buttons, words, acts));
  return made;
}

function choices(message, chips, acts) {
  const row = element("div", { className: "chips", role: "group" });
  for (const button of chips) {
    const chip = element("button", { type: "button", className: "chip", text: button.label });
    chip.addEventListener("click", () => {
      for (const each of row.children) each.disabled = true;
      chip.classList.add("chosen");
      acts.press(message, button);
    });
    row.append(chip);
  }
  return row;
}

function tools(message, buttons, words, acts) {
  const row = element("div", { className: "tools" }, copyButton(() => message.text, words));
  for (const button of buttons) {
    const [name] = meaning(button);
    if (!TOOLS.has(name)) continue;
    const word = name === "down" ? "down_vote" : name;
    const tool = element("button", { type: "button", className: "tool", "aria-label": words.say(word), title: words.say(word) }, icon(word));
    if (name === "retry") tool.addEventListener("click", () => acts.press(message, button));
    else rated(tool, row, message, name, acts);
    row.append(tool);
  }
  return row;
}

/** A thumb that can be given and taken back; giving one takes the other back. */
function rated(tool, row, message, name, acts) {
  tool.dataset.rating = name;
  tool.setAttribute("aria-pressed", String(message.rating === name));
  tool.addEventListener("click", () => {
    const added = message.rating !== name;
    acts.rate(message, name, added);
    message.rating = added ? name : null;
    for (const each of row.querySelectorAll("[data-rating]")) {
      each.setAttribute("aria-pressed", String(message.rating === each.dataset.rating));
    }
  });
}
