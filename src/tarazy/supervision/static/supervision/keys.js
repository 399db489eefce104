/* SPDX-License-Identifier: EUPL-1.2 */
/* Single keys of a page: never while somebody types, with help, and with a switch that turns them off. */

const OFF = "tarazy-keys";
const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";

export function bindKeys(deeds) {
  const help = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  on.checked = localStorage.getItem(OFF) !== "off";
  on.addEventListener("change", () => localStorage.setItem(OFF, on.checked ? "on" : "off"));
  help.querySelector("[data-keys-close]").addEventListener("click", () => help.close());
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) help.showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (!on.checked || help.open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.(FIELDS)) return;
    const deed = event.key === "?" ? () => help.showModal() : deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}
