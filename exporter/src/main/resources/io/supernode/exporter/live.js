"use strict";
(() => {
  const PERIOD = 1000;
  const SVG = "http://www.w3.org/2000/svg";
  const byId = (id) => document.getElementById(id);
  let by = "utilization";
  let last = null;
  const plans = new Map();

  // light to dark in lightness as well as hue, so that it reads without colour vision
  const RAMPS = {
    utilization: [[226, 238, 251], [31, 111, 235], [10, 35, 90]],
    bus_transit: [[251, 240, 217], [199, 135, 30], [84, 50, 5]],
    bus_wait: [[253, 230, 220], [214, 84, 30], [95, 20, 5]],
  };
  function dark() { return matchMedia("(prefers-color-scheme: dark)").matches; }
  // on a dark ground more is lighter, but never as white as text
  function ramp(name) {
    if (!dark()) return RAMPS[name];
    const [light, middle, deep] = RAMPS[name];
    return [deep, middle, light.map((c, k) => Math.round((c + middle[k]) / 2))];
  }
  function colour(name, share) {
    const stops = ramp(name);
    const at = Math.max(0, Math.min(1, share)) * (stops.length - 1);
    const i = Math.min(stops.length - 2, Math.floor(at));
    const mix = stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * (at - i)));
    return `rgb(${mix})`;
  }

  function number(x, digits = 3) {
    if (x === undefined || x === null || !isFinite(x)) return "–";
    if (x === 0) return "0";
    for (const [size, mark] of [[1e15, " P"], [1e12, " T"], [1e9, " G"], [1e6, " M"], [1e4, " k"]]) {
      if (Math.abs(x) >= size) return (x / (mark === " k" ? 1e3 : size)).toPrecision(digits) + mark;
    }
    return Math.abs(x) >= 1000 ? Math.round(x).toLocaleString("en") : String(Number(x.toPrecision(digits)));
  }
  function duration(s) {
    if (s === undefined || s === null) return "–";
    if (s === 0) return "0 s";
    if (s >= 1) return number(s) + " s";
    if (s >= 1e-3) return number(s * 1e3) + " ms";
    return s >= 1e-6 ? number(s * 1e6) + " µs" : number(s * 1e9) + " ns";
  }
  function bytes(x) {
    if (x === undefined || x === null) return "–";
    const text = number(x);
    return text.includes(" ") ? text + "B/s" : text + " B/s";
  }
  function percent(x) { return x === undefined || x === null ? "–" : number(100 * x) + " %"; }
  function clock(s) {
    if (s === undefined) return "–";
    const whole = Math.floor(s);
    const two = (n) => String(n).padStart(2, "0");
    return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  }
  function text(id, value) { const e = byId(id); if (e.textContent !== value) e.textContent = value; }
  function element(name, attributes, parent) {
    const e = document.createElementNS(SVG, name);
    for (const key in attributes) e.setAttribute(key, attributes[key]);
    parent.appendChild(e);
    return e;
  }

  /** The grid of a supernode: made once for a number of nodes, then only recoloured. */
  function plan(state, supernode, several) {
    const per = state.cards_per_node;
    const highest = supernode.cards.reduce((m, c) => Math.max(m, c[0]), -1);
    const cards = Math.max(state.cards || 0, highest + 1);
    const nodes = Math.ceil(cards / per);
    const known = plans.get(supernode.supernode);
    if (known && known.nodes === nodes && known.per === per) return known;
    if (known) known.box.remove();
    const box = document.createElement("div");
    const title = document.createElement("h3");
    title.textContent = several ? `supernode ${supernode.supernode}` : "";
    title.hidden = !several;
    box.appendChild(title);
    const size = 20, gap = 2, left = 30, top = 12;
    const svg = element("svg", {
      viewBox: `0 0 ${left + nodes * (size + gap)} ${top + per * (size * 0.8 + gap)}`,
      role: "img", "aria-label": `${cards} cards on ${nodes} nodes`,
    }, box);
    const rects = [];
    for (let node = 0; node < nodes; node++) {
      const x = left + node * (size + gap);
      if (node % 4 === 0) element("text", { x: x + size / 2, y: 8, "text-anchor": "middle" }, svg).textContent = node;
      for (let slot = 0; slot < per && node * per + slot < cards; slot++) {
        const y = top + slot * (size * 0.8 + gap);
        const rect = element("rect", { x, y, width: size, height: size * 0.8, rx: 2, class: "none" }, svg);
        rect.dataset.card = node * per + slot;
        rect.dataset.supernode = supernode.supernode;
        rects.push(rect);
      }
    }
    element("text", { x: 0, y: 8 }, svg).textContent = "node";
    for (let slot = 0; slot < per; slot++) {
      element("text", { x: 0, y: top + slot * (size * 0.8 + gap) + 11 }, svg).textContent = "card " + slot;
    }
    byId("plan").querySelectorAll(".empty").forEach((e) => e.remove());
    byId("plan").appendChild(box);
    const made = { box, rects, nodes, per };
    plans.set(supernode.supernode, made);
    return made;
  }

  function paint(state) {
    const column = state.supernodes[0].card_columns.indexOf(by);
    const values = state.supernodes.flatMap((s) => s.cards.map((c) => c[column]));
    // a scale that begins at 0 and ends at a round tenth above the highest: differences show, and the ends say what
    // they are
    const high = Math.min(1, Math.max(0.1, Math.ceil(Math.max(0, ...values) * 10 + 0.5) / 10));
    for (const supernode of state.supernodes) {
      const { rects } = plan(state, supernode, state.supernodes.length > 1);
      const shares = new Map(supernode.cards.map((c) => [c[0], c[column]]));
      rects.forEach((rect, card) => {
        const share = shares.get(card);
        rect.classList.toggle("none", share === undefined);
        rect.style.fill = share === undefined ? "" : colour(by, share / high);
      });
    }
    text("high", percent(high));
    byId("ramp").style.background = `linear-gradient(90deg, ${[0, 0.5, 1].map((x) => colour(by, x)).join(",")})`;
  }

  /** The next number that is easy to read: 1, 2, 3, 4, 5, 6 or 8 times a power of ten. */
  function round(x) {
    const size = 10 ** Math.floor(Math.log10(x));
    return size * [1, 2, 3, 4, 5, 6, 8, 10].find((n) => n * size >= x * 0.9999);
  }

  function chart(id, times, series, format, top) {
    const box = byId(id);
    const width = Math.max(200, box.clientWidth), height = 120, foot = 16;
    const high = top || round(Math.max(1e-12, ...series.flat()) * 1.1);
    const x = (i) => times.length < 2 ? width : (times[i] - times[0]) / (times[times.length - 1] - times[0]) * width;
    const y = (v) => (height - foot) * (1 - v / high) + 2;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", "now " + series.map((s) => format(s[s.length - 1])).join(", "));
    for (const share of [0, 0.5, 1]) {
      const at = y(high * share);
      element("line", { x1: 0, x2: width, y1: at, y2: at }, svg);
      if (share > 0) element("text", { x: 0, y: at + 12, class: "scale" }, svg).textContent = format(high * share);
    }
    series.forEach((values, k) => {
      let d = "";
      for (let i = 0; i < values.length; i++) {
        // no line across seconds without a window: what is missing is not drawn
        const joined = i > 0 && times[i] - times[i - 1] < 1.5;
        d += `${joined ? "L" : "M"}${x(i).toFixed(1)} ${y(values[i]).toFixed(1)}`;
      }
      element("path", { d, class: "s" + k }, svg);
    });
    element("text", { x: 0, y: height }, svg).textContent = clock(times[0]);
    element("text", { x: width, y: height, "text-anchor": "end" }, svg).textContent = clock(times[times.length - 1]);
    box.replaceChildren(svg);
  }

  function rows(id, cells) {
    const body = byId(id);
    body.replaceChildren(...cells.map((row) => {
      const tr = document.createElement("tr");
      row.forEach((cell) => { tr.appendChild(document.createElement("td")).textContent = cell; });
      return tr;
    }));
  }

  const NAMES = {
    step: "whole step", compute: "compute event", bus: "bus event", bus_wait: "wait for peers",
    time_to_first_token: "time to first token", time_per_output_token: "time per output token",
  };
  function show(state) {
    text("what", [state.scenario, state.machine].filter(Boolean).join(" on "));
    const pill = byId("status");
    pill.className = "pill " + state.status;
    text("status", state.status === "live" ? "live"
      : state.status === "silent" ? `no windows for ${Math.round(state.silent_seconds)} s`
        : state.not_ready || "waiting for the first window");
    document.body.classList.toggle("stale", state.status === "silent");
    if (!state.supernodes || !state.supernodes.length) return;
    const f = state.figures;
    const history = state.supernodes[0].history;
    const now = (name) => state.supernodes.reduce((sum, s) => sum + (s.history[name].at(-1) || 0), 0);
    text("clock", clock(state.event_time_seconds));
    text("f-card", number(f.throughput.tokens_per_second_per_card, 4));
    text("f-tokens", number(now("tokens_per_second")));
    text("f-mfu", percent(f.throughput.model_flops_utilization));
    text("f-bus", bytes(now("bus_bytes_per_second")));
    const serving = f.latency.time_per_output_token;
    const step = serving || f.latency.step;
    text("f-step", step ? duration(step.p50) : "–");
    text("f-step-unit", serving ? "per output token, median" : "step, median");
    text("f-step-note", step ? "p99 " + duration(step.p99) : "no whole step yet");
    const reporting = state.supernodes.reduce((sum, s) => sum + s.cards.length, 0);
    text("f-cards", state.cards ? `${reporting} / ${state.cards * state.supernodes.length}` : String(reporting));
    paint(state);
    const times = history.event_time_seconds;
    if (times.length) {
      chart("c-tokens", times, [history.tokens_per_second], (v) => number(v));
      chart("c-share", times, [history.utilization, history.bus_transit, history.bus_wait], percent, 1);
      chart("c-bus", times, [history.bus_bytes_per_second], bytes);
    }
    rows("latency", Object.entries(f.latency).map(([name, l]) => [NAMES[name] || name.replaceAll("_", "-"),
      duration(l.p50), duration(l.p90), duration(l.p99), duration(l.max), l.count.toLocaleString("en")]));
    const e = f.events;
    rows("books", [
      ["events in windows", e.windowed.toLocaleString("en")],
      ["compute", e.compute.toLocaleString("en")], ["bus", e.bus.toLocaleString("en")],
      ["steps", e.step.toLocaleString("en")], ["requests", e.request.toLocaleString("en")],
      ["came late, corrected", e.late.toLocaleString("en")],
      ["dead letters", `${state.dead_letters.frames} frames, ${state.dead_letters.events} events`],
      ["digest of windows", f.digest.windows],
    ]);
    text("run", "run " + state.run);
  }

  function sheet(target) {
    if (!last || !target.dataset || target.dataset.card === undefined) return;
    const card = Number(target.dataset.card);
    const supernode = last.supernodes.find((s) => s.supernode === Number(target.dataset.supernode));
    const row = supernode && supernode.cards.find((c) => c[0] === card);
    const name = `card ${card}, node ${Math.floor(card / last.cards_per_node)}`;
    text("sheet", row
      ? `${name}: computing ${percent(row[1])}, transferring ${percent(row[2])}, waiting ${percent(row[3])}, ` +
        `${number(row[4])} tokens/s` + (row[5] ? `, last step ${duration(row[5])}` : "")
      : `${name}: not reporting`);
  }

  async function refresh() {
    if (document.hidden) return;
    try {
      const answer = await fetch("/api/v1/state", { signal: AbortSignal.timeout(5000) });
      if (!answer.ok) throw new Error(String(answer.status));
      last = await answer.json();
      show(last);
    } catch (e) {
      byId("status").className = "pill gone";
      text("status", "the exporter does not answer");
      document.body.classList.add("stale");
    }
  }
  async function forever() {
    await refresh();
    setTimeout(forever, PERIOD);
  }

  document.querySelectorAll(".choice button").forEach((button) => button.addEventListener("click", () => {
    by = button.dataset.by;
    document.querySelectorAll(".choice button").forEach((b) => b.setAttribute("aria-pressed", String(b === button)));
    if (last && last.supernodes && last.supernodes.length) paint(last);
  }));
  byId("plan").addEventListener("pointerover", (event) => sheet(event.target));
  document.addEventListener("visibilitychange", refresh);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => last && last.supernodes && paint(last));
  forever();
})();
