/** What is running and whether it is well, in one sentence. */

import { duration, modelName, number, percent } from "./format.js";
import { machineOf } from "./plan.js";

const MOST_SECONDS_BEHIND = 15;

/** @returns {mood: "good" | "warn" | "bad" | "calm", text} */
export function story(state) {
  if (!state) return { mood: "bad", text: "The exporter does not answer." };
  if (state.status === "waiting") return { mood: "calm", text: waiting(state) };
  const troubles = troublesOf(state);
  const subject = running(state);
  if (isStill(state)) return { mood: "calm", text: `Paused. ${subject}.` };
  if (!troubles.length) return { mood: "good", text: `${subject}; all is well.` };
  const worst = troubles.some(([mood]) => mood === "bad") ? "bad" : "warn";
  const more = troubles.length > 2 ? ` and ${troubles.length - 2} more` : "";
  return { mood: worst, text: `${subject}; ${troubles.slice(0, 2).map(([, what]) => what).join(", ")}${more}.` };
}

function isStill(state) { return state.replay && state.replay.state === "paused"; }

function waiting(state) {
  if (state.not_ready) return `Not ready: ${state.not_ready}.`;
  return isStill(state) ? "Paused before the first event." : "Waiting for the first window.";
}

function running(state) {
  const what = modelName(state.scenario);
  const serves = Boolean(state.figures && state.figures.serving);
  const does = state.replay && state.replay.state === "ended" ? (serves ? "served" : "trained") : serves ? "serves" : "trains";
  const first = state.supernodes[0];
  const cards = `${number(first.cards.length)} cards`;
  const several = state.supernodes.length > 1;
  const where = several ? `on ${state.supernodes.length} times ${cards}` : `on ${cards}`;
  const rates = state.supernodes.map((s) => s.tokens_per_second_per_card);
  const pace = rates.every(Boolean) ? ` at ${rates.map((rate) => number(rate, 4)).join(" and ")} tokens/s per card` : "";
  return `${what} ${does} ${where}${pace}`;
}

/** What is not well, the worst first. */
function troublesOf(state) {
  const troubles = [];
  for (const a of state.anomalies || []) {
    if (a.end_seconds === undefined) troubles.push(["bad", a.text]);
  }
  if (state.status === "silent") troubles.push(["bad", `no window has come for ${duration(Math.round(state.silent_seconds))}`]);
  if (state.not_ready) troubles.push(["warn", state.not_ready]);
  const lag = state.replay ? state.replay.lag_seconds : 0;
  if (lag > 1) troubles.push(["warn", `the replay is ${duration(Math.round(lag))} behind its time`]);
  const behind = secondsBehind(state);
  if (behind > MOST_SECONDS_BEHIND) troubles.push(["warn", `the windows are ${duration(Math.round(behind))} behind the replay`]);
  for (const s of state.supernodes) {
    const missing = (machineOf(state, s).cards || 0) - s.cards.length;
    if (missing > 0) troubles.push(["bad", `${missing} ${missing === 1 ? "card does" : "cards do"} not report`]);
  }
  if (state.dead_letters.frames > 0) troubles.push(["warn", `${number(state.dead_letters.frames)} frames could not be read`]);
  return troubles;
}

/** Wall time that the events on the way stand for, at the pace of those that have arrived; 0 where it is not known. */
function secondsBehind(state) {
  const sent = state.replay && state.replay.sent_events;
  const speed = state.replay && Number.parseFloat(state.replay.speed);
  const arrived = state.figures ? state.figures.events.windowed : 0;
  if (!sent || !(speed > 0) || !arrived || !state.event_time_seconds) return 0;
  const way = Math.max(0, sent - arrived - state.dead_letters.events);
  return way / (arrived / state.event_time_seconds) / speed;
}

/** Of each supernode: machines that are not alike have no utilisation in common. */
function utilization(state) {
  const each = state.supernodes.map((s) => s.model_flops_utilization);
  return each.some(Boolean) ? each.map((one) => percent(one)).join(" | ") : percent(undefined);
}

/** The figures under the sentence: [id, value, unit, note]. */
export function figures(state) {
  const f = state.figures;
  const serving = f.latency.time_per_output_token;
  const step = serving || f.latency.step;
  const sum = (name) => state.supernodes.reduce((all, s) => all + (s.history[name].at(-1) || 0), 0);
  const reporting = state.supernodes.reduce((all, s) => all + s.cards.length, 0);
  const expected = state.supernodes.reduce((all, s) => all + (machineOf(state, s).cards || 0), 0);
  return { f, serving, step, sum, reporting, expected, utilization: utilization(state) };
}
