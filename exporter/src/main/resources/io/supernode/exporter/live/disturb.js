/** Disturbances to inject and to undo. */

import { attempt, say } from "./api.js";
import { byId, element, show, text } from "./dom.js";
import { clock, words } from "./format.js";

/** What each kind takes: where it strikes, and what its magnitude means. */
const KINDS = {
  slow_card: { card: true, magnitude: ["times as slow", 1.5] },
  thermal_ramp: { card: true, magnitude: ["share of its clock", 0.8] },
  stage_imbalance: { stage: true, magnitude: ["times the work", 1.3] },
  sequence_imbalance: { magnitude: ["times the longest", 1.5] },
  host_jitter: { card: true, magnitude: ["seconds at most", 0.05] },
  link_flap: { card: true, plane: true },
  lane_down: { card: true, plane: true },
  crc_storm: { card: true, magnitude: ["share sent again", 0.05] },
  congestion: { plane: true, magnitude: ["times as slow", 2] },
  expert_hot_spot: { magnitude: ["times the tokens", 3] },
  card_lost: { card: true },
  telemetry_loss: { card: true, magnitude: ["share lost", 0.1] },
  telemetry_duplication: { card: true, magnitude: ["share sent twice", 0.1] },
  telemetry_lateness: { card: true, magnitude: ["seconds late", 5] },
  clock_skew: { card: true, magnitude: ["seconds off", 0.1] },
};

export function begin() {
  const kind = byId("kind");
  kind.append(...Object.keys(KINDS).map((k) => element("option", { value: k }, words(k))));
  kind.addEventListener("change", adapt);
  byId("inject").addEventListener("submit", (event) => {
    event.preventDefault();
    inject();
  });
  byId("undo-all").addEventListener("click", () => attempt("/api/v1/disturbances", { action: "clear" }));
  byId("disturbances").addEventListener("click", (event) => {
    const fault = event.target.dataset.fault;
    if (fault !== undefined) attempt("/api/v1/disturbances", { action: "clear", fault: Number(fault) });
  });
  adapt();
}

/** Fills in a card that somebody points out on the plan. */
export function suggest(card) { byId("target-card").value = String(card); }

function adapt() {
  const takes = KINDS[byId("kind").value];
  show("card-label", Boolean(takes.card));
  show("plane-label", Boolean(takes.plane));
  show("stage-label", Boolean(takes.stage));
  show("magnitude-label", Boolean(takes.magnitude));
  if (takes.magnitude) {
    text("magnitude-unit", takes.magnitude[0]);
    byId("magnitude").value = String(takes.magnitude[1]);
  }
}

async function inject() {
  const kind = byId("kind").value;
  const takes = KINDS[kind];
  const body = { action: "inject", kind };
  const put = (name, id) => { if (byId(id).value !== "") body[name] = Number(byId(id).value); };
  if (takes.card) put("card", "target-card");
  if (takes.plane) put("plane", "plane");
  if (takes.stage) put("stage", "stage");
  if (takes.magnitude) put("magnitude", "magnitude");
  put("seconds", "seconds");
  const answer = await attempt("/api/v1/disturbances", body);
  if (answer) say(`${words(kind)} injected`);
}

export function draw(state) {
  show("disturb-panel", state.disturbances !== undefined);
  if (state.disturbances === undefined) return;
  const active = state.disturbances.filter((d) => d.active);
  const list = byId("disturbances");
  const key = active.map((d) => `${d.fault} ${d.until_seconds ?? ""}`).join();
  if (list.dataset.key !== key) {
    list.dataset.key = key;
    list.replaceChildren(...active.map((d) => element("li", { "data-testid": "disturbance" },
      element("span", {}, d.what, element("small", {}, d.until_seconds === undefined ? ` since ${clock(d.from_seconds)}`
        : ` until ${clock(d.until_seconds)}`)),
      element("button", { type: "button", "data-fault": d.fault, "aria-label": `Undo ${d.what}` }, "Undo"))));
  }
  show("undo-all", active.length > 1);
}
