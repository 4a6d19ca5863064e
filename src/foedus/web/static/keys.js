// Single keys: to go somewhere, to move along rows, to look closer. They never fire in
// fields, never send anything, and can be turned off (WCAG 2.2, 2.1.4).

const PLACES = {
  h: ["/home", "Home"],
  i: ["/inbox", "Inbox"],
  l: ["/watch", "Watch"],
  c: ["/collections", "Collections"],
  d: ["/decisions", "Decisions"],
  r: ["/runs", "Runs"],
  t: ["/tasks", "Tasks"],
  m: ["/measures", "Measures"],
  n: ["/nations", "Nations"],
};
const FOLLOWS_MS = 1500; // how long the second key of two may take
const FIELDS = "input, textarea, select, [contenteditable], dialog";
const STORED = "foedus.keys";

const link = (selector) => document.querySelector(selector);
const follow = (selector) => link(selector)?.click();
const isSignedIn = link('form[action="/sign-out"]') !== null;
const stopIn = (row) => row.querySelector("a[href], summary, button");

function rows() {
  const found = [...document.querySelectorAll("main tbody tr, main li")];
  return found.filter(
    (row) => row.offsetParent && stopIn(row) && !row.closest("nav") && !row.querySelector("li"),
  );
}

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  if (all[next]) stopIn(all[next]).focus();
}

function act() {
  const row = document.activeElement.closest("tr, li");
  row?.querySelector("button, a.button")?.focus();
}

function whoSees() {
  const who = link("main details:has(> .audience)");
  if (!who) return;
  who.open = true;
  who.querySelector("summary").focus();
}

const KEYS = {
  "?": ["all keys", () => help.showModal()],
  "/": ["search", () => link("#search")?.focus()],
  p: ["publish", () => isSignedIn && location.assign("/publish")],
  j: ["next row", () => step(1)],
  k: ["previous row", () => step(-1)],
  a: ["to the row’s action", act],
  w: ["who sees this", whoSees],
  "[": ["earlier date or version", () => follow("main a[rel=prev]")],
  "]": ["later date or version", () => follow("main a[rel=next]")],
};

const help = document.createElement("dialog");
help.setAttribute("aria-labelledby", "keys-title");
const written = (keys, words) =>
  `<tr><th scope="row">${keys.map((key) => `<kbd>${key}</kbd>`).join(" ")}</th><td>${words}</td></tr>`;
help.innerHTML = `<h2 id="keys-title">Keys</h2><div class="keys"><table><tbody>${[
  ...Object.entries(KEYS).map(([key, [words]]) => written([key], words)),
  written(["Enter"], "open"),
  written(["Esc"], "close"),
].join("")}</tbody></table><table><tbody>${Object.entries(PLACES)
  .map(([key, [, words]]) => written(["g", key], words))
  .join("")}</tbody></table></div>
<p><label class="line"><input type="checkbox"> Use single keys</label></p>
<form method="dialog"><button>Close</button></form>`;
const isUsed = help.querySelector("input");
isUsed.checked = localStorage.getItem(STORED) !== "off";
isUsed.addEventListener("change", () =>
  localStorage.setItem(STORED, isUsed.checked ? "on" : "off"),
);

const opener = document.createElement("button");
opener.type = "button";
opener.className = "keys-opener";
opener.textContent = "Keys";
opener.addEventListener("click", () => help.showModal());
document.querySelector("footer").append(opener);
document.body.append(help);

let goesAt = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (!isUsed.checked || event.target.closest(FIELDS)) return;
  const goes = event.timeStamp - goesAt < FOLLOWS_MS;
  goesAt = 0;
  if (goes && event.key in PLACES) follow(`nav a[href="${PLACES[event.key][0]}"]`);
  else if (event.key === "g") goesAt = event.timeStamp;
  else if (event.key in KEYS) KEYS[event.key][1]();
  else return;
  event.preventDefault();
});
