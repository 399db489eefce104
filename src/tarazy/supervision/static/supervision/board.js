/* SPDX-License-Identifier: EUPL-1.2 */
/* The board: the list can be used at once, the map comes after it, and both move by the live stream. */

import { age } from "../tarazy/tarazy.js";
import { alertList } from "./alerts.js";
import { follower } from "./follow.js";
import { bindKeys } from "./keys.js";
import { CLUSTERED, boxOf, bufferLayer, clusterLayers, features, library, makeMap, placeFeatures, ringFeatures, ringLayers, signLayer, words, zoneLayers } from "./map.js";
import { bindCoordinates, bindFind, bindLayers, bindPrint } from "./maptools.js";
import { zonesOf } from "./mapzones.js";
import { sharedLayers, sharedZones } from "./sharedzones.js";
import { bindSound } from "./sound.js";
import { openStream } from "./stream.js";

const FOUND_MAX = 20;
const NAMES_FROM_ZOOM = 14;
const PERSON_ZOOM = 15.5;
const RINGS_FROM_ZOOM = 13;
const RINGS_MAX = 300;
const MANY = 2_000;
const WAIT_MS = 2_000;

const people = new Map();
const board = document.querySelector(".board");
const search = document.getElementById("search");
const found = document.getElementById("found");
const narrow = matchMedia("(max-width: 48rem)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let shown = null;
let popup = null;
let map = null;
let followed = null;
let engineLate = null;
let zones = null;
let fitted = !narrow.matches;
let framed = false;
let arrive = null;
const arrived = new Promise((done) => { arrive = done; });

const list = alertList({ beep: bindSound(document.getElementById("sound")), toList: () => narrow.matches && choose("list") });

/* Map: the alerts move without waiting for it */
const FONT = ["Noto Sans"];

async function openMap() {
  const place = document.getElementById("map");
  // Whoever is on duty reads the list first: a megabyte of map waits until that is painted.
  await new Promise((painted) => { requestAnimationFrame(() => setTimeout(painted)); });
  // And it opens where the people are: they come within a moment, or later.
  const come = Promise.race([arrived, new Promise((late) => { setTimeout(late, WAIT_MS); })]);
  const [here] = await Promise.all([library(place).then(() => true, () => false), come]);
  if (!here) {
    place.classList.add("map-failed");
    place.textContent = words.mapFailed;
  }
  map = here && await makeMap(place, {
    sources: { calm: pointsOf(isCalm), people: pointsOf(isAlert), rings: features([]), followed: features([]), zones: features([]), buffers: features([]), shared: features([]) },
    options: { calm: CLUSTERED },
    layers: (ink) => [
      ...sharedLayers(ink),
      ...zoneLayers(ink),
      bufferLayer(ink),
      ...ringLayers(ink, "rings", "rings"),
      { id: "followed", type: "line", source: "followed", layout: { "line-join": "round" }, paint: { "line-color": ink.trail, "line-width": 3 } },
      ...clusterLayers(ink, "calm"),
      { ...signLayer, id: "calm-signs", source: "calm", filter: ["!", ["has", "point_count"]] },
      { ...calmNames, paint: { "text-color": ink.word, "text-halo-color": ink.halo, "text-halo-width": 1.5 } },
      { ...signLayer, layout: { ...signLayer.layout, ...nameOf }, paint: { "text-color": ink.word, "text-halo-color": ink.halo, "text-halo-width": 1.5, "text-opacity": ["step", ["zoom"], 0, 10, 1] } },
    ],
    box: boxOf(pointsOf().features),
    maxZoom: 14,
  }) || null;
  const wish = new URL(location.href).searchParams.get("follow");
  framed = people.size > 0 || wish !== null;
  board.toggleAttribute("data-mapless", map === null);
  for (const layer of ["signs", "calm-signs"]) map?.on("click", layer, (event) => show(event.features[0].properties.id, { fly: false }));
  map?.on("click", "clusters", async ({ features: [one] }) => {
    const zoom = await map.getSource("calm").getClusterExpansionZoom(one.properties.cluster_id);
    map.easeTo({ center: one.geometry.coordinates, zoom, animate: !still.matches });
  });
  for (const layer of ["signs", "calm-signs", "clusters"]) {
    map?.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map?.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map?.on("moveend", drawRings);
  if (map) {
    sharedZones(map);
    bindLayers(map);
    bindCoordinates(map);
    bindPrint(map, () => shown ?? followed?.who());
  }
  zones = zonesOf(map, () => { if (popup && shown) refreshPopup(); });
  followed = follower(map, (id) => people.get(id), zones, () => engineLate);
  if (wish) follow(wish);
  draw();
  map?.once("idle", () => performance.mark("map"));
  return map;
}

function follow(id) {
  if (narrow.matches) choose("map");
  popup?.remove();
  followed?.begin(id);
}

/* Who needs checking is always a sign of its own; the others are put together where they are many. */
const isAlert = (one) => one.urgency === "alert";
const isCalm = (one) => one.urgency !== "alert";
/*
 * The name belongs to the sign also where it is not shown: MapLibre compares signs without a text each
 * with each when they change, and far out thousands of them fall into one spot.
 */
const nameOf = { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true };
const calmNames = { id: "calm-names", type: "symbol", source: "calm", minzoom: NAMES_FROM_ZOOM, filter: ["!", ["has", "point_count"]], layout: nameOf };

function pointsOf(which = () => true) {
  return features([...people.values()].filter(which).flatMap(placeFeatures));
}

/* Rings of accuracy are only for those in sight, and only where one can see them. */
function drawRings() {
  const sight = map.getZoom() >= RINGS_FROM_ZOOM ? map.getBounds() : null;
  const seen = sight ? [...people.values()].filter((one) => one.lat !== null && sight.contains([one.lon, one.lat])).slice(0, RINGS_MAX) : [];
  map.put("rings", features(seen.flatMap(ringFeatures)));
}

/* Where the people come after the map, it shows where they are once they are there. */
function frame() {
  if (framed || !map || !people.size) return;
  framed = true;
  const box = boxOf(pointsOf().features);
  if (box) map.fitBounds(box, { padding: 60, maxZoom: 14, animate: false });
}

let drawing = false;
function draw() {
  if (drawing || !map) return;
  drawing = true;
  // Thousands of points are laid out anew for each drawing: once a second is enough for eyes.
  setTimeout(() => {
    drawing = false;
    map.put("calm", pointsOf(isCalm));
    map.put("people", pointsOf(isAlert));
    drawRings();
    frame();
    if (popup && shown) refreshPopup();
  }, people.size > MANY ? 1_000 : 50);
}

function line(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

function pageOf(one) {
  return document.getElementById("person-address").dataset.address.replace("PERSON", one.id);
}

function cardOf(one) {
  const card = document.createElement("div");
  card.className = "map-card";
  const head = document.createElement("h3");
  const link = document.createElement("a");
  link.id = "card-open";
  link.href = pageOf(one);
  link.textContent = words.open;
  head.textContent = one.name;
  const accuracy = one.accuracy_m ? `${words.accuracy} ${Math.round(one.accuracy_m)} ${words.metres}` : words.accuracyUnknown;
  card.append(head, line(words[one.urgency]), line(`${words.place}: ${one.at ? `${age(one.at)}, ${accuracy}` : words.never}`), line(`${words.heard}: ${one.heard_at ? age(one.heard_at) : words.never}`));
  card.append(...zones.lines(one.id).map(line));
  if (one.battery_percent !== null) card.append(line(`${words.battery}: ${Math.round(one.battery_percent)} %`));
  const button = document.createElement("button");
  button.id = "card-follow";
  button.type = "button";
  button.className = "button small";
  button.dataset.follow = one.id;
  button.textContent = words.follow;
  const deeds = document.createElement("p");
  deeds.className = "buttons";
  deeds.append(link, button);
  card.append(deeds);
  return card;
}

function refreshPopup() {
  const one = people.get(shown);
  if (!one || one.lat === null) return popup.remove();
  popup.setLngLat([one.lon, one.lat]);
  // Patched in place: whoever is about to press its button keeps it.
  return Idiomorph.morph(popup.getElement().querySelector(".map-card"), cardOf(one));
}

/* Whether there was a place to show; the list says so where there was none. */
function show(id, { fly = true } = {}) {
  const one = people.get(id);
  if (!map || !one || one.lat === null) return false;
  if (narrow.matches) choose("map");
  popup?.remove();
  shown = id;
  popup = new maplibregl.Popup({ maxWidth: "18rem", offset: 14, focusAfterOpen: false }).setLngLat([one.lon, one.lat]).setDOMContent(cardOf(one)).addTo(map);
  popup.on("close", () => {
    shown = null;
    zones.drop("chosen");
  });
  zones.choose(id);
  if (fly) map.easeTo({ center: [one.lon, one.lat], zoom: Math.max(map.getZoom(), PERSON_ZOOM), animate: !still.matches });
  return true;
}

/* List or map, on a small screen */
function choose(which) {
  board.dataset.shows = which;
  for (const button of document.querySelectorAll("[data-board]")) {
    button.setAttribute("aria-pressed", String(button.dataset.board === which));
  }
  if (which === "map" && map) {
    map.resize();
    // It was drawn while hidden, into no space at all.
    if (!fitted && people.size) map.fitBounds(boxOf(pointsOf().features) ?? map.getBounds(), { padding: 40, maxZoom: 14, animate: false });
    fitted = true;
  }
}

/* Search: among everybody on the map, and in the alerts */
function filter() {
  const wish = search.value.trim().toLocaleLowerCase();
  list.filter(wish);
  found.hidden = wish === "";
  if (wish === "") return found.replaceChildren();
  const hits = [...people.values()].filter((one) => one.name.toLocaleLowerCase().includes(wish)).slice(0, FOUND_MAX);
  return found.replaceChildren(...(hits.length ? hits.map(rowOf) : [noneOf()]));
}

/* The server reads Kazakh, Russian and Latin spelling alike, and numbers of documents; this list does
   not. What is searched goes in a form, not in an address. */
function noneOf() {
  const row = document.createElement("li");
  row.className = "none";
  const button = document.createElement("button");
  button.className = "button small";
  button.setAttribute("form", "search-all");
  button.textContent = words.searchAll;
  row.append(`${words.noneFound} `, button);
  return row;
}

function rowOf(one) {
  const row = document.createElement("li");
  const sign = document.createElement("span");
  sign.className = `sign sign-${one.urgency}`;
  sign.title = words[one.urgency];
  sign.role = "img";
  sign.ariaLabel = words[one.urgency];
  const link = document.createElement("a");
  link.href = pageOf(one);
  link.textContent = one.name;
  const quiet = document.createElement("span");
  quiet.className = "quiet small-text";
  quiet.textContent = one.lat === null ? words.noPlace : age(one.at);
  row.append(sign, link, quiet);
  if (one.lat === null) return row;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.dataset.show = one.id;
  button.textContent = words.map;
  button.ariaLabel = `${words.map} ${one.name}`;
  row.append(button);
  return row;
}

/* The list can be used before the map is there: what was asked of it meanwhile is shown then. */
async function showFrom(button) {
  const id = button.dataset.show;
  if (narrow.matches && typeof people.get(id)?.lat === "number") choose("map");
  await opened;
  if (show(id) || !map) return;
  button.textContent = words.noPlace;
  button.disabled = true;
}

search.addEventListener("input", filter);
search.form.addEventListener("submit", (event) => {
  if (!search.value.trim()) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const wish = event.target.closest("[data-show], [data-board], [data-follow]");
  if (wish?.dataset.follow) follow(wish.dataset.follow);
  if (wish?.dataset.show) showFrom(wish);
  if (wish?.dataset.board) choose(wish.dataset.board);
});

bindKeys({ "/": () => search.focus(), j: () => list.move(1), k: () => list.move(-1), t: list.take, n: () => list.openAt("note"), r: () => list.openAt("cause") });
// The way back from an alert leads to the list as it was filtered.
sessionStorage.setItem("tarazy-board", document.getElementById("live").elements.wish.value);
performance.mark("usable");

function takePeople(moved) {
  for (const one of moved) people.set(one.id, one);
  draw();
  followed?.moved();
  if (!found.hidden && document.activeElement === search) filter();
}

const stream = openStream({
  alerts: list.heard,
  positions: ({ wearers }) => takePeople(wearers),
  snapshot({ wearers }) {
    people.clear();
    takePeople(wearers);
    arrive();
  },
  people({ ids }) {
    const still = new Set(ids);
    for (const id of people.keys()) if (!still.has(id)) people.delete(id);
    draw();
    followed?.gone(still);
  },
  late(moment) {
    engineLate = moment;
    followed?.say();
  },
  ended() {
    people.clear();
    list.clear();
    arrive();
    draw();
    followed?.gone(new Set());
  },
});
const opened = openMap();
// Both forms stand on the page before the map: they never leave it.
bindFind(opened);
document.getElementById("map-name").addEventListener("submit", (event) => event.preventDefault());
await Promise.all([stream, opened]);
