/**
 * One chart over event time, drawn by hand: lines, a gutter for its numbers, bands for disturbances, and a cursor that
 * all charts share.
 */

import { clock } from "./format.js";
import { element, text } from "./dom.js";
import { above } from "./scales.js";
import { ink } from "./theme.js";

const GUTTER = 58; // numbers stand here, beside the lines and never under them
const FOOT = 16;
const TOP = 6;
const charts = [];
let cursor = null;

export class Chart {
  /**
   * @param place element that it fills
   * @param title what it shows
   * @param format how a value reads
   * @param options top: highest value, where that is known; log: a scale of powers of ten
   */
  constructor(place, title, format, options = {}) {
    this.format = format;
    this.options = options;
    this.data = null;
    this.legend = element("span", { class: "legend" });
    this.canvas = element("canvas", { role: "img" });
    this.box = element("div", { class: "canvas" }, this.canvas);
    place.append(element("div", { class: "chart-head" }, element("h2", {}, title), this.legend), this.box);
    new ResizeObserver(() => this.draw()).observe(this.box);
    this.canvas.addEventListener("pointermove", (event) => this.point(event.offsetX));
    this.canvas.addEventListener("pointerleave", () => moveCursor(null));
    charts.push(this);
  }

  /**
   * @param data from, to: event time in seconds; bands: [{from, to, colour}]; series: [{name, colour, times, values,
   *     gap, dots}] where a line is broken between times further apart than gap
   */
  set(data) {
    this.data = data;
    this.draw();
  }

  point(x) {
    if (!this.data) return;
    const { from, to } = this.data;
    const share = (x - GUTTER) / (this.box.clientWidth - GUTTER - 2);
    moveCursor(share < 0 || share > 1 ? null : from + share * (to - from));
  }

  draw() {
    const width = this.box.clientWidth;
    const height = this.box.clientHeight;
    if (!this.data || width < 80 || height < 40) return;
    const scale = devicePixelRatio || 1;
    const canvas = this.canvas;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const c = canvas.getContext("2d");
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.clearRect(0, 0, width, height);
    c.font = "11px system-ui, sans-serif";
    const { from, to, series, bands } = this.data;
    const x = (t) => GUTTER + (t - from) / Math.max(1e-9, to - from) * (width - GUTTER - 2);
    const [low, high] = this.range(series, from);
    const inner = height - FOOT - TOP;
    const log = this.options.log;
    const y = (v) => TOP + inner * (1 - (log
      ? (Math.log10(Math.max(v, low)) - Math.log10(low)) / (Math.log10(high) - Math.log10(low))
      : (v - low) / (high - low)));
    this.drawBands(c, bands, x, inner, width);
    this.drawGrid(c, low, high, y, width);
    c.save();
    c.beginPath();
    c.rect(GUTTER - 1, 0, width - GUTTER + 1, height - FOOT + 1);
    c.clip();
    series.forEach((s) => drawLine(c, s, x, y, log));
    c.restore();
    c.fillStyle = ink("soft");
    c.textBaseline = "alphabetic";
    c.textAlign = "left";
    c.fillText(clock(from), GUTTER, height - 3);
    c.textAlign = "right";
    c.fillText(clock(to), width - 2, height - 3);
    if (cursor !== null && cursor >= from && cursor <= to) {
      c.strokeStyle = ink("ink");
      c.globalAlpha = 0.5;
      line(c, x(cursor), TOP, x(cursor), TOP + inner);
      c.globalAlpha = 1;
      c.fillStyle = ink("ink");
      c.textAlign = "center";
      c.fillText(clock(cursor), Math.min(width - 20, Math.max(GUTTER + 20, x(cursor))), height - 3);
    }
    this.tell(series);
  }

  range(series, from) {
    const values = series.flatMap((s) => s.values.filter((v, i) => v !== null && s.times[i] >= from));
    if (this.options.log) {
      const positive = values.filter((v) => v > 0);
      if (!positive.length) return [0.001, 1];
      const low = 10 ** Math.floor(Math.log10(Math.min(...positive)));
      return [low, Math.max(low * 10, 10 ** Math.ceil(Math.log10(Math.max(...positive)) + 1e-9))];
    }
    return [0, this.options.top || above(Math.max(1e-12, ...values) * 1.05)];
  }

  drawBands(c, bands, x, inner, width) {
    for (const band of bands) {
      const left = Math.max(GUTTER, x(band.from));
      const right = Math.min(width, x(band.to));
      if (right <= left) continue;
      c.fillStyle = band.colour;
      c.globalAlpha = 0.18;
      c.fillRect(left, TOP, right - left, inner);
      c.globalAlpha = 1;
      c.fillRect(left, TOP, right - left, 2);
    }
  }

  drawGrid(c, low, high, y, width) {
    c.strokeStyle = ink("line");
    c.fillStyle = ink("soft");
    c.textAlign = "right";
    c.textBaseline = "middle";
    for (const v of this.ticks(low, high)) {
      const at = Math.round(y(v)) + 0.5;
      line(c, GUTTER, at, width, at);
      c.fillText(this.format(v), GUTTER - 6, Math.max(TOP + 2, at));
    }
  }

  ticks(low, high) {
    if (!this.options.log) return [low, (low + high) / 2, high];
    const powers = Math.round(Math.log10(high / low));
    const step = Math.max(1, Math.ceil(powers / 3));
    return Array.from({ length: Math.floor(powers / step) + 1 }, (_, i) => low * 10 ** (i * step));
  }

  /** Names, colours and values: those under the cursor, else the newest. */
  tell(series) {
    const parts = series.map((s) => [s, valueAt(s, cursor)]);
    const legend = this.legend;
    while (legend.children.length > parts.length) legend.lastChild.remove();
    parts.forEach(([s, v], i) => {
      const key = legend.children[i] || legend.appendChild(element("span", { class: "key" }, element("i"),
        element("span")));
      key.firstChild.style.background = s.colour;
      text(key.lastChild, `${s.name ? `${s.name} ` : ""}${this.format(v)}`);
    });
    this.canvas.setAttribute("aria-label", parts.map(([s, v]) => `${s.name} ${this.format(v)}`).join(", "));
  }
}

export function redraw() { charts.forEach((chart) => chart.draw()); }

function moveCursor(time) {
  if (time === cursor) return;
  cursor = time;
  redraw();
}

function valueAt(s, time) {
  if (time === null) return s.values.at(-1);
  let best = -1;
  for (let i = 0; i < s.times.length; i++) {
    if (best < 0 || Math.abs(s.times[i] - time) < Math.abs(s.times[best] - time)) best = i;
  }
  return best < 0 ? undefined : s.values[best];
}

function line(c, x0, y0, x1, y1) {
  c.beginPath();
  c.moveTo(x0, y0);
  c.lineTo(x1, y1);
  c.stroke();
}

function drawLine(c, s, x, y, log) {
  c.strokeStyle = s.colour;
  c.fillStyle = s.colour;
  c.lineWidth = 1.6;
  c.setLineDash(s.dashed ? [4, 3] : []);
  c.beginPath();
  let before = null;
  s.times.forEach((t, i) => {
    const v = s.values[i];
    if (v === null || v === undefined || (log && v <= 0)) return;
    // no line across time of which nothing is known
    if (before !== null && t - before <= s.gap) c.lineTo(x(t), y(v)); else c.moveTo(x(t), y(v));
    before = t;
  });
  c.stroke();
  c.setLineDash([]);
  c.lineWidth = 1;
  if (s.dots) {
    s.times.forEach((t, i) => {
      c.beginPath();
      c.arc(x(t), y(s.values[i]), 2.2, 0, 7);
      c.fill();
    });
  }
}
