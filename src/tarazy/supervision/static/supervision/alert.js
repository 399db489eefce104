/* SPDX-License-Identifier: EUPL-1.2 */
/* The map of one alert: the zone, the fixes that count, and how accurate each was. */

import { boxOf, feature, features, makeMap, readJson, ringFeatures, ringLayers, zoneFeature, zoneLayers } from "./map.js";

const places = readJson("places");
const zone = readJson("zone");
const demand = document.getElementById("zone-demand").dataset.demand;

const zones = zone ? [zoneFeature(zone, demand)] : [];
const rings = places.flatMap(ringFeatures);
const points = places.map((one, order) => feature("Point", [one.lon, one.lat], { order: String(order + 1) }));
const path = places.length > 1 ? [feature("LineString", places.map((one) => [one.lon, one.lat]))] : [];

await makeMap(document.getElementById("map"), {
  sources: { zones: features(zones), rings: features(rings), points: features(points), path: features(path) },
  layers: (ink) => [
    ...zoneLayers(ink),
    ...ringLayers(ink, "rings", "rings"),
    { id: "path", type: "line", source: "path", paint: { "line-color": ink.trail, "line-width": 2, "line-dasharray": [2, 1.5] } },
    { id: "points", type: "circle", source: "points", paint: { "circle-radius": 9, "circle-color": ink.trail, "circle-stroke-color": ink.edge, "circle-stroke-width": 2 } },
    { id: "orders", type: "symbol", source: "points", layout: { "text-field": ["get", "order"], "text-font": ["Noto Sans"], "text-size": 11, "text-allow-overlap": true }, paint: { "text-color": ink.edge } },
  ],
  box: boxOf([...zones, ...rings, ...points]),
  padding: 30,
});
