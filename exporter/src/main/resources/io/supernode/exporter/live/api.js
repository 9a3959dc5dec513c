/** What the page asks the server to do. A write carries a header that no page elsewhere can send. */

import { byId } from "./dom.js";

const TOKEN = "supernode-token";

/** @throws Error with what the server said, in words */
export async function post(path, body) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { "Content-Type": "application/json", "X-Supernode": "1" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.status === 401 && await askForToken()) return post(path, body);
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error || `the server answered ${answer.status}`);
  return said;
}

/** Where others can reach the port, the server wants a token; it stays in this tab. */
function askForToken() {
  const dialog = byId("token-dialog");
  const field = byId("token");
  field.value = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const given = dialog.returnValue === "use" && field.value.trim();
      if (given) sessionStorage.setItem(TOKEN, field.value.trim());
      resolve(Boolean(given));
    }, { once: true });
  });
}

let hiding;

/** Says something in passing, at the foot of the page. */
export function say(message) {
  const e = byId("toast");
  e.textContent = message;
  e.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { e.hidden = true; }, 6000);
}

/** Does it, and says why it could not be done. */
export async function attempt(path, body) {
  try {
    return await post(path, body);
  } catch (e) {
    say(e.message);
    return null;
  }
}
