/* SPDX-License-Identifier: EUPL-1.2 */
/* Maps without a third party: outline and streets of our own, or the operator's own style or tiles. */

export const words = document.getElementById("map-words").dataset;

const EARTH_RADIUS_M = 6_371_008.8;
const CIRCLE_CORNERS = 64;
const COUNTRY = [[46.4, 40.5], [87.4, 55.5]];
const NONE = { type: "FeatureCollection", features: [] };
const SIGN_PX = 48;
const FONT = ["Noto Sans"];

const ownWords = {
  "Map.Title": words.map,
  "NavigationControl.ZoomIn": words.zoomIn,
  "NavigationControl.ZoomOut": words.zoomOut,
  "Popup.Close": words.close,
  "ScaleControl.Meters": words.metres,
  "ScaleControl.Kilometers": words.kilometres,
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const LIGHT_INKS = { ground: "#e4e6e1", land: "#f6f5f0", border: "#b9bcb4", lane: "#e6e4da", park: "#dcebd3", water: "#c9dde8", street: "#ffffff", casing: "#c6c2b2", avenue: "#fdf3d3", word: "#3f4a55", halo: "#f6f5f0", critical: "#b0221b", calm: "#256b43", unknown: "#59616b", low: "#2c5f94", trail: "#0d5c63", edge: "#ffffff" };
const DARK_INKS = { ground: "#0b1015", land: "#151d25", border: "#3a4650", lane: "#1d2730", park: "#1b3026", water: "#17303f", street: "#33414d", casing: "#283540", avenue: "#4a5a67", word: "#b5c0ca", halo: "#151d25", critical: "#ff8d82", calm: "#7bcb98", unknown: "#b0b8c1", low: "#8fbbee", trail: "#63c3c6", edge: "#0b1015" };

export function inks() {
  return dark.matches ? DARK_INKS : LIGHT_INKS;
}

export function readJson(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

export function features(list) {
  return { type: "FeatureCollection", features: list };
}

export function feature(type, coordinates, properties = {}) {
  return { type: "Feature", geometry: { type, coordinates }, properties };
}

/*
 * MapLibre is a megabyte. A page that can be used before its map is there names script and sheet at
 * the map's place, and they are fetched by this; elsewhere they are the page's own.
 */
export async function library(place) {
  if (typeof maplibregl !== "undefined") return;
  const loaded = (part) => new Promise((done, failed) => {
    part.addEventListener("load", done);
    part.addEventListener("error", () => failed(new Error(part.src || part.href)));
  });
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: place.dataset.sheet });
  const script = Object.assign(document.createElement("script"), { src: place.dataset.script });
  const both = Promise.all([loaded(sheet), loaded(script)]);
  // Our own sheets come after it and prevail.
  document.querySelector("link[rel=stylesheet]").before(sheet);
  document.head.append(script);
  await both;
}

/* The corners of a circle whose radius is true in metres (great-circle direct formula). */
export function circle(lon, lat, radius_m) {
  const [phi, reach] = [(lat * Math.PI) / 180, radius_m / EARTH_RADIUS_M];
  const ring = [];
  for (let corner = 0; corner <= CIRCLE_CORNERS; corner += 1) {
    const bearing = (2 * Math.PI * corner) / CIRCLE_CORNERS;
    const north = Math.asin(Math.sin(phi) * Math.cos(reach) + Math.cos(phi) * Math.sin(reach) * Math.cos(bearing));
    const east = Math.atan2(Math.sin(bearing) * Math.sin(reach) * Math.cos(phi), Math.cos(reach) - Math.sin(phi) * Math.sin(north));
    ring.push([lon + (east * 180) / Math.PI, (north * 180) / Math.PI]);
  }
  return [ring];
}

const ringsOf = (zone) => (zone.kind === "circle" ? circle(zone.lon, zone.lat, zone.radius_m) : zone.rings);

export function zoneFeature(zone, demand) {
  if (zone.kind === "places") return feature("MultiPolygon", zone.parts.map(ringsOf), { name: zone.name, demand });
  return feature("Polygon", ringsOf(zone), { name: zone.name, demand });
}

/* A box around everything given, for fitBounds; null where there is nothing. A class of places may
   lie all over the country, and widens no box. */
export function boxOf(list) {
  const box = new maplibregl.LngLatBounds();
  const visit = (part) => (typeof part[0] === "number" ? box.extend(part) : part.forEach(visit));
  list.filter((one) => one.geometry.type !== "MultiPolygon").forEach((one) => visit(one.geometry.coordinates));
  return box.isEmpty() ? null : box;
}

function ownStyle(data, ink) {
  const wide = (low, high) => ["interpolate", ["exponential", 1.6], ["zoom"], 11, low, 17, high];
  const roads = (id, kinds, color, width, minzoom) => ({ id, type: "line", source: "streets", minzoom, filter: ["in", ["get", "kind"], ["literal", kinds]], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": color, "line-width": width } });
  const names = (id, kinds, size, minzoom) => ({ id, type: "symbol", source: "streets", minzoom, filter: ["in", ["get", "kind"], ["literal", kinds]], layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": FONT, "text-size": size, "symbol-spacing": 320 }, paint: { "text-color": ink.word, "text-halo-color": ink.halo, "text-halo-width": 1.5 } });
  return {
    version: 8,
    sources: { outline: { type: "geojson", data: data.outline }, streets: { type: "geojson", data: data.streets } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": ink.ground } },
      { id: "land", type: "fill", source: "outline", filter: ["==", ["get", "kind"], "country"], paint: { "fill-color": ink.land } },
      { id: "border", type: "line", source: "outline", paint: { "line-color": ink.border, "line-width": ["case", ["==", ["get", "kind"], "country"], 1.6, 0.8] } },
      { id: "areas", type: "fill", source: "streets", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ["match", ["get", "kind"], "park", ink.park, "river", ink.water, ink.lane] } },
      roads("casing", ["avenue", "street"], ink.casing, wide(1.6, 16), 10),
      roads("lanes", ["lane"], ink.casing, wide(0.4, 6), 12),
      roads("streets", ["street"], ink.street, wide(0.8, 12), 11),
      roads("avenues", ["avenue"], ink.avenue, wide(1.4, 18), 9),
      names("avenue-names", ["avenue"], 12, 12.5),
      names("street-names", ["street"], 11, 14),
      names("lane-names", ["lane"], 10, 15.5),
    ],
  };
}

/* The operator's own tiles, whatever their scheme: water and roads by the usual layer names. */
async function tileStyle(address, ink) {
  const protocol = new pmtiles.Protocol();
  maplibregl.addProtocol("pmtiles", protocol.tile);
  const url = new URL(address, location.href).href;
  const archive = new pmtiles.PMTiles(url);
  protocol.add(archive);
  const [header, metadata] = await Promise.all([archive.getHeader(), archive.getMetadata()]);
  const ground = { id: "ground", type: "background", paint: { "background-color": ink.land } };
  const vector = header.tileType === pmtiles.TileType.Mvt;
  const source = { type: vector ? "vector" : "raster", url: `pmtiles://${url}`, ...(vector ? {} : { tileSize: 256 }) };
  const draw = ({ id }) => {
    const layer = { id: `tiles-${id}`, source: "tiles", "source-layer": id };
    if (id === "water") return { ...layer, type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ink.water } };
    if (/road|transport|street/.test(id)) return { ...layer, type: "line", paint: { "line-color": ink.border, "line-width": 1.2 } };
    if (/building/.test(id)) return { ...layer, type: "fill", minzoom: 13, paint: { "fill-color": ink.lane } };
    if (/place/.test(id)) return { ...layer, type: "symbol", layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12 }, paint: { "text-color": ink.word, "text-halo-color": ink.halo, "text-halo-width": 1.5 } };
    return { ...layer, type: "line", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": ink.border, "line-width": 0.5 } };
  };
  const layers = vector ? (metadata.vector_layers ?? []).map(draw) : [{ id: "tiles", type: "raster", source: "tiles" }];
  return { version: 8, sources: { tiles: source }, layers: [ground, ...layers] };
}

async function json(address) {
  const answer = await fetch(address);
  return answer.ok ? answer.json() : NONE;
}

async function styleMaker(place) {
  const { style, tiles } = place.dataset;
  if (style) return () => style;
  if (tiles) return () => tileStyle(tiles, inks());
  const [outline, streets] = await Promise.all([json(place.dataset.outline), json(place.dataset.streets)]);
  return () => ownStyle({ outline, streets }, inks());
}

/* Signs differ in shape first: triangle, disc, dashed ring. */
function drawSign(kind, ink) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIGN_PX;
  const pen = canvas.getContext("2d");
  const half = SIGN_PX / 2;
  pen.lineJoin = "round";
  pen.beginPath();
  if (kind === "alert") {
    pen.moveTo(half, 5);
    pen.lineTo(SIGN_PX - 4, SIGN_PX - 8);
    pen.lineTo(4, SIGN_PX - 8);
    pen.closePath();
  } else {
    pen.arc(half, half, kind === "calm" ? 11 : 13, 0, 2 * Math.PI);
  }
  if (kind === "unknown") {
    pen.fillStyle = ink.edge;
    pen.fill();
    pen.setLineDash([8, 5]);
    pen.lineWidth = 5;
    pen.strokeStyle = ink.unknown;
    pen.stroke();
  } else {
    pen.lineWidth = 5;
    pen.strokeStyle = ink.edge;
    pen.stroke();
    pen.fillStyle = kind === "alert" ? ink.critical : ink.calm;
    pen.fill();
  }
  return pen.getImageData(0, 0, SIGN_PX, SIGN_PX);
}

/*
 * A map in its place. `sources` names GeoJSON sources, `layers(ink)` the layers over the ground;
 * both are laid again when light turns to dark. Resolves to null where the browser has no WebGL.
 */
export async function makeMap(place, { sources, layers, options = {}, box = null, padding = 60, maxZoom = 16 }) {
  if (!place) return null;
  const style = await styleMaker(place);
  let map;
  try {
    map = new maplibregl.Map({ container: place, style: await style(), bounds: box ?? COUNTRY, fitBoundsOptions: { padding: box ? padding : 20, maxZoom }, attributionControl: false, locale: ownWords, dragRotate: false, pitchWithRotate: false, fadeDuration: 0 });
  } catch {
    place.classList.add("map-failed");
    place.textContent = words.noMap;
    return null;
  }
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  const held = { ...sources };
  const lay = () => {
    for (const kind of ["alert", "calm", "unknown"]) {
      if (!map.hasImage(kind)) map.addImage(kind, drawSign(kind, inks()), { pixelRatio: 2 });
    }
    for (const [name, data] of Object.entries(held)) {
      if (!map.getSource(name)) map.addSource(name, { type: "geojson", data, ...options[name] });
    }
    for (const layer of layers(inks())) if (!map.getLayer(layer.id)) map.addLayer(layer);
  };
  map.on("style.load", lay);
  dark.addEventListener("change", async () => map.setStyle(await style(), { diff: false }));
  map.put = (name, data) => {
    held[name] = data;
    map.getSource(name)?.setData(data);
  };
  return map;
}

export const zoneLayers = (ink) => [
  { id: "zone-fill", type: "fill", source: "zones", paint: { "fill-color": ["match", ["get", "demand"], "exclusion", ink.critical, ink.low], "fill-opacity": 0.12 } },
  { id: "zone-edge", type: "line", source: "zones", filter: ["!=", ["get", "demand"], "exclusion"], paint: { "line-color": ink.low, "line-width": 2 } },
  { id: "zone-edge-out", type: "line", source: "zones", filter: ["==", ["get", "demand"], "exclusion"], paint: { "line-color": ink.critical, "line-width": 2, "line-dasharray": [3, 2] } },
  { id: "zone-name", type: "symbol", source: "zones", minzoom: 12, layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12 }, paint: { "text-color": ink.word, "text-halo-color": ink.halo, "text-halo-width": 1.5 } },
];

/* The ring before a fence is a thin line beside it. */
export const bufferLayer = (ink) => ({ id: "zone-buffer", type: "line", source: "buffers", paint: { "line-color": ["match", ["get", "demand"], "exclusion", ink.critical, ink.low], "line-width": 1 } });

export const bufferFeatures = (zone) => zone.buffer.map((rings) => feature("Polygon", rings, { demand: zone.demand }));

export const ringLayers = (ink, id, source) => [
  { id: `${id}-fill`, type: "fill", source, paint: { "fill-color": ink.low, "fill-opacity": 0.1 } },
  { id: `${id}-edge`, type: "line", source, paint: { "line-color": ink.low, "line-width": 1, "line-opacity": 0.7 } },
];

export function placeFeatures(one) {
  if (!one || one.lat === null) return [];
  return [feature("Point", [one.lon, one.lat], { urgency: one.urgency, name: one.name, id: one.id })];
}

export function ringFeatures(one) {
  if (!one || one.lat === null || !one.accuracy_m) return [];
  return [feature("Polygon", circle(one.lon, one.lat, one.accuracy_m), { urgency: one.urgency })];
}

/* Many people near each other are one disc with their number; it is dashed grey where of some we do not know. */
export const CLUSTERED = { cluster: true, clusterRadius: 44, clusterMaxZoom: 14, clusterProperties: { unknown: ["+", ["case", ["==", ["get", "urgency"], "unknown"], 1, 0]] } };
const some = [">", ["get", "unknown"], 0];
export const clusterLayers = (ink, source) => [
  { id: "clusters", type: "circle", source, filter: ["has", "point_count"], paint: { "circle-radius": ["step", ["get", "point_count"], 14, 25, 18, 250, 24, 2500, 30], "circle-color": ink.halo, "circle-stroke-width": 3, "circle-stroke-color": ["case", some, ink.unknown, ink.calm] } },
  { id: "cluster-numbers", type: "symbol", source, filter: ["has", "point_count"], layout: { "text-field": ["case", some, ["concat", ["to-string", ["get", "point_count"]], "\n? ", ["to-string", ["get", "unknown"]]], ["to-string", ["get", "point_count"]]], "text-font": FONT, "text-size": 11, "text-allow-overlap": true }, paint: { "text-color": ink.word } },
];

export const signLayer = { id: "signs", type: "symbol", source: "people", layout: { "icon-image": ["get", "urgency"], "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 9, 0.55, 14, 1], "symbol-sort-key": ["match", ["get", "urgency"], "alert", 2, "unknown", 1, 0] } };
