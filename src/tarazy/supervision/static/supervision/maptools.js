/* SPDX-License-Identifier: EUPL-1.2 */
/* What stands beside a map: its layers to switch, and the coordinates of the place that is meant. */

const DIGITS = 5;

/* Checkboxes with `data-layers` show and hide those layers, also after the style was laid anew. */
export function bindLayers(map) {
  const boxes = [...document.querySelectorAll("[data-layers]")];
  const apply = (box) => {
    for (const id of box.dataset.layers.split(" ")) {
      if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", box.checked ? "visible" : "none");
    }
  };
  for (const box of boxes) box.addEventListener("change", () => apply(box));
  map.on("style.load", () => boxes.forEach(apply));
}

export function coordinates({ lng, lat }) {
  return `${lat.toFixed(DIGITS)}, ${((lng + 540) % 360 - 180).toFixed(DIGITS)}`;
}

/*
 * The pointer's place; the middle of the map for whoever moves it with the keyboard; a place that was
 * clicked stays until the next click. Returns a function that gives the place that is meant.
 */
export function bindCoordinates(map) {
  const out = document.getElementById("map-at");
  const head = document.getElementById("map-at-words");
  let chosen = null;
  const say = (place, which) => {
    head.textContent = out.dataset[which];
    out.textContent = coordinates(place);
  };
  map.on("mousemove", ({ lngLat }) => { if (!chosen) say(lngLat, "pointer"); });
  map.on("moveend", () => { if (!chosen) say(map.getCenter(), "middle"); });
  map.on("click", ({ lngLat }) => {
    chosen = chosen ? null : lngLat;
    say(lngLat, chosen ? "chosen" : "pointer");
    map.fire("chosen", { place: chosen });
  });
  say(map.getCenter(), "middle");
  return () => chosen ?? map.getCenter();
}
