/* SPDX-License-Identifier: EUPL-1.2 */
/* A person's map: zones, the last known place, and a trail where somebody asks for one. */

import { boxOf, features, makeMap, placeFeatures, readJson, ringFeatures, ringLayers, signLayer, words, zoneFeature, zoneLayers } from "./map.js";

const place = readJson("place");
const zones = readJson("zones").map((zone) => zoneFeature(zone, zone.demand));
const form = document.getElementById("trail");
const said = document.getElementById("trail-words");
const around = [...placeFeatures(place), ...ringFeatures(place), ...zones];

const map = await makeMap(document.getElementById("map"), {
  sources: { zones: features(zones), rings: features(ringFeatures(place)), people: features(placeFeatures(place)), trail: features([]) },
  layers: (ink) => [
    ...zoneLayers(ink),
    { id: "trail-line", type: "line", source: "trail", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-join": "round" }, paint: { "line-color": ink.trail, "line-width": 2.5 } },
    { id: "trail-points", type: "circle", source: "trail", minzoom: 12, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 3, "circle-color": ink.trail, "circle-stroke-color": ink.edge, "circle-stroke-width": 1 } },
    ...ringLayers(ink, "rings", "rings"),
    signLayer,
  ],
  box: boxOf(around),
  padding: 30,
});

/* A time of the screen's zone, in digits: not every browser has Kazakh months. */
const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: form.dataset.zone, dateStyle: "short", timeStyle: "medium" });

map?.on("click", "trail-points", ({ features: [one], lngLat }) => {
  const { at, accuracy_m: accuracy } = one.properties;
  const card = document.createElement("p");
  card.textContent = `${clock.format(new Date(at))} · ${accuracy ? `${words.accuracy} ${Math.round(accuracy)} ${words.metres}` : words.accuracyUnknown}`;
  new maplibregl.Popup({ maxWidth: "18rem" }).setLngLat(lngLat).setDOMContent(card).addTo(map);
});
map?.on("mouseenter", "trail-points", () => { map.getCanvas().style.cursor = "pointer"; });
map?.on("mouseleave", "trail-points", () => { map.getCanvas().style.cursor = ""; });

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.elements.until.value <= form.elements.since.value) {
    said.textContent = words.trailOrder;
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(`${form.action}?${new URLSearchParams(new FormData(form))}`, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    said.textContent = answer.ok ? sentence(found) : found.sentence;
    if (answer.ok) draw(found);
    doubts(found);
  } catch {
    said.textContent = words.trailFailed;
  }
  button.disabled = false;
});

function draw(found) {
  map?.put("trail", found);
  const box = found.features.length ? boxOf(found.features) : null;
  if (map && box) map.fitBounds(box, { padding: 30, maxZoom: 16, animate: false });
}

function sentence(found) {
  if (!found.fixes) return words.trailNone;
  const gaps = found.gaps ? `, ${words.trailGaps} ${found.gap_min} ${words.minutes}: ${found.gaps}` : "";
  return `${words.trailFacts}: ${found.fixes}${gaps}. ${found.cut ? words.trailCut : ""}`;
}

/* What is doubtful about the fixes, each with its reason to be read on demand. */
function doubts(found) {
  const list = document.getElementById("trail-doubts");
  list.replaceChildren(...(found.doubts ?? []).map(({ said: title, why, fixes }) => {
    const item = document.createElement("li");
    const reason = document.createElement("span");
    reason.className = "quiet";
    reason.textContent = ` ${why}`;
    item.append(`${title}: ${fixes}.`, reason);
    return item;
  }));
}
