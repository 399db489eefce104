/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The shared zones of the country (schools, airports, borders) as a layer that is off until somebody
 * wants it. They are nobody's own: asking for them is no look at a person.
 */

import { features, words, zoneFeature } from "./map.js";

const FONT = ["Noto Sans"];
const NAMES_FROM_ZOOM = 12;

export const sharedLayers = (ink) => [
  { id: "shared-fill", type: "fill", source: "shared", layout: { visibility: "none" }, paint: { "fill-color": ink.unknown, "fill-opacity": 0.15 } },
  { id: "shared-edge", type: "line", source: "shared", layout: { visibility: "none" }, paint: { "line-color": ink.unknown, "line-width": 1.5, "line-dasharray": [1, 1.5] } },
  { id: "shared-name", type: "symbol", source: "shared", minzoom: NAMES_FROM_ZOOM, layout: { visibility: "none", "text-field": ["get", "name"], "text-font": FONT, "text-size": 11 }, paint: { "text-color": ink.word, "text-halo-color": ink.halo, "text-halo-width": 1.5 } },
];

/* Binds the switch `#shared`: the zones are asked for once, when it is first turned on. */
export function sharedZones(map) {
  const box = document.getElementById("shared");
  const said = document.getElementById("shared-words");
  const legend = document.querySelector("[data-of-shared]");
  let asked = null;

  async function ask() {
    const answer = await fetch(box.dataset.address, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
    const { zones, more } = await answer.json();
    map.put("shared", features(zones.map((zone) => zoneFeature(zone, zone.of_class))));
    return zones.length ? (more ? words.sharedMore.replace("{number}", more) : "") : words.sharedNone;
  }

  async function show() {
    legend.hidden = !box.checked;
    said.textContent = "";
    if (!box.checked) return;
    try {
      asked ??= ask();
      said.textContent = await asked;
    } catch {
      asked = null;
      said.textContent = words.sharedFailed;
    }
  }

  box.addEventListener("change", show);
  if (box.checked) show(); // it was pressed before the map was there
}
