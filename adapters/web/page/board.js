// What is on the dashboard: the tiles, the charts, and the tables under them, drawn from what was told last.

import { bothWays, histogram, line, shape, stacked } from "./charts.js";
import { element } from "./drawing.js";
import { table } from "./tables.js";

const KEPT = 450; // samples: a quarter of an hour
const COLOURS = { telegram: "s1", discord: "s2", web: "s3" };
const TILES = { queue: "queue", batch: "batch", tokens: "tokens", first: "first_token" };

const byId = (id) => document.getElementById(id);

export class Board {
  constructor(words, numbers, tables) {
    this.words = words;
    this.numbers = numbers;
    this.tables = tables;
    this.samples = [];
    this.seen = null;
    this.lists = null;
    this.tip = tipping(byId("tip"));
  }

  /** When the last sample was taken, in seconds since 1970. */
  get last() {
    return this.samples.at(-1)?.at ?? 0;
  }

  show(overview, checks) {
    if (this.seen && this.seen.overview.started !== overview.started) this.samples = [];
    this.samples = [...this.samples, ...overview.samples].slice(-KEPT);
    this.seen = { overview, checks };
    this.draw();
  }

  list(lists) {
    this.lists = lists;
    this.drawLists();
  }

  redraw() {
    if (this.seen) this.draw();
    if (this.lists) this.drawLists();
  }

  draw() {
    const { overview, checks } = this.seen;
    const now = new Date(overview.now);
    this.health(checks, overview, now);
    for (const [id, name] of Object.entries(TILES)) this.tile(id, name);
    this.latency(overview.latency);
    const silent = new Set(checks.filter((check) => !check.fine).map((check) => check.name));
    this.tables.platforms(byId("platforms"), overview.platforms, now, silent);
    this.facts(overview);
    this.tables.faults(byId("faults"), overview.faults, now);
    this.change(overview.change);
  }

  drawLists() {
    const { history, span, letters, reminders, models } = this.lists;
    const now = new Date(this.seen.overview.now);
    this.talks(history, span);
    this.ratings(history, span);
    this.tables.models(byId("models"), models, this.seen.overview.change?.state === "changing");
    this.tables.letters(byId("letters"), letters, now);
    this.tables.reminders(byId("reminders"), reminders, now);
  }

  health(checks, overview, now) {
    const bad = checks.filter((check) => !check.fine);
    const pill = byId("health");
    const text = bad.length ? this.words.say("not_ready", { names: bad.map((check) => check.name).join(", ") }) : this.words.say("ready");
    if (pill.textContent !== text) pill.textContent = text; // said aloud only when it changes
    pill.className = bad.length ? "pill bad" : "pill good";
    pill.title = checks.map((check) => `${check.name}: ${check.about}`).join("\n");
    const uptime = this.numbers.span((now - new Date(overview.started)) / 1000);
    byId("about").textContent = this.words.say("about", { version: overview.version, uptime });
  }

  tile(id, name) {
    const { words, numbers } = this;
    const values = this.samples.map((sample) => sample[name]);
    const write = id === "first" ? (value) => numbers.seconds(value) : (value) => numbers.short(value);
    const known = values.filter((value) => value !== null);
    const now = id === "first" ? known.at(-1) : values.at(-1);
    const minutes = numbers.short((this.last - (this.samples[0]?.at ?? this.last)) / 60);
    const most = known.length ? write(Math.max(...known)) : words.say("none_yet");
    const shown = now === undefined ? words.say("none_yet") : write(now);
    byId(`${id}-now`).replaceChildren(shown, element("small", { text: known.length ? words.say("at_most", { most }) : "" }));
    const says = words.say("line_says", { name: words.say(id), minutes, now: shown, most });
    const show = (n) => (values.length ? `${values[n] === null ? words.say("none_yet") : write(values[n])}\n${numbers.since(this.samples[n].at * 1000, new Date(this.last * 1000))}` : "");
    line(byId(id), values, { says, tip: this.tip, show });
  }

  latency({ bounds, counts, median, p95 }) {
    const { words, numbers } = this;
    const count = counts.reduce((sum, each) => sum + each, 0);
    const values = { median: numbers.seconds(median), p95: numbers.seconds(p95), count: numbers.whole(Math.min(count, 500)) };
    byId("latency-now").textContent = count ? words.say("latency_now", values) : "";
    const bar = (n) => words.say(n < bounds.length ? "under" : "over", { bound: bounds[Math.min(n, bounds.length - 1)] });
    const marks = [["median", median], ["p95", p95]].filter(([, at]) => at !== null).map(([name, at]) => ({ label: words.say(name, { value: numbers.seconds(at) }), at: place(bounds, at) }));
    histogram(byId("latency"), [...bounds.map((bound) => `${bound}${words.say("seconds")}`), ""], counts, marks, {
      says: words.say("latency_says", { count: numbers.whole(count) }),
      tip: this.tip,
      show: (n) => `${bar(n)}\n${numbers.whole(counts[n])}`,
      write: (value) => numbers.short(value),
      nothing: words.say("latency_none"),
    });
    const heads = [{ name: words.say("latency"), kind: "short" }, { name: words.say("count"), kind: "number" }];
    table(byId("latency-table"), heads, counts.map((each, n) => [bar(n), numbers.whole(each)]), "");
  }

  talks(history, span) {
    const { words, numbers } = this;
    const platforms = [...new Set(history.flatMap((bucket) => Object.keys(bucket.messages)))].sort();
    const colours = coloured(platforms);
    const series = platforms.map((name) => ({ kind: colours[name], values: history.map((bucket) => bucket.messages[name] ?? 0) }));
    const counts = history.map((bucket) => bucket.conversations);
    legend(byId("talks-legend"), [...platforms.map((name) => [colours[name], name]), ["many", words.say("conversations")]]);
    const total = (values) => numbers.whole(values.reduce((sum, each) => sum + each, 0));
    const labels = history.map((bucket) => numbers.bucket(bucket.at, span));
    const rows = (bucket) => [...platforms.map((name) => [name, bucket.messages[name] ?? 0]), [words.say("conversations"), bucket.conversations], [words.say("answers"), bucket.answers]];
    stacked(byId("talks"), labels, series, counts, {
      says: words.say("talks_says", { span: words.say(span), messages: total(series.flatMap((each) => each.values)), conversations: total(counts) }),
      tip: this.tip,
      show: (n) => [labels[n], ...rows(history[n]).map(([name, count]) => `${name} ${numbers.whole(count)}`)].join("\n"),
      write: (value) => numbers.short(value),
      nothing: words.say("nothing_said"),
    });
    const heads = ["when", ...platforms, "conversations", "answers"].map((name, n) => ({ name: platforms.includes(name) ? name : words.say(name), kind: n ? "number" : "short" }));
    table(byId("talks-table"), heads, history.map((bucket, n) => [labels[n], ...rows(bucket).map(([, count]) => numbers.whole(count))]), "");
  }

  ratings(history, span) {
    const { words, numbers } = this;
    const [ups, downs] = [history.map((bucket) => bucket.up), history.map((bucket) => bucket.down)];
    const total = (values) => numbers.whole(values.reduce((sum, each) => sum + each, 0));
    const labels = history.map((bucket) => numbers.bucket(bucket.at, span));
    legend(byId("ratings-legend"), [["plus", words.say("up")], ["minus", words.say("down")]]);
    bothWays(byId("ratings"), labels, ups, downs, {
      says: words.say("ratings_says", { span: words.say(span), up: total(ups), down: total(downs) }),
      tip: this.tip,
      show: (n) => `${labels[n]}\n${words.say("up")} ${numbers.whole(ups[n])}\n${words.say("down")} ${numbers.whole(downs[n])}`,
      write: (value) => numbers.short(value),
      nothing: words.say("not_rated"),
    });
    const heads = ["when", "up", "down"].map((name, n) => ({ name: words.say(name), kind: n ? "number" : "short" }));
    table(byId("ratings-table"), heads, history.map((_, n) => [labels[n], numbers.whole(ups[n]), numbers.whole(downs[n])]), "");
  }

  facts({ answers, counts, samples, lag, model }) {
    const { words, numbers } = this;
    const now = this.samples.at(-1);
    const asked = (model.hits ?? 0) + (model.misses ?? 0);
    const told = {
      talk: numbers.whole(answers.talk),
      command: numbers.whole(answers.command),
      excuse: [numbers.whole(answers.excuse), answers.excuse > 0],
      apology: [numbers.whole(answers.apology), answers.apology > 0],
      lanes: numbers.whole(now?.lanes ?? 0),
      waiting: numbers.whole(now?.waiting ?? 0),
      unanswered: numbers.whole(counts.unanswered),
      undelivered: numbers.whole(counts.undelivered),
      lag: [numbers.seconds(lag), lag > 0.5],
      bytes: numbers.bytes(counts.bytes),
      ...(model.misses === null ? {} : { kept: asked ? `${numbers.short((100 * model.hits) / asked)} %` : words.say("none_yet") }),
    };
    const made = Object.entries(told).map(([name, value]) => {
      const [text, alarm] = Array.isArray(value) ? value : [value, false];
      return element("div", { className: alarm ? "alarm" : "" }, element("dt", { text: words.say(`fact_${name}`) }), element("dd", { text }));
    });
    byId("facts").replaceChildren(...made);
  }

  change(change) {
    const word = { changing: "changing", done: "changed", refused: "refused" }[change?.state];
    const text = word ? this.words.say(word, { name: change.to, fault: change.fault }) : "";
    if (byId("change").textContent !== text) byId("change").textContent = text;
  }
}

/** A colour for each platform, the same whoever else is there. */
function coloured(platforms) {
  return Object.fromEntries(platforms.map((name) => [name, COLOURS[name] ?? "s4"]));
}

function legend(place, entries) {
  const made = entries.map(([kind, name]) => {
    const mark = kind === "many" ? [shape("path", { class: kind, d: "M0 6H12" }), shape("circle", { class: "knot", cx: 6, cy: 6, r: 3 })] : [shape("rect", { class: kind, width: 12, height: 12, rx: 3 })];
    return element("span", {}, shape("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, ...mark), name);
  });
  place.replaceChildren(...made);
}

/** Where so many seconds are on the axis of the histogram, in bars from the left. */
function place(bounds, seconds) {
  const n = bounds.findIndex((bound) => seconds <= bound);
  if (n < 0) return bounds.length + 0.5;
  const from = n ? bounds[n - 1] : 0;
  return n + (seconds - from) / (bounds[n] - from);
}

/** Shows a text beside the pointer while it is over a shape. Redrawing takes the shape away, and the text with it. */
function tipping(tip) {
  const hide = () => { tip.hidden = true; };
  addEventListener("scroll", hide, { passive: true });
  return (over, says) => {
    over.addEventListener("pointermove", (event) => {
      tip.textContent = says(event);
      tip.hidden = !tip.textContent;
      const right = event.clientX + 16 + tip.offsetWidth > innerWidth;
      tip.style.left = `${right ? event.clientX - tip.offsetWidth - 16 : event.clientX + 16}px`;
      tip.style.top = `${Math.min(event.clientY + 16, innerHeight - tip.offsetHeight - 8)}px`;
    });
    over.addEventListener("pointerleave", hide);
  };
}
