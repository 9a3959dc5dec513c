/**
 * Colours for values. One scale for all of them, viridis, whose lightness grows all the way: it reads without colour
 * vision, and in print. States have the colours of Okabe and Ito, and a mark beside the colour.
 */

import { bytesPerSecond, celsius, duration, number, percent } from "./format.js";

const VIRIDIS = [
  [72, 40, 120], [62, 73, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [110, 206, 88],
  [181, 222, 43], [253, 231, 37],
];

export const STATES = { fine: "#3b82b8", anomaly: "#d55e00", disturbed: "#e69f00" };

/** What a plan can be coloured by: the column of a card's row, how its values read, where its scale begins. */
export const MEASURES = {
  utilization: { name: "computing", column: "utilization", format: percent, fromZero: true, most: 1 },
  wait: { name: "waiting", column: "bus_wait", format: percent, fromZero: true, most: 1 },
  transit: { name: "transferring", column: "bus_transit", format: percent, fromZero: true, most: 1 },
  tokens: { name: "tokens/s", column: "tokens_per_second", format: (x) => `${number(x)} tokens/s`, fromZero: true },
  step: { name: "step time", column: "step_seconds", format: duration },
  bus: { name: "bus bytes", column: "sent_bytes_per_second", format: bytesPerSecond, fromZero: true },
  power: { name: "power", column: "power_watts", format: (x) => `${number(x)} W` },
  temperature: { name: "temperature", column: "temperature_celsius", format: celsius },
};

/** @param share 0 to 1 */
export function colour(share) {
  const at = Math.max(0, Math.min(1, share)) * (VIRIDIS.length - 1);
  const i = Math.min(VIRIDIS.length - 2, Math.floor(at));
  return `rgb(${VIRIDIS[i].map((c, k) => Math.round(c + (VIRIDIS[i + 1][k] - c) * (at - i)))})`;
}

export function gradient() {
  return `linear-gradient(90deg, ${VIRIDIS.map((c) => `rgb(${c})`).join(",")})`;
}

/** Ends of the scale: round, so that they can be read, and never so near that noise looks like a difference. */
export function domain(measure, values) {
  if (!values.length) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (measure.fromZero) {
    if (high <= 0) return [0, measure.most || 1];
    return [0, Math.min(measure.most || Infinity, above(high))];
  }
  const middle = (low + high) / 2;
  const half = Math.max((high - low) / 2, Math.abs(middle) * 0.05);
  return [middle - half, middle + half];
}

/** The next number that is easy to read: 1, 2, 3, 4, 5, 6 or 8 times a power of ten. */
export function above(x) {
  const size = 10 ** Math.floor(Math.log10(x));
  return size * [1, 2, 3, 4, 5, 6, 8, 10].find((n) => n * size >= x * 0.9999);
}
