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
  boxes.forEach(apply); // some may have been pressed before the map was there
}

export function coordinates({ lng, lat }) {
  return `${lat.toFixed(DIGITS)}, ${((lng + 540) % 360 - 180).toFixed(DIGITS)}`;
}

/*
 * The window on paper: the form `#map-print` is filled in with what the screen shows when it is sent.
 * `person()` gives the id of whoever is chosen or followed, or nothing.
 */
export function bindPrint(map, person) {
  const form = document.getElementById("map-print");
  const shown = (layer) => Boolean(document.querySelector(`[data-layers~="${layer}"]`)?.checked);
  form.addEventListener("submit", () => {
    const box = map.getBounds();
    for (const [name, edge] of [["west", box.getWest()], ["south", box.getSouth()], ["east", box.getEast()], ["north", box.getNorth()]]) form.elements[name].value = edge.toFixed(6);
    form.elements.person.value = person() ?? "";
    form.elements.others.checked = shown("calm-signs");
    form.elements.shared.checked = shown("shared-edge");
  });
  for (const button of document.querySelectorAll("[form=map-print]")) button.hidden = false;
}

/*
 * The pointer's place; the middle of the map for whoever moves it with the keyboard; a place that was
 * clicked stays until the next click.
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
  bindName(map, () => chosen ?? map.getCenter());
}

async function asked(form, facts) {
  const body = new FormData(form);
  for (const [name, value] of Object.entries(facts)) body.set(name, value);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.redirected || !answer.ok) throw new Error(form.dataset.failed);
  return answer.json();
}

/* What lies at the place that is meant: asked only when somebody wants to know, for it is a look. */
function bindName(map, place) {
  const form = document.getElementById("map-name");
  const out = document.getElementById("map-name-words");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { lng, lat } = place();
    try {
      const { said } = await asked(form, { lat, lon: (lng + 540) % 360 - 180 });
      out.textContent = said || form.dataset.none;
    } catch {
      out.textContent = form.dataset.failed;
    }
    out.hidden = false;
  });
  map.on("movestart", () => { out.hidden = true; });
}

/*
 * An address that is searched on this server; `map` may be a promise of it, or of null, for whoever
 * searches before it is there. `take(hit)` is told of the chosen one.
 */
export function bindFind(map, take = () => {}) {
  const form = document.getElementById("map-find");
  const [said, list] = [document.getElementById("map-find-words"), document.getElementById("map-found")];
  let pin = null;
  const show = async (hit) => {
    const drawn = await map;
    if (!drawn) return;
    pin?.remove();
    pin = new maplibregl.Popup({ closeOnClick: false, focusAfterOpen: false, maxWidth: "18rem" }).setLngLat(hit.at).setText(`${hit.title}, ${hit.about}`).addTo(drawn);
    drawn.jumpTo({ center: hit.at, zoom: Math.max(drawn.getZoom(), 16) });
    take(hit);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    list.hidden = true;
    try {
      const { hits, known } = await asked(form, {});
      said.textContent = hits.length ? "" : known ? form.dataset.none : form.dataset.nothing;
      list.replaceChildren(...hits.map((hit) => {
        const row = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "map-hit";
        const about = document.createElement("span");
        about.className = "quiet";
        about.textContent = ` ${hit.about}`;
        button.append(hit.title, about);
        button.addEventListener("click", () => {
          list.hidden = true;
          show(hit);
        });
        row.append(button);
        return row;
      }));
      list.hidden = !hits.length;
    } catch {
      said.textContent = form.dataset.failed;
    }
  });
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    list.hidden = true;
    said.textContent = "";
  });
}
