// Charts as SVG, drawn by hand: a line of the last minutes, stacked bars, bars both ways, a histogram.

const SVG = "http://www.w3.org/2000/svg";
const ROUND = 3;

export function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function text(content, x, y, attributes = {}) {
  const made = shape("text", { x, y, ...attributes });
  made.textContent = content;
  return made;
}

/** The space that a figure gives to its drawing, and an empty SVG of that size. `says` tells it to who can't see it. */
function canvas(figure, height, says) {
  const width = Math.max(figure.clientWidth, 120);
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": says });
  figure.replaceChildren(svg);
  return [svg, width];
}

/** The next round number whose half is round as well: 1, 2, 4, 6 or 8 times a power of ten. */
export function nice(most) {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 6, 8, 10].map((times) => times * power).find((each) => each >= most);
}

/** A line of values over time; null breaks it where nothing was measured. */
export function line(figure, values, { says, tip, show }) {
  const height = 54;
  const [svg, width] = canvas(figure, height, says);
  const top = nice(Math.max(0, ...values.filter((value) => value !== null)));
  const x = (n) => (values.length < 2 ? width : (n / (values.length - 1)) * (width - 6));
  const y = (value) => height - 3 - (value / top) * (height - 10);
  svg.append(shape("line", { class: "base", x1: 0, x2: width, y1: height - 2, y2: height - 2 }));
  for (const run of runs(values)) {
    const points = run.map(([n, value]) => `${x(n).toFixed(1)} ${y(value).toFixed(1)}`);
    const [first, last] = [x(run[0][0]), x(run.at(-1)[0])];
    svg.append(shape("path", { class: "under", d: `M${first} ${height - 2}L${points.join("L")}L${last} ${height - 2}Z` }));
    svg.append(shape("path", { class: "line", d: `M${points.join("L")}${run.length === 1 ? "h0.1" : ""}` }));
  }
  const now = values.length - 1;
  if (now >= 0 && values[now] !== null) svg.append(shape("circle", { class: "end", cx: x(now), cy: y(values[now]), r: 4 }));
  const hit = shape("rect", { class: "hit", x: 0, y: 0, width, height });
  svg.append(hit);
  tip(hit, (event) => {
    const place = (event.clientX - svg.getBoundingClientRect().left) / (width - 6);
    const n = Math.min(Math.max(Math.round(place * (values.length - 1)), 0), values.length - 1);
    return show(n);
  });
}

function runs(values) {
  const found = [];
  let run = [];
  values.forEach((value, n) => {
    if (value !== null) run.push([n, value]);
    if ((value === null || n === values.length - 1) && run.length) {
      found.push(run);
      run = [];
    }
  });
  return found;
}

const LEFT = 38;
const BELOW = 24;

function rules(svg, width, y, ticks, write) {
  for (const tick of ticks) {
    svg.append(shape("line", { class: tick === 0 ? "base" : "rule", x1: LEFT, x2: width, y1: y(tick), y2: y(tick) }));
    svg.append(text(write(tick), LEFT - 8, y(tick) + 4, { "text-anchor": "end" }));
  }
}

function names(svg, labels, middle, height, room) {
  const every = Math.max(1, Math.ceil(44 / room));
  labels.forEach((label, n) => {
    const fromEnd = labels.length - 1 - n;
    if (fromEnd % every === 0) svg.append(text(label, middle(n), height - 6, { "text-anchor": "middle" }));
  });
}

/** A bar whose upper edge is round, or whose lower one is. */
function bar(kind, x, from, width, height, end) {
  const r = end ? Math.min(ROUND, width / 2, height) : 0;
  const upper = `M${x} ${from + height}V${from + r}Q${x} ${from} ${x + r} ${from}H${x + width - r}Q${x + width} ${from} ${x + width} ${from + r}V${from + height}Z`;
  const lower = `M${x} ${from}V${from + height - r}Q${x} ${from + height} ${x + r} ${from + height}H${x + width - r}Q${x + width} ${from + height} ${x + width} ${from + height - r}V${from}Z`;
  return shape("path", { class: kind, d: end === "lower" ? lower : upper });
}

function layout(width, count) {
  const room = (width - LEFT) / count;
  const thick = Math.max(2, Math.min(30, room - Math.max(2, room * 0.28)));
  return { room, thick, left: (n) => LEFT + n * room + (room - thick) / 2, middle: (n) => LEFT + (n + 0.5) * room };
}

function hits(svg, width, height, labels, { room }, tip, show) {
  labels.forEach((_, n) => {
    const hit = shape("rect", { class: "hit", x: LEFT + n * room, y: 0, width: room, height: height - BELOW });
    svg.append(hit);
    tip(hit, () => show(n));
  });
}

/** Stacked bars, and a line of `counts` over them. `series`: [{kind, values}], from below to above. */
export function stacked(figure, labels, series, counts, { says, tip, show, write, nothing }) {
  const height = 232;
  const [svg, width] = canvas(figure, height, says);
  const sums = labels.map((_, n) => series.reduce((sum, { values }) => sum + values[n], 0));
  const most = Math.max(0, ...sums, ...counts);
  const top = Math.max(nice(most), 4);
  const y = (value) => height - BELOW - (value / top) * (height - BELOW - 12);
  rules(svg, width, y, [0, top / 2, top], write);
  const place = layout(width, labels.length);
  labels.forEach((_, n) => {
    let below = 0;
    const drawn = series.filter(({ values }) => values[n] > 0);
    drawn.forEach(({ kind, values }, at) => {
      const upper = y(below + values[n]);
      const gap = at > 0 ? 2 : 0; // the ground shows between two colours
      const tall = Math.max(y(below) - upper - gap, 1);
      svg.append(bar(kind, place.left(n), upper, place.thick, tall, at === drawn.length - 1 && "upper"));
      below += values[n];
    });
  });
  if (counts.some((count) => count > 0)) {
    const points = counts.map((count, n) => `${place.middle(n).toFixed(1)} ${y(count).toFixed(1)}`);
    svg.append(shape("path", { class: "many", d: `M${points.join("L")}` }));
    if (place.room > 16) counts.forEach((count, n) => count > 0 && svg.append(shape("circle", { class: "knot", cx: place.middle(n), cy: y(count), r: 3 })));
  }
  names(svg, labels, place.middle, height, place.room);
  if (!most) svg.append(text(nothing, LEFT + (width - LEFT) / 2, height / 2, { class: "empty" }));
  hits(svg, width, height, labels, place, tip, show);
}

/** Bars up for the good, down for the bad. */
export function bothWays(figure, labels, ups, downs, { says, tip, show, write, nothing }) {
  const height = 200;
  const [svg, width] = canvas(figure, height, says);
  const [up, down] = [ups, downs].map((values) => Math.max(nice(Math.max(0, ...values)), 2));
  const unit = (height - BELOW - 20) / (up + down);
  const y = (value) => 8 + (up - value) * unit;
  const zero = y(0);
  rules(svg, width, y, [up, 0, -down], (value) => write(Math.abs(value)));
  const place = layout(width, labels.length);
  labels.forEach((_, n) => {
    if (ups[n]) svg.append(bar("plus", place.left(n), y(ups[n]), place.thick, zero - y(ups[n]) - 1, "upper"));
    if (downs[n]) svg.append(bar("minus", place.left(n), zero + 1, place.thick, y(-downs[n]) - zero - 1, "lower"));
  });
  names(svg, labels, place.middle, height, place.room);
  if (![...ups, ...downs].some(Boolean)) svg.append(text(nothing, LEFT + (width - LEFT) / 2, zero / 2, { class: "empty" }));
  hits(svg, width, height, labels, place, tip, show);
}

/** How many fell under each bound; `marks`: [{label, at}] with `at` in bars from the left. */
export function histogram(figure, labels, counts, marks, { says, tip, show, write, nothing }) {
  const height = 232;
  const above = 34;
  const [svg, width] = canvas(figure, height, says);
  const most = Math.max(0, ...counts);
  const top = Math.max(nice(most), 4);
  const y = (value) => height - BELOW - (value / top) * (height - BELOW - above);
  rules(svg, width, y, [0, top / 2, top], write);
  const place = layout(width, labels.length);
  counts.forEach((count, n) => count && svg.append(bar("plain", LEFT + n * place.room + 1, y(count), place.room - 2, y(0) - y(count), "upper")));
  marks.forEach(({ label, at }, n) => {
    const x = LEFT + at * place.room;
    const rest = width - x < 70;
    svg.append(shape("line", { class: "mark", x1: x, x2: x, y1: 6 + n * 14, y2: height - BELOW }));
    svg.append(text(label, rest ? x - 6 : x + 6, 14 + n * 14, { "text-anchor": rest ? "end" : "start" }));
  });
  names(svg, labels, (n) => LEFT + (n + 1) * place.room, height, place.room);
  if (!most) svg.append(text(nothing, LEFT + (width - LEFT) / 2, height / 2, { class: "empty" }));
  hits(svg, width, height, labels, place, tip, show);
}
