/* SPDX-License-Identifier: EUPL-1.2 */
/* A trail on the map: stops as numbered circles, moves as lines, gaps dashed; the list leads it. */

import { boxOf, circle, feature, features, makeMap, readJson, ringLayers, zoneFeature, zoneLayers } from "./map.js";
import { bindCoordinates, bindFind, bindLayers } from "./maptools.js";

const zones = readJson("zones").map((zone) => zoneFeature(zone, zone.demand));
const legs = readJson("legs-shapes");
const buttons = [...document.querySelectorAll("[data-leg]")];
const still = matchMedia("(prefers-reduced-motion: reduce)");

/* What a leg looks like; a gap is a line between what was known, and nothing where one end was not. */
function shapesOf(leg, order) {
  if (leg.kind === "stop") return [feature("Point", leg.at, { kind: "stop", number: String(leg.number), order }), feature("Polygon", circle(leg.at[0], leg.at[1], leg.radius_m), { kind: "ring", order })];
  if (leg.kind === "move") return [feature("LineString", leg.path, { kind: "move", order })];
  const ends = leg.ends.filter(Boolean);
  return ends.length === 2 ? [feature("LineString", ends, { kind: "gap", order })] : [];
}

const shapes = legs.flatMap(shapesOf);
const of = (...kinds) => features(shapes.filter((one) => kinds.includes(one.properties.kind)));

const map = await makeMap(document.getElementById("map"), {
  sources: { zones: features(zones), ways: of("move", "gap"), stops: of("stop"), rings: of("ring"), chosen: features([]) },
  layers: (ink) => [
    ...zoneLayers(ink),
    { id: "moves", type: "line", source: "ways", filter: ["==", ["get", "kind"], "move"], layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": ink.trail, "line-width": 3 } },
    { id: "gaps", type: "line", source: "ways", filter: ["==", ["get", "kind"], "gap"], paint: { "line-color": ink.unknown, "line-width": 2.5, "line-dasharray": [1.5, 2] } },
    ...ringLayers(ink, "stop-rings", "rings"),
    { id: "chosen", type: "line", source: "chosen", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": ink.critical, "line-width": 5, "line-opacity": 0.7 } },
    { id: "stops", type: "circle", source: "stops", paint: { "circle-radius": 12, "circle-color": ink.trail, "circle-stroke-color": ink.edge, "circle-stroke-width": 2 } },
    { id: "stop-numbers", type: "symbol", source: "stops", layout: { "text-field": ["get", "number"], "text-font": ["Noto Sans"], "text-size": 12, "text-allow-overlap": true }, paint: { "text-color": ink.edge } },
  ],
  box: boxOf(shapes.length ? shapes : zones),
  padding: { top: 100, bottom: 60, left: 60, right: 60 },
});

function choose(order, { fly = true } = {}) {
  for (const button of buttons) {
    if (Number(button.dataset.leg) === order) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  const found = shapes.filter((one) => one.properties.order === order);
  map?.put("chosen", features(found));
  const box = found.length ? boxOf(found) : null;
  if (map && fly && box) map.fitBounds(box, { padding: 80, maxZoom: 16.5, animate: !still.matches });
}

for (const button of buttons) button.addEventListener("click", () => choose(Number(button.dataset.leg)));

/* Arrow keys go through the list, as in any list that leads something else. */
document.getElementById("legs").addEventListener("keydown", (event) => {
  const at = buttons.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (at < 0 || to === undefined || !buttons[to]) return;
  event.preventDefault();
  buttons[to].focus();
  choose(to);
});

if (map) {
  bindLayers(map);
  bindCoordinates(map);
  bindFind(map);
  for (const layer of ["stops", "moves", "gaps"]) {
    map.on("click", layer, ({ features: [one] }) => {
      choose(one.properties.order, { fly: false });
      buttons[one.properties.order].scrollIntoView({ block: "nearest" });
    });
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
}
