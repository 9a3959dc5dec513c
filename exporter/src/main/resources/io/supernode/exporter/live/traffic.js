/**
 * Who sends how much to whom: between racks, on a click between the nodes of two racks, on another between the cards of
 * two nodes. A row sends, a column receives. The same numbers stand in a table for those who do not see colours.
 */

import { byId, element, rows, show, svg, text } from "./dom.js";
import { bytesPerSecond, percent } from "./format.js";
import { nameOf } from "./plan.js";
import { colour } from "./scales.js";

const PERIOD_MILLIS = 1000;
const LABEL = 16, SIDE = 224;
/** Which pair is looked into, from the outside in: [{level, from, to}]. */
const into = [];
let supernode = 0;
let racks = null;
let inside = null;
let drawn = null;
/** The cell that the arrows are at, or the mouse: [row, column]. */
let at = [0, 0];

export function begin() {
  const area = byId("traffic");
  byId("traffic-out").addEventListener("click", leave);
  byId("traffic-of").addEventListener("change", (event) => {
    supernode = Number(event.target.value);
    into.length = 0;
    inside = null;
    paint();
  });
  byId("traffic-words").addEventListener("toggle", paint);
  area.addEventListener("pointerover", (event) => {
    if (event.target.dataset.row !== undefined) move([Number(event.target.dataset.row), Number(event.target.dataset.column)]);
  });
  area.addEventListener("click", (event) => event.target.dataset.row !== undefined && enter());
  area.addEventListener("keydown", steer);
  area.addEventListener("focus", () => move(at));
  area.addEventListener("blur", () => move(at));
  setInterval(() => into.length && !document.hidden && load(), PERIOD_MILLIS);
}

export function draw(state) {
  const told = state.supernodes.filter((s) => s.traffic);
  show("traffic-panel", told.length > 0);
  if (!told.length) return;
  chooser(told);
  racks = (told.find((s) => s.supernode === supernode) || told[0]).traffic;
  if (!into.length) paint();
}

function chooser(told) {
  const of = byId("traffic-of");
  show(of.id, told.length > 1);
  if (of.options.length === told.length) return;
  of.replaceChildren(...told.map((s) => element("option", { value: s.supernode }, nameOf(s))));
}

function shown() { return into.length ? inside : racks; }

/** Looks into the pair of the cell. */
function enter() {
  const it = shown();
  if (!it || it.level === "card") return;
  into.push({ level: it.level, from: it.from + at[0], to: it.to + at[1] });
  at = [0, 0];
  inside = null;
  load();
}

function leave() {
  into.pop();
  inside = null;
  at = [0, 0];
  load();
}

async function load() {
  const pair = into.at(-1);
  if (pair) {
    const query = `supernode=${supernode}&from_${pair.level}=${pair.from}&to_${pair.level}=${pair.to}`;
    const answer = await fetch(`/api/v1/traffic?${query}`).catch(() => null); // the stream says when the server is gone
    const said = answer && answer.ok ? await answer.json() : null;
    if (pair !== into.at(-1)) return;
    inside = said;
  }
  paint();
}

function paint() {
  const it = shown();
  if (!it) return;
  const cells = it.bytes_per_second;
  const high = Math.max(...cells.flat());
  const pair = into.at(-1);
  text("traffic-title", pair ? `${pair.level} ${pair.from} to ${pair.to}, by ${it.level}` : "rack to rack");
  show("traffic-out", into.length > 0);
  const rects = matrix(it);
  cells.forEach((row, i) => row.forEach((value, k) => {
    const rect = rects[i][k];
    rect.classList.toggle("none", !(value > 0));
    // by the root: a diagonal that carries almost everything must not hide the rest
    rect.style.fill = value > 0 ? colour(Math.sqrt(value / high)) : "";
    text(rect.firstChild, said(it, i, k));
  }));
  text("traffic-placed", it.placed < 0.9995 ? `${percent(1 - it.placed)} of the bytes are not in it: their way is not told.` : "");
  move(at);
  if (byId("traffic-words").open) words(it, cells);
}

function said(it, i, k) {
  return `${it.level} ${it.from + i} to ${it.to + k}: ${bytesPerSecond(it.bytes_per_second[i][k])}`;
}

/** The cells, made anew only when they stand for other places. */
function matrix(it) {
  const key = [supernode, it.level, it.from, it.to, it.bytes_per_second.length].join();
  if (drawn && drawn.key === key) return drawn.rects;
  const side = SIDE / it.bytes_per_second.length;
  const drawing = svg("svg", { viewBox: `0 0 ${LABEL + SIDE} ${LABEL + SIDE}`, role: "img",
    "aria-label": `bytes per second from each ${it.level} to each ${it.level}; the table below has the numbers` });
  const rects = it.bytes_per_second.map((row, i) => {
    drawing.append(
      svg("text", { x: LABEL - 3, y: LABEL + (i + 0.5) * side + 3, "text-anchor": "end" }, String(it.from + i)),
      svg("text", { x: LABEL + (i + 0.5) * side, y: LABEL - 5, "text-anchor": "middle" }, String(it.to + i)));
    return row.map((_, k) => {
      const rect = svg("rect", { x: LABEL + k * side, y: LABEL + i * side, width: side - 1, height: side - 1, rx: 1.5,
        class: "way", "data-testid": "way", "data-row": i, "data-column": k }, svg("title", {}, ""));
      drawing.append(rect);
      return rect;
    });
  });
  byId("traffic").replaceChildren(drawing);
  drawn = { key, rects };
  return rects;
}

function move(cell) {
  const it = shown();
  if (!it || !drawn) return;
  const last = it.bytes_per_second.length - 1;
  at = cell.map((each) => Math.max(0, Math.min(last, each)));
  const focused = byId("traffic").matches(":focus");
  drawn.rects.forEach((row, i) => row.forEach((rect, k) => rect.classList.toggle("focused", focused && i === at[0] && k === at[1])));
  text("traffic-said", said(it, at[0], at[1]));
}

function steer(event) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  if (event.key in steps) move([at[0] + steps[event.key][0], at[1] + steps[event.key][1]]);
  else if (event.key === "Enter") enter();
  else if (event.key === "Escape" || event.key === "Backspace") leave();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Pairs by how much they carry. */
function words(it, cells) {
  const pairs = cells.flatMap((row, i) => row.map((value, k) => [it.from + i, it.to + k, value]));
  rows("traffic-rows", pairs.filter(([, , value]) => value > 0).sort((a, b) => b[2] - a[2])
    .map(([from, to, value]) => [`${it.level} ${from}`, `${it.level} ${to}`, bytesPerSecond(value)]));
}
