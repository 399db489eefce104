/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The list of open alerts. A live message patches it in place: what stays keeps its element, and so
 * the focus, the scroll and the reader's place. An alert that goes away under the keys is said to be
 * gone, and no key falls on another one until somebody has chosen it.
 */

import { refreshAges } from "../tarazy/tarazy.js";
import { caller } from "./calls.js";
import { words } from "./map.js";

/* `beep()` calls; `toList()` brings the list in sight where a phone shows the map. */
export function alertList({ beep, toList }) {
  const place = document.getElementById("alerts");
  const announcer = document.getElementById("announcer");
  const call = caller(beep);
  let wish = "";
  let gap = null;

  function links() {
    return [...place.querySelectorAll(".group:not([hidden]) .line-link")];
  }

  /* The alert that has the focus is the one that is meant. */
  function chosen() {
    return place.contains(document.activeElement) ? document.activeElement.closest(".line")?.querySelector(".line-link") ?? null : null;
  }

  function filter(text = wish) {
    wish = text;
    for (const group of place.querySelectorAll(".group")) {
      group.hidden = wish !== "" && !group.dataset.name.toLocaleLowerCase().includes(wish);
    }
  }

  function patch(html) {
    const held = place.contains(document.activeElement) ? document.activeElement.id : "";
    const at = links().indexOf(chosen());
    Idiomorph.morph(place, html, { morphStyle: "innerHTML" });
    refreshAges(place);
    filter();
    if (!held) return;
    const still = document.getElementById(held);
    if (still) return still === document.activeElement || still.focus({ preventScroll: true });
    gap = Math.max(at, 0);
    announcer.textContent = words.alertGone;
    return place.focus({ preventScroll: true });
  }

  function move(by) {
    const all = links();
    toList();
    const at = all.indexOf(chosen());
    // In place of one that is gone stands the next one.
    const from = at >= 0 ? at + by : gap === null ? 0 : by > 0 ? gap : gap - 1;
    const next = all[Math.min(Math.max(from, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  /* Without a choice the first is meant; after one that is gone, none. */
  function meant() {
    return chosen() ?? (gap === null ? links()[0] ?? null : null);
  }

  function take() {
    const [one, form] = [meant(), document.getElementById("take")];
    if (!one || !form) return;
    form.action = form.dataset.address.replace("ALERT", one.dataset.alert);
    form.elements.version.value = one.dataset.version;
    form.requestSubmit();
  }

  function openAt(part) {
    const one = meant();
    if (one) location.assign(`${one.href}#${part}`);
  }

  document.addEventListener("focusin", ({ target }) => {
    if (target !== place) gap = null;
  });
  return { filter, move, take, openAt, clear: () => place.replaceChildren(), heard({ html, waiting }) {
    call(waiting);
    patch(html);
  } };
}
