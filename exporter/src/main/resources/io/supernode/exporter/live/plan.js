/**
 * The floor: racks as they stand, nodes one above the other in a rack, the cards of a node side by side. Racks of
 * switches stand in the middle of each row. Made once for a machine, then only coloured.
 */

import { byId, element, svg, text } from "./dom.js";
import { bytes, bytesPerSecond, celsius, duration, hertz, number, percent } from "./format.js";
import { MEASURES, STATES, colour, domain, gradient } from "./scales.js";

const CELL = 12, TALL = 15, GAP = 2, LABEL = 14, PAD = 5, BETWEEN = 8;
const ROWS = 2;
const plans = new Map();
let by = "utilization";
let last = null;
let focused = null;
let onPin = () => {};

/** @param pin called with {supernode, card} when somebody chooses a card */
export function begin(pin) {
  onPin = pin;
  const choice = byId("colour-by");
  for (const [key, measure] of [...Object.entries(MEASURES), ["state", { name: "state" }]]) {
    const button = element("button", { type: "button", "data-by": key, "aria-pressed": String(key === by) },
      measure.name);
    button.addEventListener("click", () => {
      by = key;
      choice.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b === button)));
      if (last) paint(last, []);
    });
    choice.append(button);
  }
  const floor = byId("plan");
  floor.addEventListener("pointermove", (event) => sheet(cardOf(event.target), event));
  floor.addEventListener("pointerleave", () => { byId("sheet").hidden = true; });
  floor.addEventListener("click", (event) => cardOf(event.target) && onPin(cardOf(event.target)));
  floor.addEventListener("keydown", steer);
  floor.addEventListener("focus", () => focus(focused || { supernode: 0, card: 0 }));
  floor.addEventListener("blur", () => { byId("sheet").hidden = true; mark(); });
}

/** @param pins [{supernode, card, colour}] */
export function paint(state, pins) {
  last = state;
  const known = state.supernodes[0].card_columns;
  byId("colour-by").querySelectorAll("button").forEach((b) => {
    const measure = MEASURES[b.dataset.by];
    b.hidden = Boolean(measure && !(known.includes(measure.column) && isTold(state, measure.column)));
  });
  const measure = MEASURES[by];
  const column = measure ? known.indexOf(measure.column) : -1;
  const values = column < 0 ? [] : state.supernodes
    .flatMap((s) => s.cards.map((c) => c[column])).filter((v) => v !== null && v !== undefined);
  const [low, high] = measure ? domain(measure, values) : [0, 1];
  for (const supernode of state.supernodes) {
    const { cells, box } = plan(state, supernode);
    box.classList.toggle("several", state.supernodes.length > 1);
    const rows = new Map(supernode.cards.map((c) => [c[0], c]));
    const marks = marksOf(state, supernode.supernode);
    cells.forEach((cell, card) => {
      const row = rows.get(card);
      const value = row && column >= 0 ? row[column] : null;
      const what = marks.get(card);
      cell.classList.toggle("none", !row || (measure && (value === null || value === undefined)));
      cell.classList.toggle("anomaly", what === "anomaly");
      cell.classList.toggle("disturbed", what === "disturbed");
      if (!row) cell.style.fill = "";
      else if (!measure) cell.style.fill = STATES[what || "fine"];
      else cell.style.fill = value === null || value === undefined ? "" : colour((value - low) / (high - low));
    });
    pins.forEach((pin) => {
      if (pin.supernode === supernode.supernode && cells[pin.card]) cells[pin.card].style.setProperty("--pin", pin.colour);
    });
    const pinned = new Set(pins.filter((p) => p.supernode === supernode.supernode).map((p) => p.card));
    cells.forEach((cell, card) => cell.classList.toggle("pinned", pinned.has(card)));
  }
  byId("ramp").style.background = measure ? gradient() : "none";
  text("low", measure ? measure.format(low) : "");
  text("high", measure ? measure.format(high) : "");
  byId("states").hidden = Boolean(measure);
  mark();
}

/** Whether any card has a value there. */
function isTold(state, column) {
  return state.supernodes.some((s) => {
    const at = s.card_columns.indexOf(column);
    return s.cards.some((c) => c[at] !== null && c[at] !== undefined);
  });
}

/** What is known to be wrong with a card: found is more than told. */
function marksOf(state, supernode) {
  const marks = new Map();
  const put = (list, what) => (list || []).forEach((each) => {
    if ((each.supernode || 0) !== supernode || each.card < 0 || !isNow(each)) return;
    for (let i = 0; i < Math.max(1, each.cards); i++) marks.set(each.card + i, what);
  });
  put(state.faults, "disturbed");
  put(state.anomalies, "anomaly");
  return marks;
}

function isNow(each) { return each.active ?? each.end_seconds === undefined; }

/** Of the supernode itself where supernodes are not alike, else of all. */
export function machineOf(state, supernode) { return supernode.machine || state; }

/** What tells a supernode from the one beside it. */
export function nameOf(supernode) {
  return supernode.machine ? supernode.machine.name : `supernode ${supernode.supernode}`;
}

/** The drawing of a supernode, made when its size is first known. */
function plan(state, supernode) {
  const machine = machineOf(state, supernode);
  const perNode = machine.cards_per_node;
  const perRack = machine.nodes_per_rack;
  const highest = supernode.cards.reduce((m, c) => Math.max(m, c[0]), -1);
  const cards = Math.max(machine.cards || 0, highest + 1);
  const switches = machine.switch_racks;
  const key = [perNode, perRack, cards, switches].join();
  const known = plans.get(supernode.supernode);
  if (known && known.key === key) return known;
  if (known) known.box.remove();
  const racks = Math.ceil(cards / (perNode * perRack));
  const rows = racks + switches > 6 ? ROWS : 1;
  const perRow = Math.ceil(racks / rows);
  const switchesPerRow = Math.ceil(switches / rows);
  const rackWide = perNode * (CELL + GAP) - GAP + 2 * PAD;
  const rackTall = perRack * (TALL + GAP) - GAP + 2 * PAD;
  const wide = (perRow + switchesPerRow) * (rackWide + BETWEEN) - BETWEEN;
  const tall = rows * (rackTall + LABEL + BETWEEN) - BETWEEN;
  const drawing = svg("svg", { viewBox: `0 0 ${wide} ${tall}`, role: "img",
    "aria-label": `${cards} cards in ${racks} racks, ${switches} racks of switches` });
  const cells = [];
  const at = (place, row) => [place * (rackWide + BETWEEN), row * (rackTall + LABEL + BETWEEN)];
  for (let rack = 0; rack < racks; rack++) {
    const row = Math.floor(rack / perRow);
    const inRow = rack % perRow;
    // the switches stand in the middle
    const [x, y] = at(inRow < Math.ceil(perRow / 2) ? inRow : inRow + switchesPerRow, row);
    drawing.append(svg("text", { x: x + PAD, y: y + 10 }, `rack ${String(rack).padStart(2, "0")}`),
      svg("rect", { x, y: y + LABEL, width: rackWide, height: rackTall, rx: 4, class: "rack" }));
    for (let node = 0; node < perRack; node++) {
      for (let slot = 0; slot < perNode; slot++) {
        const card = (rack * perRack + node) * perNode + slot;
        if (card >= cards) continue;
        const cell = svg("rect", {
          x: x + PAD + slot * (CELL + GAP), y: y + LABEL + PAD + node * (TALL + GAP), width: CELL, height: TALL, rx: 2,
          class: "card none", id: `card-${supernode.supernode}-${card}`, "data-testid": "card", "data-card": card,
          "data-supernode": supernode.supernode,
        });
        cells.push(cell);
        drawing.append(cell);
      }
    }
  }
  for (let rack = 0; rack < switches; rack++) {
    const [x, y] = at(Math.ceil(perRow / 2) + rack % switchesPerRow, Math.floor(rack / switchesPerRow));
    drawing.append(...busRack(x, y, rackWide, rackTall, rack, machine.planes));
  }
  const box = element("div", { class: "floor" }, element("h3", {}, ""), drawing);
  byId("plan").append(box);
  const made = { key, box, cells, perNode, perRack };
  plans.set(supernode.supernode, made);
  box.firstChild.textContent = nameOf(supernode);
  box.firstChild.hidden = state.supernodes.length < 2;
  return made;
}

/** A rack of switches: a column for each plane of the bus. */
function busRack(x, y, wide, tall, rack, planes) {
  const each = (wide - 2 * PAD + GAP) / Math.max(1, planes);
  const parts = [
    svg("text", { x: x + PAD, y: y + 10 }, `bus ${rack}`),
    svg("rect", { x, y: y + LABEL, width: wide, height: tall, rx: 4, class: "rack bus" },
      svg("title", {}, `rack of bus switches, ${planes} planes`)),
  ];
  for (let plane = 0; plane < planes; plane++) {
    parts.push(svg("rect", { x: x + PAD + plane * each, y: y + LABEL + PAD, width: each - GAP, height: tall - 2 * PAD,
      rx: 2, class: "plane", "data-plane": plane }));
  }
  return parts;
}

function cardOf(target) {
  return target.dataset && target.dataset.card !== undefined
    ? { supernode: Number(target.dataset.supernode), card: Number(target.dataset.card) } : null;
}

/** Everything that is known of a card, as lines of name and value. */
export function facts(state, { supernode, card }) {
  const its = state.supernodes.find((s) => s.supernode === supernode);
  const machine = its ? machineOf(state, its) : state;
  const perNode = machine.cards_per_node;
  const perRack = machine.nodes_per_rack;
  const node = Math.floor(card / perNode);
  const lines = [["place", `rack ${String(Math.floor(node / perRack)).padStart(2, "0")}, node ${node}, slot ${card % perNode}`]];
  const row = its && its.cards.find((c) => c[0] === card);
  if (!row) return [...lines, ["state", "not reporting"]];
  const value = (column) => row[its.card_columns.indexOf(column)];
  const put = (name, column, format) => {
    if (value(column) !== undefined && value(column) !== null) lines.push([name, format(value(column))]);
  };
  put("computing", "utilization", percent);
  put("transferring", "bus_transit", percent);
  put("waiting for peers", "bus_wait", percent);
  put("tokens/s", "tokens_per_second", (v) => number(v));
  put("last step", "step_seconds", duration);
  put("sent", "sent_bytes_per_second", bytesPerSecond);
  put("power", "power_watts", (v) => `${number(v)} W`);
  put("temperature", "temperature_celsius", celsius);
  put("clock", "clock_hertz", hertz);
  put("memory used", "hbm_used_bytes", bytes);
  const mark = marksOf(state, supernode).get(card);
  lines.push(["state", mark === "anomaly" ? "found to be out of line" : mark === "disturbed" ? "disturbed" : "fine"]);
  return lines;
}

function sheet(which, event) {
  const e = byId("sheet");
  if (!which || !last) { e.hidden = true; return; }
  e.replaceChildren(element("b", {}, `Card ${which.card}`),
    ...facts(last, which).map(([name, value]) => element("div", {}, element("span", {}, name), value)));
  e.hidden = false;
  const x = event.clientX ?? event.x, y = event.clientY ?? event.y;
  e.style.left = `${Math.min(innerWidth - e.offsetWidth - 8, x + 14)}px`;
  e.style.top = `${y + 14 + e.offsetHeight > innerHeight ? y - e.offsetHeight - 10 : y + 14}px`;
}

function steer(event) {
  const known = focused && plans.get(focused.supernode);
  if (!known) return;
  const { perNode } = known;
  const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perNode, ArrowDown: perNode };
  if (event.key in moves) {
    const card = Math.max(0, Math.min(known.cells.length - 1, focused.card + moves[event.key]));
    focus({ supernode: focused.supernode, card });
  } else if (event.key === "Enter" || event.key === " ") {
    onPin(focused);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function focus(which) {
  const known = plans.get(which.supernode) || plans.values().next().value;
  if (!known || !byId("plan").matches(":focus")) return;
  focused = which;
  const cell = known.cells[which.card];
  byId("plan").setAttribute("aria-activedescendant", cell.id);
  const place = cell.getBoundingClientRect();
  sheet(which, { x: place.right, y: place.bottom });
  mark();
}

function mark() {
  const here = byId("plan").matches(":focus") ? focused : null;
  plans.forEach(({ cells }, supernode) => cells.forEach((cell, card) => {
    cell.classList.toggle("focused", Boolean(here && here.supernode === supernode && here.card === card));
  }));
}
