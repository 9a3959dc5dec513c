/** Cards that somebody chose: their sheets stay in sight, their courses are drawn with the charts. */

import { byId, element } from "./dom.js";
import { PIN_COLOURS } from "./charts.js";
import { facts } from "./plan.js";

const PERIOD_MILLIS = 1000;
const pins = [];

/** Pins a card, or lets it go; the oldest goes when there are too many. */
export function toggle({ supernode, card }) {
  const at = pins.findIndex((p) => p.supernode === supernode && p.card === card);
  if (at >= 0) {
    pins.splice(at, 1);
    return;
  }
  if (pins.length === PIN_COLOURS.length) pins.shift();
  const colour = PIN_COLOURS.find((c) => !pins.some((p) => p.colour === c));
  pins.push({ supernode, card, colour, name: `card ${card}`, history: null });
  load();
}

export function pinned() { return pins; }

/** Those whose course is known. */
export function drawn() { return pins.filter((p) => p.history); }

async function load() {
  await Promise.all(pins.map(async (pin) => {
    const answer = await fetch(`/api/v1/card?supernode=${pin.supernode}&card=${pin.card}`);
    if (answer.ok) pin.history = (await answer.json()).history;
  })).catch(() => {}); // the stream says when the server is gone
}

setInterval(() => pins.length && !document.hidden && load(), PERIOD_MILLIS);

export function draw(state) {
  byId("pin-hint").hidden = pins.length > 0;
  byId("pins").replaceChildren(...pins.map((pin) => {
    const button = element("button", { type: "button", "aria-label": `Let card ${pin.card} go` }, "×");
    button.addEventListener("click", () => { toggle(pin); draw(state); });
    const swatch = element("i");
    swatch.style.background = pin.colour;
    return element("div", { class: "pin", "data-testid": "pin" },
      element("header", {}, swatch, element("b", {}, `Card ${pin.card}`), button),
      element("dl", {}, ...facts(state, pin).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])));
  }));
}
