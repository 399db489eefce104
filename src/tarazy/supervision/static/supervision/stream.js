/* SPDX-License-Identifier: EUPL-1.2 */
/* The live stream of a board or of an alert's page: a ticket for a quarter of an hour, renewed in time; a lost line is said in words. */

import { age, serverNow } from "../tarazy/tarazy.js";
import { words } from "./map.js";

const STALE_MS = 12_000;
const CHECK_MS = 1_000;
const RENEW_SHARE = 0.85;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 20_000];

/* Screen readers repeat what is written again: write only what is new. */
function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/*
 * Opens the stream and keeps it open. `on` has a function for each message (snapshot, positions,
 * people, alerts), one for the end of the leave to watch (ended), and one for news of the engine:
 * late(moment), when it last judged, or null while it does. A page may leave out what it does not show.
 */
export function openStream(on) {
  const page = document.querySelector("main");
  let source = null;
  let heardAt_ms = Date.now();
  let engineLate = null;
  let ended = false;
  let failures = 0;
  let renewal = 0;
  let retrial = 0;

  function say() {
    const trouble = document.getElementById("trouble");
    const lost = Date.now() - heardAt_ms > STALE_MS || (failures > 1 && source?.readyState !== EventSource.OPEN);
    const state = ended || lost ? "lost" : source?.readyState === EventSource.OPEN ? "live" : "connecting";
    const moment = new Date(heardAt_ms + serverNow() - Date.now()).toISOString();
    const text = ended ? words.ended : lost ? `${words.stale} ${age(moment)}.` : engineLate ? `${words.engineLate} ${age(engineLate)}.` : "";
    document.getElementById("connection").dataset.state = state;
    page.toggleAttribute("data-stale", state === "lost");
    document.getElementById("trouble-login").hidden = !ended;
    const short = state === "live" ? words.live : words.connecting;
    setText(document.getElementById("connection-words"), ended ? "" : short);
    trouble.hidden = text === "";
    setText(document.getElementById("trouble-words"), text);
  }

  function heard(event) {
    heardAt_ms = Date.now();
    failures = 0;
    return event.data ? JSON.parse(event.data) : {};
  }

  function listen(address) {
    const next = new EventSource(address);
    const old = source;
    next.addEventListener("snapshot", (event) => {
      const told = heard(event);
      // The old stream stays until the new one speaks: nothing is missed at a renewal.
      old?.close();
      on.snapshot?.(told);
      say();
    });
    for (const name of ["positions", "people", "alerts"]) next.addEventListener(name, (event) => on[name]?.(heard(event)));
    next.addEventListener("beat", (event) => {
      const { engine_late: late, engine_at: at } = heard(event);
      engineLate = late && at ? at : null;
      on.late?.(engineLate);
      say();
    });
    next.addEventListener("closed", () => {
      next.close();
      again();
    });
    next.addEventListener("error", () => {
      failures += 1;
      // A refused ticket closes the source for good; a lost line tries again by itself.
      if (next.readyState === EventSource.CLOSED && next === source) again();
      say();
    });
    source = next;
  }

  function again() {
    clearTimeout(retrial);
    retrial = setTimeout(open, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
  }

  async function open() {
    clearTimeout(renewal);
    const form = document.getElementById("live");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      if (answer.redirected || [401, 403].includes(answer.status)) {
        ended = true;
        source?.close();
        on.ended?.();
        return say();
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const { address, lasts_s: lasts } = await answer.json();
      listen(address);
      renewal = setTimeout(open, lasts * 1000 * RENEW_SHARE);
    } catch {
      failures += 1;
      again();
    }
    return say();
  }

  setInterval(say, CHECK_MS);
  return open();
}
