/** Light or dark: as the system has it, until somebody says otherwise. */

import { byId } from "./dom.js";

const KEY = "supernode-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export function theme() {
  return localStorage.getItem(KEY) || (dark.matches ? "dark" : "light");
}

/** @param onChange called whenever it is another, after the document has taken it */
export function begin(onChange) {
  const apply = () => {
    document.documentElement.dataset.theme = theme();
    byId("theme").setAttribute("aria-label", theme() === "dark" ? "Use the light theme" : "Use the dark theme");
    byId("theme").textContent = theme() === "dark" ? "☀" : "☾";
  };
  byId("theme").addEventListener("click", () => {
    localStorage.setItem(KEY, theme() === "dark" ? "light" : "dark");
    apply();
    onChange();
  });
  dark.addEventListener("change", () => { apply(); onChange(); });
  apply();
}

/** A colour of the style sheet, for what is drawn by hand. */
export function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
