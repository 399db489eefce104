/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A zone drawn on the map. The form's fields are what is sent: the map reads them, and writes them
 * with each move. Handles are buttons, so that the keyboard does all that the mouse does.
 */

import { boxOf, circle, feature, features, makeMap, readJson, words, zoneFeature, zoneLayers } from "./map.js";
import { bindCoordinates, bindFind } from "./maptools.js";
import { weeks } from "./week.js";

const STEP_M = 5;
const STEP_FAR_M = 50;
const METRES_A_DEGREE = 111_320;
const UNDO_MAX = 50;
const DIGITS = 6;

const form = document.getElementById("zone-form");
const place = document.getElementById("map");
const { lat, lon, radius_m: radius, corners, shape, demand, buffer_m: buffer, place_class: kind } = form.elements;
const others = readJson("others").map((one) => zoneFeature(one, one.demand));
const past = [];
let handles = [];
let focus = null;
let shared = null;

weeks(form);
document.getElementById("form-wrong")?.scrollIntoView({ block: "center" });
document.getElementById("tried")?.focus();
form.querySelector("[aria-invalid=true]")?.focus();

function number(text) {
  return text.trim() === "" ? NaN : Number(text);
}

/* What the fields say: a circle, or rings that are not closed, [lon, lat]. */
function read() {
  if (shape.value === "places") return {};
  if (shape.value === "circle") {
    const found = { lon: number(lon.value), lat: number(lat.value), radius_m: number(radius.value) };
    return Number.isFinite(found.lon + found.lat) ? { circle: found } : {};
  }
  const rings = [[]];
  for (const line of corners.value.split("\n")) {
    const parts = line.replace(/[;,]/g, " ").trim().split(/\s+/).filter(Boolean).map(Number);
    if (!parts.length) rings.push([]);
    else if (parts.length === 2 && parts.every(Number.isFinite)) rings.at(-1).push([parts[1], parts[0]]);
  }
  return { rings: rings.filter((ring) => ring.length) };
}

function write(found) {
  remember();
  if (found.circle) {
    lat.value = found.circle.lat.toFixed(DIGITS);
    lon.value = found.circle.lon.toFixed(DIGITS);
    radius.value = Math.max(1, Math.round(found.circle.radius_m));
  } else {
    corners.value = found.rings.map((ring) => ring.map(([x, y]) => `${y.toFixed(DIGITS)}, ${x.toFixed(DIGITS)}`).join("\n")).join("\n\n");
  }
  show();
}

function remember() {
  past.push([lat.value, lon.value, radius.value, corners.value, shape.value]);
  if (past.length > UNDO_MAX) past.shift();
}

/* The shared zones are asked for once, when somebody first chooses a kind of them. */
async function askShared() {
  shared = [];
  try {
    const answer = await fetch(place.dataset.shared, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
    shared = (await answer.json()).zones;
    show();
    fit();
  } catch {
    shared = null;
    document.getElementById("zone-says").textContent = words.sharedFailed;
  }
}

function fit() {
  const box = boxOf([...drawn(), ...others]);
  if (box) map?.fitBounds(box, { padding: 60, maxZoom: 17, animate: false });
}

function drawn() {
  if (shape.value === "places") return (shared ?? []).filter((one) => one.place_class === kind.value).map((one) => zoneFeature(one, "exclusion"));
  const found = read();
  if (found.circle) return [feature("Polygon", circle(found.circle.lon, found.circle.lat, found.circle.radius_m || 1))];
  if (!found.rings?.length) return [];
  if (found.rings[0].length < 3) return [feature("LineString", found.rings[0].length > 1 ? found.rings[0] : [found.rings[0][0], found.rings[0][0]])];
  return [feature("Polygon", found.rings.filter((ring) => ring.length > 2).map((ring) => [...ring, ring[0]]))];
}

/*
 * The edge of the ring before the fence: each side of the zone moved by the buffer, with arcs around
 * the corners that it opens. Flat metres around the zone: to see, not to measure.
 */
const ARC_STEP = Math.PI / 12;

function ring() {
  const [zone] = shape.value === "places" ? [] : drawn();
  const wide = number(buffer.value);
  if (zone?.geometry.type !== "Polygon" || !(wide > 0) || demand.value === "home_curfew") return [];
  const out = demand.value === "exclusion" ? 1 : -1;
  return zone.geometry.coordinates.map((corners_, order) => feature("LineString", moved(corners_, wide, order ? -out : out)));
}

function moved(corners_, wide, out) {
  const east = METRES_A_DEGREE * Math.cos((corners_[0][1] * Math.PI) / 180);
  const flat = corners_.map(([x, y]) => [x * east, y * METRES_A_DEGREE]);
  const sides = flat.slice(1).map(([x, y], at) => [x - flat[at][0], y - flat[at][1]]).map(([dx, dy], at) => ({ at, dx, dy, turn: Math.atan2(-dx, dy) })).filter(({ dx, dy }) => dx || dy);
  const round = Math.sign(flat.slice(1).reduce((sum, [x, y], at) => sum + flat[at][0] * y - x * flat[at][1], 0)) || 1;
  const way = [];
  const put = ([x, y], turn) => way.push([(x + Math.cos(turn) * wide * out * round) / east, (y + Math.sin(turn) * wide * out * round) / METRES_A_DEGREE]);
  sides.forEach(({ at, dx, dy, turn }, which) => {
    const next = sides[(which + 1) % sides.length];
    put(flat[at], turn);
    put(flat[at + 1], turn);
    if ((dx * next.dy - dy * next.dx) * out * round <= 0) return;
    const bend = ((next.turn - turn + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
    const steps = Math.ceil(Math.abs(bend) / ARC_STEP);
    for (let step = 1; step < steps; step += 1) put(flat[at + 1], turn + (bend * step) / steps);
  });
  return [...way, way[0]];
}

const map = await makeMap(place, {
  sources: { zones: features(others), draft: features(drawn()), buffer: features(ring()) },
  layers: (ink) => [
    ...zoneLayers(ink),
    { id: "buffer", type: "line", source: "buffer", layout: { "line-join": "round" }, paint: { "line-color": ink.trail, "line-width": 1.5, "line-dasharray": [4, 3] } },
    { id: "draft-fill", type: "fill", source: "draft", paint: { "fill-color": ink.trail, "fill-opacity": 0.2 } },
    { id: "draft-edge", type: "line", source: "draft", paint: { "line-color": ink.trail, "line-width": 3 } },
  ],
  box: boxOf(drawn().length ? drawn() : others),
  padding: 60,
});

function show() {
  for (const part of form.querySelectorAll("[data-shape]")) part.hidden = !part.dataset.shape.split(" ").includes(shape.value);
  document.getElementById("map-help").hidden = shape.value === "places";
  if (shape.value === "places" && shared === null && map) askShared();
  form.querySelector("[data-buffer]").hidden = demand.value === "home_curfew";
  map?.put("draft", features(drawn()));
  map?.put("buffer", features(ring()));
  for (const handle of handles) handle.remove();
  handles = [];
  if (map) grips();
  if (focus !== null) handles[Math.min(focus, handles.length - 1)]?.getElement().focus();
}

/* One handle: `moved(lon, lat)` gives what the fields then say. */
function grip(at, label, kind, moved, removed) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `handle ${kind}`;
  const handle = new maplibregl.Marker({ element: button, draggable: true }).setLngLat(at).addTo(map);
  button.setAttribute("aria-label", label);
  button.removeAttribute("role");
  const number = handles.push(handle) - 1;
  handle.on("dragend", () => {
    focus = number;
    write(moved(handle.getLngLat().lng, handle.getLngLat().lat));
  });
  button.addEventListener("focus", () => { focus = number; });
  button.addEventListener("blur", () => { focus = null; });
  button.addEventListener("click", (event) => event.stopPropagation());
  button.addEventListener("keydown", (event) => {
    const [east, north] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    if (east || north) {
      event.preventDefault();
      event.stopPropagation();
      const step = (event.shiftKey ? STEP_FAR_M : STEP_M) / METRES_A_DEGREE;
      const { lng, lat: north0 } = handle.getLngLat();
      write(moved(lng + (east * step) / Math.cos((north0 * Math.PI) / 180), north0 + north * step));
    } else if (removed && (event.key === "Delete" || event.key === "Backspace")) {
      event.preventDefault();
      write(removed());
    } else if (kind === "middle" && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      const { lng, lat: here } = handle.getLngLat();
      write(moved(lng, here));
    }
  });
}

function grips() {
  const found = read();
  if (found.circle) {
    const { circle: one } = found;
    grip([one.lon, one.lat], place.dataset.middle, "", (x, y) => ({ circle: { ...one, lon: x, lat: y } }));
    const east = circle(one.lon, one.lat, one.radius_m || 1)[0][16];
    grip(east, `${place.dataset.grip}: ${Math.round(one.radius_m)} m`, "grip", (x, y) => ({ circle: { ...one, radius_m: new maplibregl.LngLat(one.lon, one.lat).distanceTo(new maplibregl.LngLat(x, y)) } }));
    return;
  }
  (found.rings ?? []).forEach((ring, which) => {
    const changed = (corner, count, ...fresh) => ({ rings: found.rings.map((one, n) => (n === which ? one.toSpliced(corner, count, ...fresh) : one)).filter((one) => one.length) });
    ring.forEach((at, corner) => {
      grip(at, `${place.dataset.handle} ${corner + 1}`, "", (x, y) => changed(corner, 1, [x, y]), () => changed(corner, 1));
    });
    if (ring.length < 3) return;
    ring.forEach(([x, y], corner) => {
      const [nextX, nextY] = ring[(corner + 1) % ring.length];
      grip([(x + nextX) / 2, (y + nextY) / 2], `${place.dataset.add} (${corner + 1})`, "middle", (lng, north) => changed(corner + 1, 0, [lng, north]));
    });
  });
}

map?.on("click", ({ lngLat }) => {
  focus = null;
  if (shape.value === "places") return;
  if (shape.value === "circle") {
    write({ circle: { lon: lngLat.lng, lat: lngLat.lat, radius_m: number(radius.value) || 100 } });
    return;
  }
  const { rings } = read();
  const [outer = [], ...holes] = rings;
  write({ rings: [[...outer, [lngLat.lng, lngLat.lat]], ...holes] });
});

// Shared zones can only be kept out of.
shape.addEventListener("input", () => { if (shape.value === "places" && !demand.disabled) demand.value = "exclusion"; });
for (const field of [demand, buffer, kind]) field?.addEventListener("input", show);
for (const field of [lat, lon, radius, corners, shape]) {
  field.addEventListener("focus", remember);
  field.addEventListener("input", show);
}
document.querySelector(".zone-tools").hidden = !map;
document.getElementById("fit").addEventListener("click", fit);
kind?.addEventListener("input", fit);
document.getElementById("undo").addEventListener("click", () => {
  const last = past.pop();
  if (!last) return;
  [lat.value, lon.value, radius.value, corners.value, shape.value] = last;
  show();
});
document.getElementById("clear").addEventListener("click", () => {
  remember();
  lat.value = lon.value = corners.value = "";
  show();
});
if (map) {
  bindCoordinates(map);
  // An address gives a new circle its middle; what was drawn already only comes into sight.
  bindFind(map, ({ at: [x, y] }) => {
    if (shape.value === "circle" && lat.value.trim() === "") write({ circle: { lon: x, lat: y, radius_m: number(radius.value) || 100 } });
  });
}
show();
