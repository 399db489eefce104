# SPDX-License-Identifier: EUPL-1.2
"""Zones out of files that people bring: GeoJSON (RFC 7946) and KML 2.2.

1. A file holds polygons; of a point nothing is made, for nobody knows its radius.
2. What is too large, crosses itself, or seems to have latitude and longitude changed over is
   refused with the reason: a court's zone must not be guessed.
3. KML with a document type is refused unread: entities are how a small file becomes a large one.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext

from tarazy.core.catalogue import said
from tarazy.core.errors import Refused
from tarazy.supervision.naming import one_line
from tarazy.supervision.presence import geometry
from tarazy.supervision.refusals import Refusal

BYTES_MAX = 2 * 1024 * 1024
ZONES_MAX = 50
CORNERS_MAX = 2_000
NAME_LENGTH_MAX = 120
DEPTH_MAX = 6
COUNTRY = ((46.0, 88.0), (40.0, 56.0))
"""Longitudes and latitudes of Kazakhstan: by these it is seen that the two were changed over."""

COLLECTIONS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}

GEOMETRY_SAYS = (
    said("its edges cross or touch each other"),
    said("it is wider than half the earth, or goes around a pole"),
    said("a ring has at least three corners and ends where it began"),
    said("a place of it is not on earth"),
    said("a place is a longitude and a latitude"),
    said("it has no outer ring"),
)
"""What `presence.geometry` says of a polygon that is none; it knows no languages."""

Rings = list[list[list[float]]]


@dataclass(frozen=True, slots=True)
class FoundZone:
    """A polygon of a file: longitude before latitude, each ring closed."""

    name: str
    rings: Rings


def zones_of(content: bytes) -> list[FoundZone]:
    """Every polygon of a file. Raises Refused with the reason."""
    if len(content) > BYTES_MAX:
        raise _refused(
            gettext("the file is larger than {most} MB").format(most=BYTES_MAX // 1024**2)
        )
    text = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        found = list(_geojson(_json(text), "", 0))
    elif text.startswith(b"<"):
        found = list(_kml(text))
    else:
        raise _refused(gettext("the file is neither GeoJSON nor KML"))
    if not found:
        raise _refused(gettext("the file has no polygon"))
    if len(found) > ZONES_MAX:
        raise _refused(gettext("the file has more than {most} polygons").format(most=ZONES_MAX))
    for one in found:
        check_polygon(one.rings)
    return found


def check_polygon(rings: Sequence[Sequence[Sequence[float]]]) -> None:
    """Refuse what is too fine, crosses itself, or is changed over. Raises Refused."""
    if sum(len(ring) for ring in rings) > CORNERS_MAX:
        raise _refused(
            gettext("it has more than {most} corners; draw it more simply").format(most=CORNERS_MAX)
        )
    try:
        geometry.polygon(rings)
    except ValueError as error:
        raise _refused(gettext(str(error))) from error
    check_order([point for ring in rings for point in ring])


def check_order(points: Sequence[Sequence[float]]) -> None:
    """Refuse places whose latitude and longitude seem to be changed over. Raises Refused."""
    if not any(_inside(lon, lat) for lon, lat in points) and all(
        _inside(lat, lon) for lon, lat in points
    ):
        raise _refused(
            gettext("latitude and longitude seem to be changed over: longitude comes first")
        )


def _inside(lon: float, lat: float) -> bool:
    (west, east), (south, north) = COUNTRY
    return west <= lon <= east and south <= lat <= north


def _json(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(gettext("the file is no readable JSON")) from error


def _geojson(part: Any, name: str, depth: int) -> Iterator[FoundZone]:
    if not isinstance(part, dict) or depth > DEPTH_MAX:
        raise _refused(gettext("a part of the GeoJSON is no object"))
    kind = part.get("type")
    if kind == "Polygon":
        yield FoundZone(name, _rings(part.get("coordinates")))
    elif kind == "MultiPolygon":
        for rings in _list(part.get("coordinates")):
            yield FoundZone(name, _rings(rings))
    elif kind == "Feature" and part.get("geometry") is not None:
        told = part.get("properties")
        own = told.get("name") if isinstance(told, dict) else None
        yield from _geojson(part["geometry"], _name(own), depth + 1)
    elif isinstance(kind, str) and kind in COLLECTIONS:
        for one in _list(part.get(COLLECTIONS[kind])):
            yield from _geojson(one, name, depth + 1)


def _rings(told: Any) -> Rings:
    return [[_point(point) for point in _list(ring)] for ring in _list(told)]


def _point(told: Any) -> list[float]:
    """A third number is the height: it says nothing about where a zone is."""
    numbers = _list(told)[:2]
    if len(numbers) != 2 or not all(  # noqa: PLR2004 - longitude and latitude
        isinstance(n, int | float) and not isinstance(n, bool) for n in numbers
    ):
        raise _refused(gettext("a place is a longitude and a latitude"))
    try:
        return [float(numbers[0]), float(numbers[1])]
    except OverflowError as error:  # a whole number of hundreds of digits
        raise _refused(gettext("a place of it is not on earth")) from error


def _list(told: Any) -> list[Any]:
    if not isinstance(told, list):
        raise _refused(gettext("a list of the GeoJSON is none"))
    return told


def _kml(text: bytes) -> Iterator[FoundZone]:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
        raise _refused(gettext("the KML has a document type; save it without one, as UTF-8"))
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a document type there are no entities
    except (ET.ParseError, ValueError, LookupError) as error:
        raise _refused(gettext("the file is no readable KML")) from error
    for name, polygon in _placed(root):
        outer = polygon.find("{*}outerBoundaryIs/{*}LinearRing/{*}coordinates")
        inner = polygon.findall("{*}innerBoundaryIs/{*}LinearRing/{*}coordinates")
        if outer is None:
            raise _refused(gettext("a polygon of the KML has no outer ring"))
        yield FoundZone(name, [_coordinates(ring.text) for ring in (outer, *inner)])


def _placed(root: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """The polygons of all placemarks in the order of the file, each with its placemark's name.

    Each element is looked at once, however deep the placemarks of a hostile file lie in each other.
    """
    waiting: list[tuple[ET.Element, str | None]] = [(root, None)]
    while waiting:
        element, name = waiting.pop()
        tag = _tag(element)
        if tag == "Polygon" and name is not None:
            yield name, element
            continue
        if tag == "Placemark":
            name = _name(element.findtext("{*}name"))
        waiting.extend((child, name) for child in reversed(element))


def _coordinates(text: str | None) -> list[list[float]]:
    try:
        return [[float(n) for n in one.split(",")[:2]] for one in (text or "").split()]
    except ValueError as error:
        raise _refused(gettext("a place of the KML is no pair of numbers")) from error


def _name(told: object) -> str:
    return one_line(str(told or ""))[:NAME_LENGTH_MAX].strip()


def _refused(reason: str) -> Refused:
    return Refused(Refusal.ZONE_UNREADABLE, reason=reason)


def _tag(element: ET.Element) -> str:
    """A name without its namespace: KML files carry several."""
    return str(element.tag).rpartition("}")[2]
