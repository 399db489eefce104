/* SPDX-License-Identifier: EUPL-1.2 */
/* What every page does: ages that go on, selects that send themselves. */

const TICK_MS = 10_000;
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

// The clock of an old phone may be wrong: ages count from the server's time.
const serverAhead_ms = Date.parse(document.body.dataset.now) - Date.now() || 0;
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" });

export function serverNow() {
  return Date.now() + serverAhead_ms;
}

export function age(moment) {
  const seconds = Math.round((serverNow() - Date.parse(moment)) / 1000);
  const [unit, size] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? UNITS.at(-1);
  return words.format(-Math.trunc(seconds / size), unit);
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

refreshAges();
setInterval(refreshAges, TICK_MS);
document.addEventListener("htmx:afterSwap", (event) => refreshAges(event.target));
