/* SPDX-License-Identifier: EUPL-1.2 */
/* One alert: its map with a time axis, calls that note themselves, single keys; it says when it has changed. */

import { age, serverNow } from "../tarazy/tarazy.js";
import { caller } from "./calls.js";
import { bindKeys } from "./keys.js";
import { boxOf, feature, features, makeMap, readJson, ringFeatures, ringLayers, words, zoneFeature, zoneLayers } from "./map.js";
import { bindSound } from "./sound.js";
import { openStream } from "./stream.js";

const AROUND_MS = 30 * 60_000;
const WINDOW_MS_MAX = 24 * 3_600_000;

const places = readJson("places");
const zone = readJson("zone");
const demand = document.getElementById("zone-demand").dataset.demand;
const zones = zone ? [zoneFeature(zone, demand)] : [];

const back = document.getElementById("to-board");
const filters = sessionStorage.getItem("tarazy-board");
if (filters) back.search = filters;

function pointsOf(list) {
  return list.map((one, order) => feature("Point", [one.lon, one.lat], { order: String(order + 1) }));
}

function pathOf(list) {
  return list.length > 1 ? [feature("LineString", list.map((one) => [one.lon, one.lat]))] : [];
}

/* How much time is left for the step under way */
const MINUTE_MS = 60_000;
function countDown() {
  for (const due of document.querySelectorAll("[data-due]")) {
    const left_ms = Date.parse(due.dateTime) - serverNow();
    const minutes = left_ms >= 0 ? Math.ceil(left_ms / MINUTE_MS) : Math.floor(-left_ms / MINUTE_MS);
    due.classList.toggle("over", left_ms < 0);
    due.querySelector(".due-words").textContent = (left_ms >= 0 ? due.dataset.left : due.dataset.over).replace("{number}", minutes);
  }
}
countDown();
setInterval(countDown, 5_000);

/* Calls note themselves: the telephone opens at once, the note goes behind it */
const called = document.getElementById("called");
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-called]");
  if (!link || !called) return;
  called.elements.contact.value = link.dataset.called;
  navigator.sendBeacon(called.action, new FormData(called));
});

/* Two never work on it unknowingly: what others do to it, and new alerts, are said here too */
const live = document.getElementById("live");
let leaving = false;
function stands({ version, holder, mine }) {
  const changed = document.getElementById("changed");
  if (leaving || version === Number(live.dataset.version)) return;
  const text = version === 0 ? changed.dataset.over : holder && !mine ? changed.dataset.held.replace("{name}", holder) : changed.dataset.changed;
  const place = document.getElementById("changed-words");
  if (place.textContent !== text) place.textContent = text;
  changed.hidden = false;
}
if (live) {
  const call = caller(bindSound(document.getElementById("sound")));
  openStream({ alerts({ stands: told, waiting }) {
    call(waiting);
    stands(told);
  } });
}

/* What is typed under Resolve outlives the acts that come before it */
const TYPED = "tarazy-typed";
const typed = () => ["cause", "note"].map((id) => document.getElementById(id)).filter(Boolean);
const kept = JSON.parse(sessionStorage.getItem(TYPED) ?? "{}");
if (kept.alert === back.dataset.alert) {
  for (const field of typed()) field.value ||= kept[field.id] ?? "";
}
sessionStorage.removeItem(TYPED);
document.addEventListener("submit", (event) => {
  leaving = true;
  if (!event.target.closest("#next")) return;
  sessionStorage.setItem(TYPED, JSON.stringify({ alert: back.dataset.alert, ...Object.fromEntries(typed().map((field) => [field.id, field.value])) }));
});

function focusOn(id) {
  const field = document.getElementById(id);
  field?.scrollIntoView({ block: "center" });
  field?.focus();
}

bindKeys({
  t: () => document.getElementById("take")?.requestSubmit?.(),
  n: () => focusOn("note"),
  r: () => focusOn(document.getElementById("cause") ? "cause" : "note"),
});
if (["#note", "#cause"].includes(location.hash)) focusOn(location.hash.slice(1));

const map = await makeMap(document.getElementById("map"), {
  sources: { zones: features(zones), rings: features(places.flatMap(ringFeatures)), points: features(pointsOf(places)), path: features(pathOf(places)), trail: features([]), now: features([]) },
  layers: (ink) => [
    ...zoneLayers(ink),
    { id: "trail", type: "line", source: "trail", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": ink.trail, "line-width": 2, "line-opacity": 0.6 } },
    ...ringLayers(ink, "rings", "rings"),
    { id: "path", type: "line", source: "path", paint: { "line-color": ink.trail, "line-width": 2, "line-dasharray": [2, 1.5] } },
    { id: "points", type: "circle", source: "points", paint: { "circle-radius": 9, "circle-color": ink.trail, "circle-stroke-color": ink.edge, "circle-stroke-width": 2 } },
    { id: "orders", type: "symbol", source: "points", layout: { "text-field": ["get", "order"], "text-font": ["Noto Sans"], "text-size": 11, "text-allow-overlap": true }, paint: { "text-color": ink.edge } },
    { id: "now", type: "circle", source: "now", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 13, "circle-color": "rgba(0, 0, 0, 0)", "circle-stroke-color": ink.critical, "circle-stroke-width": 3 } },
    { id: "now-ring", type: "line", source: "now", filter: ["==", ["geometry-type"], "Polygon"], paint: { "line-color": ink.critical, "line-width": 1.5 } },
  ],
  box: boxOf([...zones, ...places.flatMap(ringFeatures), ...pointsOf(places)]),
  padding: 30,
});

/* The time axis: the fixes that count, or the way around them once somebody asked for it */
const scrub = document.getElementById("scrub");
if (scrub) {
  const [slider, said, load] = [document.getElementById("moment"), document.getElementById("moment-words"), document.getElementById("load-trail")];
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: scrub.dataset.zone, dateStyle: "short", timeStyle: "medium" });
  let line = places;
  const show = () => {
    const one = line[Number(slider.value)];
    if (!one) return;
    said.textContent = `${clock.format(new Date(one.at))} (${age(one.at)}) · ${one.accuracy_m ? `${words.accuracy} ${Math.round(one.accuracy_m)} ${words.metres}` : words.accuracyUnknown}`;
    map?.put("now", features([feature("Point", [one.lon, one.lat]), ...ringFeatures(one)]));
  };
  const lay = (list) => {
    line = list;
    slider.max = String(Math.max(list.length - 1, 0));
    slider.value = slider.max;
    show();
  };
  scrub.hidden = false;
  lay(places);
  slider.addEventListener("input", show);
  load?.addEventListener("click", async () => {
    load.disabled = true;
    const until = Math.min(Date.parse(load.dataset.until) + AROUND_MS, Date.now());
    const since = Math.max(Date.parse(load.dataset.since) - AROUND_MS, until - WINDOW_MS_MAX);
    const query = new URLSearchParams({ since: new Date(since).toISOString(), until: new Date(until).toISOString() });
    try {
      const answer = await fetch(`${load.dataset.address}?${query}`, { headers: { Accept: "application/json" } });
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.sentence);
      map?.put("trail", found);
      const way = found.features.filter((one) => one.geometry.type === "Point").map((one) => ({ ...one.properties, lon: one.geometry.coordinates[0], lat: one.geometry.coordinates[1] }));
      if (way.length) lay(way);
      if (map && way.length) map.fitBounds(boxOf(found.features), { padding: 30, maxZoom: 16, animate: false });
      load.hidden = true;
    } catch (error) {
      said.textContent = error.message || load.dataset.failed;
      load.disabled = false;
    }
  });
}
