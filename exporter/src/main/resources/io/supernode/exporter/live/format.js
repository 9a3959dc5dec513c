/** Numbers as people read them. What is not known is a dash. */

const DASH = "–";

export function number(x, digits = 3) {
  if (x === undefined || x === null || !Number.isFinite(x)) return DASH;
  if (x === 0) return "0";
  for (const [size, mark] of [[1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"]]) {
    if (Math.abs(x) >= size) return `${trimmed(x / size, digits)} ${mark}`;
  }
  return Math.abs(x) >= 1000 ? Math.round(x).toLocaleString("en") : trimmed(x, digits);
}

function trimmed(x, digits) { return String(Number(x.toPrecision(digits))); }

/** In seconds, milliseconds or less, whichever reads best. */
export function duration(s) {
  if (s === undefined || s === null || !Number.isFinite(s)) return DASH;
  if (s === 0) return "0 s";
  if (s >= 1) return `${number(s)} s`;
  if (s >= 1e-3) return `${number(s * 1e3)} ms`;
  return s >= 1e-6 ? `${number(s * 1e6)} µs` : `${number(s * 1e9)} ns`;
}

export function bytesPerSecond(x) { return of(x, "B/s"); }

export function bytes(x) { return of(x, "B"); }

export function hertz(x) { return of(x, "Hz"); }

export function celsius(x) { return `${number(x)} °C`; }

/** With a unit that takes the prefix: 1.8 GHz. */
function of(x, unit) {
  const text = number(x);
  return text === DASH ? DASH : text.includes(" ") ? `${text}${unit}` : `${text} ${unit}`;
}

export function percent(x) {
  return x === undefined || x === null || !Number.isFinite(x) ? DASH : `${number(100 * x)} %`;
}

export function count(x) { return x === undefined || x === null ? DASH : x.toLocaleString("en"); }

/** Time since the start as on a player: 1:02:03. */
export function clock(s) {
  if (s === undefined || s === null || !Number.isFinite(s)) return DASH;
  const whole = Math.max(0, Math.floor(s));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const MODELS = [
  [/^llama-?3.*405b/i, "LLaMA 3 405B"], [/^qwen-?2\.5.*72b/i, "Qwen2.5 72B"], [/^qwen-?3.*235b/i, "Qwen3 235B"],
  [/^deepseek-?v3/i, "DeepSeek-V3"], [/^deepseek-?r1/i, "DeepSeek-R1"],
];

/** A scenario by the name of its model, where that is a known one. */
export function modelName(scenario) {
  const found = MODELS.find(([pattern]) => pattern.test(scenario || ""));
  return found ? found[1] : scenario || "A workload of unknown name";
}

const KINDS = { crc_storm: "CRC storm" };

/** slow_card reads "slow card". */
export function words(name) { return KINDS[name] || String(name).toLowerCase().replaceAll("_", " "); }
