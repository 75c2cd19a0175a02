// The dashboard's tables: platforms, models, faults, dead letters, reminders, and the numbers behind the charts.

import { element } from "./drawing.js";

/** A table, or a sentence where there is nothing. `columns`: [{name, kind}]; `rows` of texts or elements. */
export function table(place, columns, rows, nothing) {
  if (!rows.length) return place.replaceChildren(element("p", { className: "nothing", text: nothing }));
  const head = element("tr", {}, ...columns.map(({ name, kind }) => element("th", { className: kind ?? "", text: name, scope: "col" })));
  const body = rows.map((row) => element("tr", {}, ...row.map((cell, n) => filled(cell, columns[n].kind))));
  const made = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
  if (place.firstChild?.textContent !== made.textContent || !same(place.firstChild, made)) kept(place, made);
}

function filled(cell, kind) {
  const made = element("td", { className: kind ?? "" });
  made.append(cell instanceof Node ? cell : String(cell));
  return made;
}

/** Whether both have the same buttons in the same state: then the old one stays, with the focus that it may have. */
function same(before, after) {
  const states = (root) => [...root.querySelectorAll("button")].map((button) => `${button.dataset.deed}${button.disabled}`).join();
  return before?.tagName === "TABLE" && states(before) === states(after);
}

/** Put the new table in, and the focus back on the button that had it. */
function kept(place, made) {
  const deed = place.contains(document.activeElement) ? document.activeElement.dataset.deed : undefined;
  place.replaceChildren(made);
  if (deed) place.querySelector(`[data-deed="${CSS.escape(deed)}"]`)?.focus();
}

/** A button that does something; `deed` names it, so that the focus finds it again. */
export function button(text, deed, act, { harm = false, disabled = false } = {}) {
  const made = element("button", { className: harm ? "deed harm" : "deed", type: "button", text, "data-deed": deed });
  made.disabled = disabled;
  made.addEventListener("click", act);
  return made;
}

function columns(words, ...names) {
  return names.map((name) => (Array.isArray(name) ? { name: words.say(name[0]), kind: name[1] } : { name: words.say(name), kind: "short" }));
}

export class Tables {
  constructor(words, numbers, deeds) {
    this.words = words;
    this.numbers = numbers;
    this.deeds = deeds;
  }

  platforms(place, states, now, silent) {
    const { words, numbers } = this;
    const rows = states.map((state) => [
      state.name,
      this.dot(state, silent.has(state.name)),
      state.watched ? (state.last ? numbers.since(state.last, now) : words.say("never")) : words.say("none_yet"),
      numbers.seconds(state.latency),
      this.parked(state),
    ]);
    table(place, columns(words, "platform", "state", "heard", ["reply_time", "number"], ["parked", "number"]), rows, "");
  }

  dot(state, silent) {
    const good = !silent;
    const word = !state.watched ? "platform_local" : good ? "platform_good" : "platform_silent";
    const note = state.note ? `: ${state.note}` : "";
    return element("span", { className: good ? "dot good" : "dot bad", text: this.words.say(word) + note });
  }

  parked(state) {
    const seconds = this.numbers.seconds(state.parked_for);
    if (state.everywhere) return this.words.say("parked_all", { seconds });
    return state.parked ? this.words.say("parked_some", { count: this.numbers.whole(state.parked), seconds }) : "0";
  }

  models(place, versions, changing) {
    const { words, numbers } = this;
    const rows = versions.map((version) => [
      this.named(version),
      version.parameters ? numbers.short(version.parameters) : words.say("none_yet"),
      numbers.bytes(version.bytes),
      version.licence || "?",
      this.scores(version.scores),
      version.created ? version.created.slice(0, 10) : words.say("none_yet"),
      this.swapping(version, changing),
    ]);
    const heads = columns(words, "model", ["parameters", "number"], ["size", "number"], "licence", ["scores", "long"], "created", ["deeds", "number"]);
    table(place, heads, rows, words.say("no_models"));
  }

  named(version) {
    const name = element("span", { className: version.current ? "dot good" : "", text: version.name });
    return version.base ? element("span", {}, name, ` (${version.base})`) : name;
  }

  scores(scores) {
    const made = Object.entries(scores).map(([name, value]) => element("span", {}, `${name} `, element("b", { text: this.numbers.short(value) })));
    return element("span", { className: "scores" }, ...made);
  }

  swapping(version, changing) {
    if (version.current) return this.words.say("now_answers");
    return button(this.words.say("swap"), `swap ${version.name}`, () => this.deeds.swap(version.name), { disabled: changing });
  }

  faults(place, faults, now) {
    const { words, numbers } = this;
    const rows = faults.map((fault) => [
      element("span", { className: `level ${fault.level.toLowerCase()}`, text: fault.level }),
      fault.logger,
      element("code", { text: fault.template }),
      numbers.whole(fault.count),
      numbers.since(fault.last, now),
    ]);
    table(place, columns(words, "level", "logger", ["template", "long"], ["count", "number"], ["last", "number"]), rows, words.say("no_faults"));
  }

  letters(place, letters, now) {
    const { words, numbers, deeds } = this;
    const rows = letters.map((letter) => {
      const name = `${letter.box} ${letter.id}`;
      const off = { disabled: !letter.readable };
      return [
        `${words.say(letter.box)} ${letter.id}`,
        letter.platform,
        letter.reason,
        letter.box === "inbox" ? numbers.whole(letter.attempts) : words.say("none_yet"),
        numbers.since(letter.at, now),
        element(
          "div",
          { className: "deeds" },
          button(words.say("read"), `read ${name}`, () => deeds.read(letter), off),
          button(words.say("retry"), `retry ${name}`, () => deeds.retry(letter), off),
          button(words.say("discard"), `discard ${name}`, () => deeds.discard(letter), { harm: true }),
        ),
      ];
    });
    const heads = columns(words, "kind", "platform", ["reason", "long"], ["attempts", "number"], ["when", "number"], ["deeds", "number"]);
    table(place, heads, rows, words.say("no_letters"));
  }

  reminders(place, reminders, now) {
    const { words, numbers, deeds } = this;
    const rows = reminders.map((one) => [
      numbers.moment(one.due),
      numbers.since(one.due, now),
      one.platform,
      one.chat,
      words.say(one.kind),
      one.repeats ? words.say("yes") : words.say("none_yet"),
      button(words.say("cancel"), `cancel ${one.id}`, () => deeds.cancel(one), { harm: true }),
    ]);
    const heads = columns(words, "due", ["left", "number"], "platform", "chat_id", "kind", "repeats", ["deeds", "number"]);
    table(place, heads, rows, words.say("no_reminders"));
  }
}
