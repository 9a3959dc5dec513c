/** The four charts: how fast, how long, how much over the bus, and what the cards do. Pinned cards are drawn with them. */

import { bytesPerSecond, duration, number, percent } from "./format.js";
import { byId } from "./dom.js";
import { Chart } from "./chart.js";
import { nameOf } from "./plan.js";
import { STATES } from "./scales.js";
import { ink } from "./theme.js";

const LEAST_SECONDS = 60;
const MOST_SECONDS = 300;
export const PIN_COLOURS = ["#cc79a7", "#e69f00", "#009e73", "#d55e00"];

const charts = {
  throughput: new Chart(byId("chart-throughput"), "Tokens/s per card", (v) => number(v)),
  latency: new Chart(byId("chart-latency"), "Latency", duration, { log: true }),
  bus: new Chart(byId("chart-bus"), "Bus, all cards", bytesPerSecond),
  share: new Chart(byId("chart-share"), "What cards do", percent, { top: 1 }),
};

/** @param pinned [{name, colour, history}] */
export function drawCharts(state, pinned) {
  const supernodes = state.supernodes;
  const to = Math.max(...supernodes.map((s) => s.history.event_time_seconds.at(-1) || 0));
  const first = Math.min(...supernodes.map((s) => s.history.event_time_seconds[0] ?? to));
  const from = Math.max(to - MOST_SECONDS, Math.min(first, to - LEAST_SECONDS));
  const frame = { from, to, bands: bands(state, to) };
  const several = supernodes.length > 1;
  const name = (supernode, what) => (several ? `${nameOf(supernode)} ${what}`.trim() : what);
  const inks = [ink("c0"), ink("c1"), ink("c2"), ink("c3")];
  const put = (chart, series) => charts[chart].set({ ...frame, series });

  put("throughput", supernodes.map((s, i) => ({
    ...course(s.history, s.history.tokens_per_second.map((v) => v / Math.max(1, s.cards.length))),
    name: name(s, several ? "" : "mean"), colour: inks[i],
  })).concat(pinned.map((p) => ({ ...course(p.history, p.history.tokens_per_second), name: p.name, colour: p.colour }))));
  put("latency", supernodes.flatMap((s, i) => latencies(s).map(([key, what, part, dashed], k) => ({
    times: s.history.latency[key].event_time_seconds, values: s.history.latency[key][part], gap: key === "step" ? MOST_SECONDS : 3,
    dots: key === "step", name: name(s, what), colour: inks[several ? i : k % inks.length], dashed,
  }))));
  put("bus", supernodes.map((s, i) => ({
    ...course(s.history, s.history.bus_bytes_per_second), name: name(s, several ? "" : "sent"), colour: inks[i],
  })).concat(pinned.map((p) => ({
    ...course(p.history, p.history.sent_bytes_per_second), name: p.name, colour: p.colour, dashed: true,
  }))));
  const shares = [["utilization", "computing"], ["bus_transit", "transferring"], ["bus_wait", "waiting"]];
  put("share", supernodes.flatMap((s, i) => shares
    .filter((_, k) => !several || k === 0)
    .map(([key, what], k) => ({
      ...course(s.history, s.history[key]), name: name(s, what), colour: inks[several ? i : k],
    }))).concat(pinned.map((p) => ({
    ...course(p.history, p.history.utilization), name: `${p.name} computing`, colour: p.colour,
  }))));
}

function course(history, values) { return { times: history.event_time_seconds, values, gap: 1.5 }; }

/** Which latencies there are: of training, steps and the bus; of serving, tokens. */
function latencies(supernode) {
  const several = [
    ["time_to_first_token", "first token p99", "p99"], ["time_per_output_token", "next token p99", "p99"],
    ["step", "step p50", "p50"], ["bus", "bus p99", "p99"], ["bus_wait", "wait p99", "p99", true],
  ];
  return several.filter(([key]) => supernode.history.latency[key]);
}

/** When something was disturbed, as injected; and what was found, where nobody said so. */
function bands(state, to) {
  return (state.faults || []).map((f) => ({
    from: f.start_seconds, to: f.end_seconds ?? to, colour: STATES.disturbed,
  })).concat((state.anomalies || []).map((a) => ({
    from: a.start_seconds, to: a.end_seconds ?? to, colour: STATES.anomaly,
  })));
}
