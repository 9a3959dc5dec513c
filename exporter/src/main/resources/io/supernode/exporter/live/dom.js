/** The few things that are done to the document. */

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** Changes a text only when it differs, so that nothing is read aloud or laid out anew for nothing. */
export function text(id, value) {
  const e = typeof id === "string" ? byId(id) : id;
  if (e.textContent !== value) e.textContent = value;
}

export function show(id, visible) { byId(id).hidden = !visible; }

/** element("td", {class: "n"}, "3", …): attributes, then texts and elements inside. */
export function element(name, attributes = {}, ...inside) {
  return fill(document.createElement(name), attributes, inside);
}

export function svg(name, attributes = {}, ...inside) {
  return fill(document.createElementNS(SVG, name), attributes, inside);
}

function fill(e, attributes, inside) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === undefined || value === null) continue;
    e.setAttribute(key, value === true ? "" : value);
  }
  e.append(...inside);
  return e;
}

/** Fills the rows of a table, reusing what is there. */
export function rows(id, cells) {
  const body = typeof id === "string" ? byId(id) : id;
  while (body.rows.length > cells.length) body.deleteRow(-1);
  cells.forEach((row, i) => {
    const tr = body.rows[i] || body.insertRow();
    while (tr.cells.length > row.length) tr.deleteCell(-1);
    row.forEach((cell, k) => text(tr.cells[k] || tr.insertCell(), String(cell)));
  });
}
