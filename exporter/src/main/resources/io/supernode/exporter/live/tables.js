/** Lists and tables: anomalies, what was done, latencies, books, and every card in words. */

import { byId, element, rows, show, text } from "./dom.js";
import { clock, count, duration, number, percent, words } from "./format.js";
import { nameOf } from "./plan.js";
import { MEASURES } from "./scales.js";

const LATENCIES = {
  step: "whole step", compute: "compute event", bus: "bus event", bus_wait: "wait for peers",
  time_to_first_token: "time to first token", time_per_output_token: "time per output token",
};

export function anomalies(state) {
  const all = state.anomalies;
  show("anomaly-panel", all !== undefined);
  if (all === undefined) return;
  const shown = [...all].sort((a, b) => isOver(a) - isOver(b) || b.start_seconds - a.start_seconds).slice(0, 8);
  replace("anomalies", shown.map((a) => [`${a.id ?? ""}${isOver(a)}${a.severity}`, () => element("li",
    { class: isOver(a) ? "over" : "now", "data-testid": "anomaly" },
    element("span", {}, a.text),
    element("small", {}, isOver(a) ? `${clock(a.start_seconds)} to ${clock(a.end_seconds)}` : `since ${clock(a.start_seconds)}`))]));
  show("no-anomalies", all.length === 0);
  const score = state.detection;
  text("score", score && score.recall !== undefined
    ? `${percent(score.recall)} of what was injected${score.seconds_to_detect === undefined ? "" : `, after ${duration(score.seconds_to_detect)}`}`
    : "");
}

function isOver(a) { return a.end_seconds !== undefined; }

export function log(state) {
  const entries = (state.log || []).slice(-30).reverse();
  show("log-panel", Boolean(state.replay));
  replace("log", entries.map((e) => [`${e.number}`, () => element("li", {},
    element("time", {}, new Date(e.epoch_seconds * 1000).toLocaleTimeString("en-GB")),
    element("span", {}, e.what), element("small", {}, clock(e.position_seconds)))]));
  show("no-log", entries.length === 0);
}

/** Makes the list anew only when something in it is another: who reads it is not disturbed. */
function replace(id, items) {
  const list = byId(id);
  const key = items.map(([k]) => k).join("|");
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...items.map(([, make]) => make()));
}

export function numbers(state) {
  const f = state.figures;
  rows("latency", Object.entries(f.latency).map(([name, l]) => [LATENCIES[name] || words(name).replaceAll(" ", "-"),
    duration(l.p50), duration(l.p90), duration(l.p99), duration(l.max), count(l.count)]));
  rows("books", books(state));
  rows("pipeline", pipeline(state));
}

/** What went in and what came out: do they balance? */
function books(state) {
  const e = state.figures.events;
  const kinds = Object.entries(e).filter(([name]) => !["windowed", "late"].includes(name));
  const sent = state.replay && state.replay.sent_events;
  const way = sent === undefined ? undefined : sent - e.windowed - state.dead_letters.events;
  return [
    ...(sent === undefined ? [] : [["events sent", count(sent)]]),
    ["events in windows", count(e.windowed)],
    ["put aside as unreadable", count(state.dead_letters.events)],
    ...(way === undefined ? [] : [["still on the way", count(Math.max(0, way))]]),
    ["came late, corrected", count(e.late)],
    ...kinds.map(([name, n]) => [`${words(name)} events`, count(n)]),
    ["digest of windows", state.figures.digest.windows],
  ];
}

function pipeline(state) {
  const p = state.pipeline;
  const sum = (o) => Object.values(o).reduce((a, b) => a + b, 0);
  return [
    ["exporter", state.ready ? "has read the topics" : state.not_ready],
    ["last window", `${duration(Math.round(state.silent_seconds * 10) / 10)} ago`],
    ["records not read yet", count(p.records_behind)],
    ["records read", count(sum(p.records))],
    ["unreadable records", count(sum(p.unreadable))],
    ["windows too late for the books", count(p.expired_windows)],
    ["errors while reading", count(p.read_errors)],
    ...(state.replay ? [["replay behind its time", duration(Math.round(state.replay.lag_seconds * 1000) / 1000)]] : []),
  ];
}

/** The plan in words, for those who do not see it. Filled while it is open only. */
export function cards(state) {
  if (!byId("in-words").open) return;
  const columns = Object.values(MEASURES).filter((m) => state.supernodes[0].card_columns.includes(m.column));
  const head = byId("cards-head");
  if (head.children.length !== columns.length + 2) {
    head.replaceChildren(...["card", ...columns.map((m) => m.name), "state"].map((n) => element("th", { scope: "col" }, n)));
  }
  const several = state.supernodes.length > 1;
  rows("cards", state.supernodes.flatMap((s) => s.cards.map((c) => [
    several ? `${s.supernode}/${c[0]}` : c[0],
    ...columns.map((m) => (c[s.card_columns.indexOf(m.column)] ?? null) === null ? "–"
      : m.format(c[s.card_columns.indexOf(m.column)])),
    stateOf(state, s.supernode, c[0]),
  ])));
}

function stateOf(state, supernode, card) {
  const hits = (list) => (list || []).some((a) => (a.supernode || 0) === supernode && a.card <= card
    && card < a.card + Math.max(1, a.cards) && (a.active ?? a.end_seconds === undefined));
  return hits(state.anomalies) ? "out of line" : hits(state.faults) ? "disturbed" : "fine";
}

/** Two machines beside each other: bars that share a scale, and the ratio. */
export function compare(state) {
  const [left, right] = state.supernodes;
  show("compare", Boolean(right));
  if (!right) return;
  const facts = [
    ["tokens/s per card", left.tokens_per_second_per_card, right.tokens_per_second_per_card, (v) => number(v)],
    ["step, median", left.step_seconds_p50, right.step_seconds_p50, duration],
    ["computing", mean(left, "utilization"), mean(right, "utilization"), percent],
    ["transferring", mean(left, "bus_transit"), mean(right, "bus_transit"), percent],
    ["waiting for peers", mean(left, "bus_wait"), mean(right, "bus_wait"), percent],
  ];
  byId("compare-rows").replaceChildren(...facts.filter(([, a, b]) => a > 0 && b > 0).map(([name, a, b, format]) => {
    const bar = (v, k) => {
      const e = element("i", { class: `bar k${k}` });
      e.style.width = `${100 * v / Math.max(a, b)}%`;
      return element("div", { class: "pair" }, e, element("span", {}, format(v)));
    };
    // as the left one has it: so many times what the right one has
    return element("div", { class: "fact", "data-testid": "fact" }, element("b", {}, name),
      element("div", {}, bar(a, 0), bar(b, 1)), element("strong", {}, `${number(a / b)} to 1`));
  }));
  text("compare-left", nameOf(left));
  text("compare-right", nameOf(right));
}

function mean(supernode, name) {
  const values = supernode.history[name].slice(-60);
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}
