/* SPDX-License-Identifier: EUPL-1.2 */
/* The wearer's own last place; no zone is drawn, so that none can betray whom it protects. */

import { boxOf, features, makeMap, placeFeatures, readJson, ringFeatures, ringLayers, signLayer } from "./map.js";

// To the person this is only the own place: how urgent the control centre finds it is in the list.
const place = { ...readJson("place"), urgency: "calm" };
const rings = ringFeatures(place);

await makeMap(document.getElementById("map"), {
  sources: { rings: features(rings), people: features(placeFeatures(place)) },
  layers: (ink) => [...ringLayers(ink, "rings", "rings"), signLayer],
  box: boxOf([...rings, ...placeFeatures(place)]),
  padding: 60,
  maxZoom: 15,
});
