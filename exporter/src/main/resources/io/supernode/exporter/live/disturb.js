/** Disturbances to inject and to undo. */

import { attempt, say } from "./api.js";
import { byId, element, show, text } from "./dom.js";
import { clock, words } from "./format.js";

/** What can be injected into what is replayed, by kind: the server tells, once. */
let kinds = null;

export function begin() {
  byId("kind").addEventListener("change", adapt);
  byId("inject").addEventListener("submit", (event) => {
    event.preventDefault();
    inject();
  });
  byId("undo-all").addEventListener("click", () => attempt("/api/v1/disturbances", { action: "clear" }));
  byId("disturbances").addEventListener("click", (event) => {
    const fault = event.target.dataset.fault;
    if (fault !== undefined) attempt("/api/v1/disturbances", { action: "clear", fault: Number(fault) });
  });
}

/** Fills in a card that somebody points out on the plan. */
export function suggest(card) { byId("target-card").value = String(card); }

async function learn() {
  kinds = new Map();
  try {
    const told = await (await fetch("/api/v1/disturbances")).json();
    kinds = new Map(told.kinds.map((k) => [k.kind, k]));
    byId("kind").replaceChildren(...told.kinds.map((k) => element("option", { value: k.kind }, words(k.kind))));
    adapt();
  } catch {
    kinds = null; // asked again with the next state
  }
}

function adapt() {
  const takes = kinds.get(byId("kind").value);
  if (!takes) return;
  show("card-label", takes.has_card);
  show("plane-label", takes.has_plane);
  show("stage-label", takes.has_stage);
  show("magnitude-label", takes.magnitude !== undefined);
  if (takes.magnitude !== undefined) {
    text("magnitude-unit", takes.magnitude);
    const field = byId("magnitude");
    field.min = String(takes.least);
    field.max = String(takes.most);
    field.value = String(Number(takes.usual.toPrecision(4)));
  }
}

async function inject() {
  const kind = byId("kind").value;
  const takes = kinds.get(kind);
  const body = { action: "inject", kind };
  const put = (name, id) => { if (byId(id).value !== "") body[name] = Number(byId(id).value); };
  if (takes.has_card) put("card", "target-card");
  if (takes.has_plane) put("plane", "plane");
  if (takes.has_stage) put("stage", "stage");
  if (takes.magnitude !== undefined) put("magnitude", "magnitude");
  put("seconds", "seconds");
  const answer = await attempt("/api/v1/disturbances", body);
  if (answer) say(`${words(kind)} injected`);
}

export function draw(state) {
  show("disturb-panel", state.disturbances !== undefined);
  if (state.disturbances === undefined) return;
  if (kinds === null) learn();
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
