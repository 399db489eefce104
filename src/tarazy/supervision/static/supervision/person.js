/* SPDX-License-Identifier: EUPL-1.2 */
/* A person's map: zones and the last known place. */

import { boxOf, features, makeMap, placeFeatures, readJson, ringFeatures, ringLayers, signLayer, zoneFeature, zoneLayers } from "./map.js";

const place = readJson("place");
const zones = readJson("zones").map((zone) => zoneFeature(zone, zone.demand));
const around = [...placeFeatures(place), ...ringFeatures(place), ...zones];

await makeMap(document.getElementById("map"), {
  sources: { zones: features(zones), rings: features(ringFeatures(place)), people: features(placeFeatures(place)) },
  layers: (ink) => [...zoneLayers(ink), ...ringLayers(ink, "rings", "rings"), signLayer],
  box: boxOf(around),
  padding: 30,
});
