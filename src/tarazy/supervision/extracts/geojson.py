# SPDX-License-Identifier: EUPL-1.2
"""OpenStreetMap as GeoJSON: a collection of features, or one feature a line (RFC 8142 too).

`osmium export` and `ogr2ogr` write both from an .osm.pbf; the tags of OpenStreetMap are the
properties. What becomes a place:

1. `addr:housenumber` with `addr:street` or `addr:place`: a house, at its point or in its middle
2. `highway` (of a kind that has addresses) with a `name`, as a line: a street
3. `place` (a settlement or a part of one) with a `name`: a settlement

A collection is read as a stream: the file may be larger than memory, one feature may not.
"""

import codecs
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO

from tarazy.core.errors import Refused
from tarazy.supervision.extracts.interface import (
    PASSED_OVER,
    PIECE_M_MAX,
    PIECES_MAX,
    Found,
    Kind,
    Problem,
    Spot,
    Told,
    length_m,
    named,
    spot_of,
)
from tarazy.supervision.extracts.lines import lines_of
from tarazy.supervision.refusals import Refusal

NAME = "geojson"
CHUNK = 1024 * 1024
FEATURE_LENGTH_MAX = 8 * 1024 * 1024
HEAD_LENGTH_MAX = 64 * 1024
STREETS = {
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "pedestrian", "road", "track",
}  # fmt: skip
SETTLEMENTS = {
    "city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "borough",
    "isolated_dwelling", "allotments", "city_block",
}  # fmt: skip
NAMES = ("name:kk", "name:ru", "name:en", "alt_name", "old_name")
ALSO_LENGTH_MAX = 400
RECORD = "\x1e"
_decoder = json.JSONDecoder()


def read(source: BinaryIO) -> Iterator[Told]:
    """Everything in the file, feature by feature. Raises Refused where a collection is broken."""
    head = source.peek(HEAD_LENGTH_MAX)[:HEAD_LENGTH_MAX] if hasattr(source, "peek") else b""
    if b"FeatureCollection" in head or b'"features"' in head:
        for feature in _collection(source):
            yield _feature(feature)
        return
    for line in lines_of(source):
        yield line if isinstance(line, Problem) else _line(line)


def _line(line: str) -> Told:
    try:
        return _feature(json.loads(line.lstrip(RECORD)))
    except (ValueError, RecursionError):
        return Problem.JSON


def _collection(source: BinaryIO) -> Iterator[object]:
    """The features of one collection, without holding the collection."""
    text = codecs.getincrementaldecoder("utf-8")(errors="replace")
    buffer, at, inside, done = "", 0, False, False
    while True:
        if not inside:
            start = buffer.find('"features"')
            opened = buffer.find("[", start) if start >= 0 else -1
            if opened >= 0:
                inside, at = True, opened + 1
        if inside:
            feature, at, ended = _next(buffer, at)
            if ended:
                return
            if feature is not None:
                yield feature
                continue
        limit = FEATURE_LENGTH_MAX if inside else HEAD_LENGTH_MAX
        if done or len(buffer) - at > limit:
            raise Refused(Refusal.EXTRACT_BROKEN)
        chunk = source.read(CHUNK)
        done = not chunk
        buffer, at = buffer[at:] + text.decode(chunk, final=done), 0


def _next(buffer: str, at: int) -> tuple[object | None, int, bool]:
    """The next feature if it is whole, where the rest begins, and whether the list has ended."""
    while at < len(buffer) and buffer[at] in ", \t\r\n":
        at += 1
    if at < len(buffer) and buffer[at] == "]":
        return None, at, True
    try:
        feature, end = _decoder.raw_decode(buffer, at)
    except (ValueError, RecursionError):
        return None, at, False
    # A number may go on in the next chunk; a feature is an object, and ends with its brace.
    return (feature, end, False) if isinstance(feature, dict) else (False, end, False)


def _feature(told: object) -> Told:
    if not isinstance(told, dict) or told.get("type") != "Feature":
        return Problem.JSON
    tags, geometry = told.get("properties"), told.get("geometry")
    if not isinstance(tags, dict) or (made := _place(tags)) is None:
        return PASSED_OVER
    kind, title, within = made
    lines: tuple[tuple[Spot, ...], ...] | Problem = Problem.GEOMETRY
    if isinstance(geometry, dict):
        lines = _lines(geometry) if kind is Kind.STREET else _point(geometry)
    if isinstance(title, Problem):
        return title
    return lines if isinstance(lines, Problem) else Found(kind, title, within, lines, _also(tags))


def _also(tags: dict[str, Any]) -> str:
    names = (tags.get(name) for name in NAMES)
    return " ".join(name for name in names if isinstance(name, str))[:ALSO_LENGTH_MAX]


def _place(tags: dict[str, Any]) -> tuple[Kind, str | Problem, str] | None:
    street = tags.get("addr:street") or tags.get("addr:place")
    within = named(tags.get("addr:city") or tags.get("is_in") or "")
    town = "" if isinstance(within, Problem) else within
    if tags.get("addr:housenumber") and street:  # (1)
        return Kind.HOUSE, named(street, tags["addr:housenumber"]), town
    if tags.get("name") and str(tags.get("highway")) in STREETS:  # (2)
        return Kind.STREET, named(tags["name"]), town
    if tags.get("name") and str(tags.get("place")) in SETTLEMENTS:  # (3)
        return Kind.SETTLEMENT, named(tags["name"]), town
    return None


def _lines(geometry: dict[str, Any]) -> tuple[tuple[Spot, ...], ...] | Problem:
    """The runs of a street; a square drawn as a polygon by its edge."""
    parts = geometry.get("coordinates")
    if geometry.get("type") == "LineString":
        parts = [parts]
    elif geometry.get("type") not in {"MultiLineString", "Polygon"}:
        return Problem.GEOMETRY
    if not isinstance(parts, list) or not parts:
        return Problem.GEOMETRY
    runs = []
    for part in parts:
        run = _spots(part)
        if run is None or len(run) < 2:  # noqa: PLR2004 - a line has two ends
            return Problem.COORDINATES
        if any(abs(b[0] - a[0]) > 180 for a, b in pairwise(run)):  # noqa: PLR2004
            return Problem.GEOMETRY
        runs.append(run)
    if sum(map(len, runs)) + sum(map(length_m, runs)) / PIECE_M_MAX > PIECES_MAX:
        return Problem.TOO_LONG
    return tuple(runs)


def _point(geometry: dict[str, Any]) -> tuple[tuple[Spot, ...], ...] | Problem:
    """A point, or the middle of the box around whatever it is."""
    if geometry.get("type") == "Point":
        spots = _spots([geometry.get("coordinates")])
    else:
        spots = _spots(_flat(geometry.get("coordinates")))
    if not spots:
        return Problem.COORDINATES
    lons, lats = [lon for lon, _ in spots], [lat for _, lat in spots]
    if max(lons) - min(lons) > 180:  # noqa: PLR2004 - over the 180th meridian
        return Problem.GEOMETRY
    return ((((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2),),)


def _flat(part: object, depth: int = 4) -> list[object]:
    if not isinstance(part, list) or depth == 0:
        return []
    if part and not isinstance(part[0], list):
        return [part]
    return [spot for one in part for spot in _flat(one, depth - 1)]


def _spots(part: object) -> tuple[Spot, ...] | None:
    if not isinstance(part, list):
        return None
    found = [
        spot_of(*one[:2]) if isinstance(one, list) and len(one) >= 2 else None  # noqa: PLR2004
        for one in part
    ]
    spots = tuple(one for one in found if one is not None)
    return spots if len(spots) == len(found) else None
