/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The map stays with one person. Each quarter of an hour is asked for and logged; the places come
 * with the board's own live stream. An old place is said to be old: the map then shows a past.
 */

import { age, serverNow } from "../tarazy/tarazy.js";
import { feature, features, words } from "./map.js";

const OLD_MS = 15 * 60_000;
const TICK_MS = 5_000;
const RENEW_SHARE = 0.9;
const WAY_MAX = 2_000;
const ZOOM = 15.5;

const box = document.getElementById("follow");
const [name, said, back] = ["follow-name", "follow-words", "follow-back"].map((id) => document.getElementById(id));
const csrf = () => new FormData(document.getElementById("live"));
const still = matchMedia("(prefers-reduced-motion: reduce)");

/*
 * `find(id)` gives a person of the board as it is now; `zones` draws whose way is followed;
 * `late()` says since when nothing is judged, or null. The engine brings places: where it is late, an
 * old place or none is its fault, and not that of the person or of the right to see them.
 */
export function follower(map, find, zones, late) {
  let id = null;
  let way = [];
  let loose = false;
  let renewal = 0;
  let come = false;

  function end(words_ = "") {
    clearTimeout(renewal);
    id = null;
    way = [];
    map?.put("followed", features([]));
    zones.drop("followed");
    box.hidden = !words_;
    back.hidden = true;
    box.removeAttribute("data-old");
    name.textContent = "";
    write(words_);
    const address = new URL(location.href);
    address.searchParams.delete("follow");
    history.replaceState(null, "", address);
  }

  function write(text) {
    if (said.textContent !== text) said.textContent = text;
  }

  async function ask() {
    const answer = await fetch(box.dataset.address.replace("PERSON", encodeURIComponent(id)), { method: "POST", body: csrf(), headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) {
      const told = answer.redirected ? {} : await answer.json().catch(() => ({}));
      throw new Error(told.sentence ?? words.followFailed);
    }
    return answer.json();
  }

  async function renew() {
    const mine = id;
    try {
      const { lasts_s: lasts, zones: drawn, name: called } = await ask();
      if (id !== mine) return;
      name.textContent = called;
      zones.put("followed", id, drawn);
      renewal = setTimeout(renew, lasts * 1000 * RENEW_SHARE);
    } catch (error) {
      if (id === mine) end(error instanceof TypeError ? words.followFailed : error.message);
    }
  }

  async function begin(wish) {
    end();
    id = wish;
    loose = come = false;
    box.hidden = false;
    const address = new URL(location.href);
    address.searchParams.set("follow", id);
    history.replaceState(null, "", address);
    await renew();
    if (id) moved();
  }

  /* Call it whenever people moved, or were taken from the board. */
  function moved() {
    if (!id) return;
    const one = find(id);
    if (!one) return say();
    if (one.lat !== null && (!way.length || way.at(-1).at !== one.at)) {
      way.push({ at: one.at, spot: [one.lon, one.lat] });
      if (way.length > WAY_MAX) way.shift();
      map?.put("followed", features(way.length > 1 ? [feature("LineString", way.map(({ spot }) => spot))] : []));
      if (!loose) centre(one);
    }
    say();
  }

  function centre(one) {
    map?.easeTo({ center: [one.lon, one.lat], zoom: come ? map.getZoom() : Math.max(map.getZoom(), ZOOM), animate: come && !still.matches });
    come = true;
  }

  function say() {
    if (!id) return undefined;
    const one = find(id);
    const [known, idle] = [one && one.lat !== null, late()];
    const old = known && serverNow() - Date.parse(one.at) > OLD_MS;
    box.toggleAttribute("data-old", Boolean(old || idle));
    if (idle) return write(`${words.followLate} ${known ? age(one.at) : words.never}.`);
    if (!known) return write(words.followNone);
    const accuracy = one.accuracy_m ? `${words.accuracy} ${Math.round(one.accuracy_m)} ${words.metres}` : words.accuracyUnknown;
    return write(old ? `${words.followOld} ${age(one.at)}.` : `${words.followNew} ${age(one.at)}, ${accuracy}`);
  }

  document.getElementById("follow-end").addEventListener("click", () => end());
  back.addEventListener("click", () => {
    loose = false;
    back.hidden = true;
    const one = find(id);
    if (one?.lat != null) centre(one);
  });
  for (const what of ["dragstart", "boxzoomstart"]) {
    map?.on(what, () => {
      if (!id) return;
      loose = true;
      back.hidden = false;
    });
  }
  setInterval(say, TICK_MS);
  /* `ids` are all whom one may see now; somebody of whom nothing was judged yet is among them. */
  const gone = (ids) => { if (id && !ids.has(id)) end(words.followGone); };
  return { begin, moved, say, gone, who: () => id };
}
