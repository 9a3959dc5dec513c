/** The page: takes each state as it comes and gives it to those who draw. */

import { byId, show, text } from "./live/dom.js";
import { bytesPerSecond, clock, duration, number } from "./live/format.js";
import * as charts from "./live/charts.js";
import * as disturb from "./live/disturb.js";
import * as pins from "./live/pins.js";
import * as plan from "./live/plan.js";
import * as story from "./live/story.js";
import * as tables from "./live/tables.js";
import * as theme from "./live/theme.js";
import * as traffic from "./live/traffic.js";
import * as transport from "./live/transport.js";
import { follow } from "./live/stream.js";

let last = null;

function draw(state) {
  const told = story.story(state);
  text("sentence", told.text);
  byId("status").className = `status ${told.mood}`;
  document.body.classList.toggle("stale", !state || state.status === "silent");
  if (!state) return;
  text("what", [state.scenario, machines(state)].filter(Boolean).join(" on "));
  transport.draw(state);
  disturb.draw(state);
  tables.anomalies(state);
  tables.log(state);
  show("waiting", !state.supernodes || !state.supernodes.length);
  if (!state.supernodes || !state.supernodes.length) return;
  figures(state);
  plan.paint(state, pins.pinned());
  pins.draw(state);
  traffic.draw(state);
  charts.drawCharts(state, pins.drawn());
  tables.compare(state);
  tables.numbers(state);
  tables.cards(state);
  text("clock", clock(state.event_time_seconds));
  text("run", `run ${state.run}`);
}

function machines(state) {
  const several = (state.supernodes || []).map((s) => s.machine && s.machine.name).filter(Boolean);
  return several.length ? several.join(" and ") : state.machine;
}

function figures(state) {
  const { f, serving, step, sum, reporting, expected, utilization } = story.figures(state);
  const perCard = state.supernodes.map((s) => s.tokens_per_second_per_card).filter(Boolean);
  text("f-card", perCard.length ? perCard.map((v) => number(v, 4)).join(" | ") : "–");
  text("f-tokens", number(sum("tokens_per_second")));
  text("f-mfu", utilization);
  text("f-bus", bytesPerSecond(sum("bus_bytes_per_second")));
  text("f-step", step ? duration(step.p99) : "–");
  text("f-step-unit", serving ? "per output token, p99" : "step, p99");
  text("f-step-note", step ? `median ${duration(step.p50)}` : "no whole step yet");
  text("f-cards", expected ? `${reporting} / ${expected}` : String(reporting));
  text("f-late", f.events.windowed ? number(f.events.late) : "0");
}

function redraw() { if (last) draw(last); }

theme.begin(redraw);
transport.begin();
traffic.begin();
disturb.begin();
plan.begin((card) => {
  pins.toggle(card);
  disturb.suggest(card.card);
  redraw();
});
byId("in-words").addEventListener("toggle", redraw);
follow((state) => { last = state; draw(state); }, () => draw(null));
