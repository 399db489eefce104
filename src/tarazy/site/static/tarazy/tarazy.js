/* SPDX-License-Identifier: EUPL-1.2 */
/* What every page does: ages that go on, selects that send themselves. */

const TICK_MS = 10_000;
const TWICE_MS = 2_000;
const SLOW_MS = 700;
const WORKING_MS_MAX = 20_000;
const UNITS = [["agoDay", 86_400], ["agoHour", 3_600], ["agoMinute", 60], ["agoSecond", 1]];

// The clock of an old phone may be wrong: ages count from the server's time.
const serverAhead_ms = Date.parse(document.body.dataset.now) - Date.now() || 0;

export function serverNow() {
  return Date.now() + serverAhead_ms;
}

export function age(moment) {
  const seconds = Math.max(0, Math.round((serverNow() - Date.parse(moment)) / 1000));
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? UNITS.at(-1);
  // Own words: browsers without Kazakh would write "-4 min".
  return document.body.dataset[unit].replace("{number}", Math.trunc(seconds / size));
}

export function refreshAges(root = document) {
  for (const place of root.querySelectorAll("[data-age]")) {
    place.textContent = age(place.closest("time").dateTime);
  }
}

for (const choice of document.querySelectorAll("select[data-submit]")) {
  choice.form.querySelector("[data-submit-button]")?.remove();
  choice.addEventListener("change", () => choice.form.requestSubmit());
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.account[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.account[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/*
 * A tired hand clicks twice: the same form is sent once. It can be sent again after a moment, for a
 * report that is saved leaves the page as it is. Forms that a script answers are its own affair.
 */
const sent = new WeakMap();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (performance.now() - (sent.get(event.target) ?? -TWICE_MS) < TWICE_MS) event.preventDefault();
  else sent.set(event.target, performance.now());
});

/*
 * An answer that takes its time is said to be on its way, until the page is left, or for as long as a
 * report takes that is saved instead of shown.
 */
const working = document.getElementById("working");
let pause = 0;
function rest() {
  clearTimeout(pause);
  working.textContent = "";
}
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.target === "_blank") return;
  rest();
  pause = setTimeout(() => {
    working.textContent = document.body.dataset.working;
    pause = setTimeout(rest, WORKING_MS_MAX);
  }, SLOW_MS);
});
addEventListener("pagehide", rest);

/* What must be scrolled sideways can be scrolled with the keyboard too: it takes the focus. */
function reachable() {
  for (const box of document.querySelectorAll(".table-box")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

refreshAges();
reachable();
setInterval(refreshAges, TICK_MS);
addEventListener("resize", reachable);
document.addEventListener("htmx:afterSwap", (event) => {
  refreshAges(event.target);
  reachable();
});
