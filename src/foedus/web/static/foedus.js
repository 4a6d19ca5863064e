// Keeps a live page fresh, and marks the same thing wherever it stands.
// The page is whole without this file: every act is a link or a form.
"use strict";

const address = document.body.dataset.events;
const live = document.getElementById("live");
const waiting = new Map(); // id of a part -> what it is to hold, while a reader is in it
let hasMouse = false;

const isBeingRead = (part) =>
  part.contains(document.activeElement) || (hasMouse && part.matches(":hover"));

function say(element, word, css) {
  if (element.textContent !== word) element.textContent = word;
  element.className = `state ${css} live`;
  element.hidden = false;
}

// Bring the children of a part to those of a template: by id, in order, keeping what
// is there already, so that nothing is drawn anew that did not change.
function merge(part, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const wanted = [...template.content.children];
  const ids = new Set(wanted.map((child) => child.id));
  for (const child of [...part.children]) if (!ids.has(child.id)) child.remove();
  let place = part.firstElementChild;
  for (const child of wanted) {
    const known = document.getElementById(child.id);
    if (known && known.innerHTML !== child.innerHTML) known.innerHTML = child.innerHTML;
    if (place && place.id === child.id) {
      place = place.nextElementSibling;
      continue;
    }
    if (!known) child.classList.add("arrived");
    part.insertBefore(known || child, place);
  }
}

const nameOf = (stop) =>
  [stop.id, stop.getAttribute("href") ?? stop.getAttribute("aria-label")].join(" ");

// Draw a part anew; the keyboard stays at what leads to the same, or else at the part.
function draw(part, html) {
  const held = part.contains(document.activeElement) && nameOf(document.activeElement);
  part.innerHTML = html;
  if (held === false) return;
  const stops = [...part.querySelectorAll("a, button, summary, [tabindex]")];
  const same = stops.find((each) => nameOf(each) === held);
  if (!same) part.tabIndex = -1;
  (same ?? part).focus({ preventScroll: true });
}

function show(id, html) {
  const part = document.getElementById(id);
  if (!part) return;
  if (!("merge" in part.dataset)) {
    draw(part, html);
    return;
  }
  if (isBeingRead(part)) waiting.set(id, html);
  else {
    waiting.delete(id);
    merge(part, html);
  }
  tellColumn(part);
}

function tellColumn(part) {
  const state = part.closest(".world")?.querySelector("[data-column-state]");
  if (!state) return;
  if (waiting.has(part.id)) say(state, "Held while you read", "run");
  else state.hidden = true;
}

function release() {
  for (const [id, html] of [...waiting]) {
    const part = document.getElementById(id);
    if (isBeingRead(part)) continue;
    waiting.delete(id);
    merge(part, html);
    tellColumn(part);
  }
}

function mark(event) {
  if (event.pointerType) hasMouse = event.pointerType === "mouse";
  const thing = event.target.closest?.("[data-thing]")?.dataset.thing;
  for (const each of document.querySelectorAll("[data-thing]"))
    each.classList.toggle("same", each.dataset.thing === thing);
  release();
}

// Ask for the parts of the page anew, once for all that comes at about the same time.
const AFTER_MS = 300;
let asking = 0;

async function refresh(parts) {
  const answer = await fetch(parts, { credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) return location.reload(); // signed out, or not for us any more
  for (const [id, html] of Object.entries(await answer.json())) show(id, html);
}

function ask(parts) {
  clearTimeout(asking);
  asking = setTimeout(() => refresh(parts).catch(() => {}), AFTER_MS);
}

const { follow, parts } = document.body.dataset;

if ((address || follow) && live) {
  const source = new EventSource(address || follow);
  source.onopen = () => {
    say(live, "Live", "good");
    if (follow) ask(parts); // what came since the page was made
  };
  source.onerror = () => {
    const now = new Date().toISOString().slice(11, 16);
    if (live.textContent === "Live") say(live, `Not live since ${now} UTC`, "warn");
  };
  for (const kind of ["put", "delete"])
    source.addEventListener(kind, () => ask(parts));
  for (const kind of ["access-ended", "ended"])
    source.addEventListener(kind, () => location.reload());
  source.addEventListener("part", (event) => {
    const { id, html } = JSON.parse(event.data);
    show(id, html);
  });
  addEventListener("pagehide", () => source.close());
  for (const kind of ["pointerover", "focusin", "focusout"])
    document.addEventListener(kind, mark);
}

for (const form of document.querySelectorAll("form[data-send=change]"))
  form.addEventListener("change", () => form.requestSubmit());

// Copy a value as it was sent: what is shown was made harmless. Browsers let a page write
// to the clipboard over HTTPS or on this machine only; elsewhere there is no button.
if (navigator.clipboard)
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.firstChild.textContent = "Copied";
      setTimeout(() => (button.firstChild.textContent = "Copy"), 2000);
    });
  }
