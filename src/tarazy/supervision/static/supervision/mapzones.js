/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The zones of whoever is chosen or followed on the board. Asking for them is a look that is logged;
 * they go with the person: at the end of following, of the choice, or of the right to see them.
 */

import { bufferFeatures, features, words, zoneFeature } from "./map.js";

const address = document.getElementById("zones-address").dataset.address;
const legend = document.querySelectorAll("[data-of-zones]");

/* `changed()` is called when there is something new to say of the chosen person. */
export function zonesOf(map, changed) {
  const held = new Map();
  let asked = 0;

  function draw() {
    const people = new Map([...held.values()].map(({ id, zones }) => [id, zones]));
    const all = [...people.values()].flat();
    map?.put("zones", features(all.map((zone) => zoneFeature(zone, zone.demand))));
    map?.put("buffers", features(all.flatMap(bufferFeatures)));
    for (const line of legend) line.hidden = !all.length;
  }

  function put(why, id, zones, failed = false) {
    held.set(why, { id, zones, failed });
    draw();
  }

  function drop(why) {
    if (why === "chosen") asked += 1;
    if (held.delete(why)) draw();
  }

  async function choose(id) {
    drop("chosen");
    const mine = asked;
    let zones = null;
    try {
      const body = new FormData(document.getElementById("live"));
      const answer = await fetch(address.replace("PERSON", encodeURIComponent(id)), { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected) ({ zones } = await answer.json());
    } catch {
      zones = null;
    }
    // Meanwhile somebody else may have been chosen, or nobody.
    if (mine !== asked) return;
    put("chosen", id, zones ?? [], zones === null);
    changed();
  }

  /* The same in words, a line each; nothing while it is not known. */
  function lines(id) {
    const one = [...held.values()].find((other) => other.id === id);
    if (!one) return [];
    if (one.failed) return [words.zonesFailed];
    return one.zones.length ? one.zones.map((zone) => `${zone.said}: ${zone.name}`) : [words.noZones];
  }

  return { put, drop, choose, lines };
}
