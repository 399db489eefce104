/* SPDX-License-Identifier: EUPL-1.2 */
/* The board: the map and the alerts move by the live stream; a lost stream is said in words. */

import { age, refreshAges, serverNow } from "../tarazy/tarazy.js";
import { follower } from "./follow.js";
import { bindKeys } from "./keys.js";
import { CLUSTERED, boxOf, bufferLayer, clusterLayers, features, makeMap, placeFeatures, ringFeatures, ringLayers, signLayer, words, zoneLayers } from "./map.js";
import { bindCoordinates, bindFind, bindLayers } from "./maptools.js";
import { zonesOf } from "./mapzones.js";

const STALE_MS = 12_000;
const CHECK_MS = 1_000;
const RENEW_SHARE = 0.85;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 20_000];
const FOUND_MAX = 20;
const NAMES_FROM_ZOOM = 14;
const PERSON_ZOOM = 15.5;
const RINGS_FROM_ZOOM = 13;
const RINGS_MAX = 300;
const MANY = 2_000;

const people = new Map();
const board = document.querySelector(".board");
const alerts = document.getElementById("alerts");
const search = document.getElementById("search");
const found = document.getElementById("found");
const narrow = matchMedia("(max-width: 48rem)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const title = document.title;
let known = null;
let shown = null;
let popup = null;
let map = null;
let followed = null;
let zones = null;
let fitted = !narrow.matches;
let framed = false;

/* Map: the alerts move without waiting for it */
const FONT = ["Noto Sans"];

async function openMap() {
  map = await makeMap(document.getElementById("map"), {
    sources: { calm: pointsOf(isCalm), people: pointsOf(isAlert), rings: features([]), followed: features([]), zones: features([]), buffers: features([]) },
    options: { calm: CLUSTERED },
    layers: (ink) => [
      ...zoneLayers(ink),
      bufferLayer(ink),
      ...ringLayers(ink, "rings", "rings"),
      { id: "followed", type: "line", source: "followed", layout: { "line-join": "round" }, paint: { "line-color": ink.trail, "line-width": 3 } },
      ...clusterLayers(ink, "calm"),
      { ...signLayer, id: "calm-signs", source: "calm", filter: ["!", ["has", "point_count"]] },
      { ...calmNames, paint: { "text-color": ink.word, "text-halo-color": ink.halo, "text-halo-width": 1.5 } },
      signLayer,
      { id: "names", type: "symbol", source: "people", minzoom: 10, layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true }, paint: { "text-color": ink.word, "text-halo-color": ink.halo, "text-halo-width": 1.5 } },
    ],
    box: boxOf(pointsOf().features),
    maxZoom: 14,
  });
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
    bindLayers(map);
    bindCoordinates(map);
    bindFind(map);
  }
  zones = zonesOf(map, () => { if (popup && shown) refreshPopup(); });
  followed = follower(map, (id) => people.get(id), zones);
  if (wish) follow(wish);
  draw();
}

function follow(id) {
  if (narrow.matches) choose("map");
  popup?.remove();
  followed?.begin(id);
}

/* Who needs checking is always a sign of its own; the others are put together where they are many. */
const isAlert = (one) => one.urgency === "alert";
const isCalm = (one) => one.urgency !== "alert";
const calmNames = { id: "calm-names", type: "symbol", source: "calm", minzoom: NAMES_FROM_ZOOM, filter: ["!", ["has", "point_count"]], layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true } };

function pointsOf(which = () => true) {
  return features([...people.values()].filter(which).flatMap(placeFeatures));
}

/* Rings of accuracy are only for those in sight, and only where one can see them. */
function drawRings() {
  const sight = map.getZoom() >= RINGS_FROM_ZOOM ? map.getBounds() : null;
  const seen = sight ? [...people.values()].filter((one) => one.lat !== null && sight.contains([one.lon, one.lat])).slice(0, RINGS_MAX) : [];
  map.put("rings", features(seen.flatMap(ringFeatures)));
}

/* The people come after the map: once they are there, it shows where they are. */
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
  const head = document.createElement("h3");
  const link = document.createElement("a");
  link.href = pageOf(one);
  link.textContent = words.open;
  head.textContent = one.name;
  const accuracy = one.accuracy_m ? `${words.accuracy} ${Math.round(one.accuracy_m)} ${words.metres}` : words.accuracyUnknown;
  card.append(head, line(words[one.urgency]), line(`${words.place}: ${one.at ? `${age(one.at)}, ${accuracy}` : words.never}`), line(`${words.heard}: ${one.heard_at ? age(one.heard_at) : words.never}`));
  card.append(...zones.lines(one.id).map(line));
  if (one.battery_percent !== null) card.append(line(`${words.battery}: ${Math.round(one.battery_percent)} %`));
  const button = document.createElement("button");
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
  return popup.setLngLat([one.lon, one.lat]).setDOMContent(cardOf(one));
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
  for (const group of alerts.querySelectorAll(".group")) {
    group.hidden = wish !== "" && !group.dataset.name.toLocaleLowerCase().includes(wish);
  }
  found.hidden = wish === "";
  if (wish === "") return found.replaceChildren();
  const hits = [...people.values()].filter((one) => one.name.toLocaleLowerCase().includes(wish)).slice(0, FOUND_MAX);
  return found.replaceChildren(...(hits.length ? hits.map(rowOf) : [noneOf()]));
}

function noneOf() {
  const row = document.createElement("li");
  row.textContent = words.noneFound;
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

search.addEventListener("input", filter);
document.addEventListener("click", (event) => {
  const wish = event.target.closest("[data-show], [data-board], [data-follow]");
  if (wish?.dataset.follow) follow(wish.dataset.follow);
  if (wish?.dataset.show && !show(wish.dataset.show) && map) {
    wish.textContent = words.noPlace;
    wish.disabled = true;
  }
  if (wish?.dataset.board) choose(wish.dataset.board);
});

/* Keys: the alert that has the focus is the one that is meant; without one, the first */
function links() {
  return [...alerts.querySelectorAll(".group:not([hidden]) .line-link")];
}

function chosen() {
  return alerts.contains(document.activeElement) ? document.activeElement.closest(".line")?.querySelector(".line-link") ?? null : null;
}

function move(by) {
  const all = links();
  if (narrow.matches) choose("list");
  const at = all.indexOf(chosen());
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function take() {
  const one = chosen() ?? links()[0];
  const form = document.getElementById("take");
  if (!one || !form) return;
  form.action = form.dataset.address.replace("ALERT", one.dataset.alert);
  form.elements.version.value = one.dataset.version;
  form.requestSubmit();
}

function openAt(part) {
  const one = chosen() ?? links()[0];
  if (one) location.assign(`${one.href}#${part}`);
}

bindKeys({ "/": () => search.focus(), j: () => move(1), k: () => move(-1), t: take, n: () => openAt("note"), r: () => openAt("cause") });

/* Sound: only where somebody asked for it, on this device */
const SOUND = "tarazy-sound";
const sound = document.getElementById("sound");
let player = null;

function saySound() {
  const on = localStorage.getItem(SOUND) === "on";
  const asleep = on && player?.state !== "running";
  sound.setAttribute("aria-pressed", String(on && !asleep));
  setText(sound, asleep ? sound.dataset.asleep : on ? sound.dataset.on : sound.dataset.off);
}

sound.addEventListener("click", async () => {
  const awake = localStorage.getItem(SOUND) === "on" && player?.state === "running";
  localStorage.setItem(SOUND, awake ? "off" : "on");
  if (!awake) {
    player ??= new AudioContext();
    await player.resume();
    beep();
  }
  saySound();
});

/* Three rising tones: unlike anything that a desktop plays by itself. */
function beep() {
  if (player?.state !== "running" || localStorage.getItem(SOUND) !== "on") return;
  for (const [order, hertz] of [660, 880, 1100].entries()) {
    const [tone, volume, at] = [player.createOscillator(), player.createGain(), player.currentTime + order * 0.22];
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.25, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
    tone.connect(volume).connect(player.destination);
    tone.start(at);
    tone.stop(at + 0.2);
  }
}
saySound();

/* Live */
let source = null;
let heardAt_ms = Date.now();
let engineLate = null;
let ended = false;
let failures = 0;
let renewal = 0;
let retrial = 0;

function say() {
  const trouble = document.getElementById("trouble");
  const lost = Date.now() - heardAt_ms > STALE_MS || (failures > 1 && source?.readyState !== EventSource.OPEN);
  const state = ended || lost ? "lost" : source?.readyState === EventSource.OPEN ? "live" : "connecting";
  const moment = new Date(heardAt_ms + serverNow() - Date.now()).toISOString();
  const text = ended ? words.ended : lost ? `${words.stale} ${age(moment)}.` : engineLate ? `${words.engineLate} ${age(engineLate)}.` : "";
  document.getElementById("connection").dataset.state = state;
  board.toggleAttribute("data-stale", state === "lost");
  document.getElementById("trouble-login").hidden = !ended;
  const short = state === "live" ? words.live : words.connecting;
  setText(document.getElementById("connection-words"), ended ? "" : short);
  trouble.hidden = text === "";
  setText(document.getElementById("trouble-words"), text);
}

/* Screen readers repeat what is written again: write only what is new. */
function setText(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function heard(event) {
  heardAt_ms = Date.now();
  failures = 0;
  return event.data ? JSON.parse(event.data) : {};
}

function takePeople(list) {
  for (const one of list) people.set(one.id, one);
  draw();
  followed?.moved();
  if (!found.hidden && document.activeElement === search) filter();
}

function takeAlerts({ html, waiting }) {
  const focus = document.activeElement?.dataset?.key;
  alerts.innerHTML = html;
  refreshAges(alerts);
  filter();
  if (focus) alerts.querySelector(`[data-key="${focus}"]`)?.focus();
  // What becomes late, or was over and goes on again, calls anew, though it was known.
  const keyOf = (one) => `${one.id} ${one.late}`;
  const fresh = known ? waiting.filter((one) => !known.has(keyOf(one)) || (known.get(keyOf(one)) && !one.over)) : [];
  known = new Map(waiting.map((one) => [keyOf(one), one.over]));
  const urgent = waiting.filter((one) => one.severity === "critical" || one.late).length;
  document.title = waiting.length ? `${urgent ? `▲${urgent} ` : ""}(${waiting.length}) ${title}` : title;
  if (fresh.some((one) => one.severity === "critical" || one.late)) beep();
  if (fresh.length) document.getElementById("announcer").textContent = fresh.map((one) => `${words.newAlert} ${one.sentence}`).join(". ");
}

function listen(address) {
  const next = new EventSource(address);
  const old = source;
  next.addEventListener("snapshot", (event) => {
    const { wearers } = heard(event);
    // The old stream stays until the new one speaks: nothing is missed at a renewal.
    old?.close();
    people.clear();
    takePeople(wearers);
    frame();
    say();
  });
  next.addEventListener("positions", (event) => takePeople(heard(event).wearers));
  next.addEventListener("people", (event) => {
    const still = new Set(heard(event).ids);
    for (const id of people.keys()) if (!still.has(id)) people.delete(id);
    draw();
    followed?.gone();
  });
  next.addEventListener("alerts", (event) => takeAlerts(heard(event)));
  next.addEventListener("beat", (event) => {
    const { engine_late: late, engine_at: at } = heard(event);
    engineLate = late && at ? at : null;
    say();
  });
  next.addEventListener("closed", () => {
    next.close();
    again();
  });
  next.addEventListener("error", () => {
    failures += 1;
    // A refused ticket closes the source for good; a lost line tries again by itself.
    if (next.readyState === EventSource.CLOSED && next === source) again();
    say();
  });
  source = next;
}

function again() {
  clearTimeout(retrial);
  retrial = setTimeout(open, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
}

async function open() {
  clearTimeout(renewal);
  const form = document.getElementById("live");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (answer.redirected || [401, 403].includes(answer.status)) {
      ended = true;
      source?.close();
      people.clear();
      alerts.replaceChildren();
      draw();
      followed?.gone();
      return say();
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const { address, lasts_s: lasts } = await answer.json();
    listen(address);
    renewal = setTimeout(open, lasts * 1000 * RENEW_SHARE);
  } catch {
    failures += 1;
    again();
  }
  return say();
}

setInterval(say, CHECK_MS);
await Promise.all([open(), openMap()]);
