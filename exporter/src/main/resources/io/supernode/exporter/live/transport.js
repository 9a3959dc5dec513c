/** The replay as on a player: pause, a tick, speed, place, and round again. */

import { attempt } from "./api.js";
import { byId, element, show, text } from "./dom.js";
import { clock, duration } from "./format.js";

const SPEEDS = ["0.1x", "0.5x", "1x", "2x", "5x", "10x", "50x", "100x", "max"];
const JUMP_SECONDS = 10;
/** How far a slider goes for what has no end. */
const OPEN_SECONDS = 600;

let replay = null;
let dragging = false;
let earlier = null;

const control = (body) => attempt("/api/v1/replay", body);

export function begin() {
  byId("pause").addEventListener("click", toggle);
  byId("step").addEventListener("click", () => control({ action: "step" }));
  byId("speed").addEventListener("change", (event) => control({ action: "speed", speed: event.target.value }));
  byId("loop").addEventListener("change", (event) => control({ action: "loop", on: event.target.checked }));
  const place = byId("place");
  place.addEventListener("input", () => { dragging = true; text("position", clock(Number(place.value))); });
  place.addEventListener("change", () => { dragging = false; seek(Number(place.value)); });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog, button, a, summary, #plan");
    if (!replay || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      " ": toggle, s: () => control({ action: "step" }),
      ArrowRight: () => seek(replay.position_seconds + JUMP_SECONDS),
      ArrowLeft: () => seek(Math.max(0, replay.position_seconds - JUMP_SECONDS)),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}

function toggle() { control({ action: replay.state === "paused" ? "resume" : "pause" }); }

function seek(seconds) { control({ action: "seek", seconds: Math.round(seconds * 10) / 10 }); }

export function draw(state) {
  replay = state.replay || null;
  show("transport", Boolean(replay));
  if (!replay) return;
  const paused = replay.state === "paused";
  const ended = replay.state === "ended";
  text("pause", paused ? "Resume" : "Pause");
  byId("pause").disabled = ended;
  byId("step").disabled = !paused;
  speeds(replay.speed);
  const place = byId("place");
  place.max = String(replay.span_seconds || Math.max(OPEN_SECONDS, Math.ceil(replay.position_seconds / 300 + 1) * 300));
  place.min = replay.seeks_back ? "0" : String(Math.floor(replay.position_seconds));
  if (!dragging) {
    place.value = String(replay.position_seconds);
    text("position", clock(replay.position_seconds));
  }
  text("span", replay.span_seconds ? clock(replay.span_seconds) : "no end");
  show("loop-label", Boolean(replay.span_seconds) && replay.seeks_back);
  byId("loop").checked = replay.loops;
  text("pass", replay.pass > 1 ? `pass ${replay.pass}` : "");
  text("rate", ended ? "ended" : paused ? "paused" : rate(state));
}

function speeds(now) {
  const select = byId("speed");
  if (!select.options.length) select.append(...SPEEDS.map((s) => element("option", { value: s }, s)));
  if (![...select.options].some((o) => o.value === now)) select.prepend(element("option", { value: now }, now));
  if (document.activeElement !== select) select.value = now;
}

/** How fast it really goes, from one state to the next. */
function rate(state) {
  const now = performance.now();
  const at = replay.position_seconds;
  if (!earlier || at < earlier.at || now - earlier.now > 10_000) earlier = { now, at, rate: null };
  if (now - earlier.now >= 2000) earlier = { now, at, rate: (at - earlier.at) / (now - earlier.now) * 1000 };
  const behind = replay.lag_seconds > 0.5 ? `, ${duration(Math.round(replay.lag_seconds * 10) / 10)} behind` : "";
  return `${earlier.rate === null ? "" : `goes ${Number(earlier.rate.toPrecision(2))}x`}${behind}`;
}
