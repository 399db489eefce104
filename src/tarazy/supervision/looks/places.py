# SPDX-License-Identifier: EUPL-1.2
"""Addresses without the internet: what is near a place, and where an address is.

`near` has no door of its own: a look at a person's place names it within what it was permitted.
Whoever asks for an address by itself, or for what lies at a place of the map, comes through a door.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext
from rapidfuzz import fuzz

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.supervision.extracts.interface import (
    LAT_MAX,
    METRES_A_DEGREE,
    grams_of,
    spot_of,
    wanted,
)
from tarazy.supervision.looks.lengths import metres
from tarazy.supervision.models import PlaceExtract, PlaceKind
from tarazy.supervision.refusals import Refusal

FARTHEST_M = {
    PlaceKind.HOUSE: 120.0,
    PlaceKind.STREET: 2_000.0,
    PlaceKind.SETTLEMENT: 50_000.0,
}
"""Beyond this a house, a street, a settlement says nothing of a place."""
BOXES, BOXES_MAX = 16, 256
EARTH_RADIUS_M = 6_378_137.0
NEAR = """
SELECT title, within, lat, lon, lat_to, lon_to, dated_on, spot <-> point(%s, %s) AS away
FROM supervision_place JOIN supervision_placeextract AS extract ON extract.id = extract_id
WHERE supervision_place.kind = '{kind}' ORDER BY spot <-> point(%s, %s) LIMIT %s
"""
BY_WORD = """
SELECT kind, title, within, lat, lon, search_key FROM supervision_place
WHERE search_key <> '' AND words @@ %s::tsquery LIMIT %s
"""
BY_GRAM = """
SELECT kind, title, within, lat, lon, search_key FROM supervision_place
WHERE search_key <> '' AND grams && %s::varchar[] LIMIT %s
"""
WITHIN = """
SELECT lon, lat, lon_to, lat_to FROM supervision_place
WHERE kind = 'street' AND spot && box(point(%s, %s), point(%s, %s)) LIMIT %s
"""
LINES_MAX = 6_000
Line = tuple[tuple[float, float], tuple[float, float]]
SEARCH_LENGTH_MAX = 200
WORDS_MAX = 8
HITS_MAX = 10
CANDIDATES_MAX = 4_000
ENDING_FROM = 5
"""Letters of a word from which on its last one may be an ending."""
ALIKE = 70
"""How alike a name must be, of 100, where no word is as it was typed."""
RANK = {PlaceKind.SETTLEMENT.value: 0, PlaceKind.STREET.value: 1, PlaceKind.HOUSE.value: 2}


@dataclass(frozen=True, slots=True)
class Near:
    """What an extract knows nearest to a place, and how far from it that is."""

    kind: PlaceKind
    title: str
    within: str
    distance_m: float
    dated_on: date

    @property
    def said(self) -> str:
        """In words: a house is near, a street or a settlement only the nearest that is known."""
        name = f"{self.title}, {self.within}" if self.within else self.title
        facts = {"name": name, "distance": metres(self.distance_m)}
        if self.kind is PlaceKind.HOUSE:
            return gettext("near {name}, about {distance} away").format(**facts)
        if self.kind is PlaceKind.STREET:
            return gettext("nearest street: {name}, {distance} away").format(**facts)
        return gettext("nearest settlement: {name}, {distance} away").format(**facts)


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that a search found."""

    kind: str
    title: str
    within: str
    lat: float
    lon: float


def near(lat: float | None, lon: float | None) -> Near | None:
    """The house near a place, or else its nearest street, or settlement; None where none is."""
    spot = spot_of(lon, lat)
    if spot is None or not PlaceExtract.objects.exists():
        return None
    for kind, farthest in FARTHEST_M.items():
        found = _nearest(kind, spot, farthest)
        if found is not None:
            return found
    return None


@look("supervision.places.search", personal=False)
def search_places(door: Door, text: str) -> list[Hit]:
    """Search the operator's own extract for an address."""
    asked = text.strip()[:SEARCH_LENGTH_MAX]
    door.subject = "places"
    door.keep(search=asked)
    words = wanted(asked)[:WORDS_MAX]
    if not words:
        return []
    told = words
    rows = _rows(BY_WORD, _query(told))
    if not rows:  # in another case: of Abai, in Abai
        told = [word[:-1] if len(word) >= ENDING_FROM else word for word in words]
        rows = _rows(BY_WORD, _query(told))
    if rows:
        scored = [(fuzz.token_set_ratio(" ".join(told), row[5]), row) for row in rows]
    else:
        mistyped = _rows(BY_GRAM, grams_of(words))
        scored = [(one, row) for row in mistyped if (one := _alike(words, row[5])) >= ALIKE]
    best = sorted(scored, key=lambda one: (-one[0], RANK[one[1][0]], one[1][1]))
    hits = [Hit(*row[:5]) for _, row in best]
    return list(dict.fromkeys(hits))[:HITS_MAX]


@look("supervision.places.name", personal=False)
def name_place(door: Door, lat: float, lon: float) -> Near | None:
    """Ask what lies at a place of the map, of the operator's own extract."""
    door.subject = "places"
    door.keep(lat=f"{lat:.5f}", lon=f"{lon:.5f}")
    if spot_of(lon, lat) is None:
        raise Refused(Refusal.BAD_PLACE)
    return near(lat, lon)


def streets_in(box: tuple[float, float, float, float]) -> list[Line]:
    """The streets within a box (west, south, east, north; degrees), for a picture."""
    west, south, east, north = box
    corners = [*_mercator(west, south), *_mercator(east, north)]
    with connection.cursor() as cursor:
        cursor.execute(WITHIN, [*corners, LINES_MAX])
        rows = cursor.fetchall()
    return [((lon, lat), (lon_to, lat_to)) for lon, lat, lon_to, lat_to in rows]


def extracts() -> Sequence[PlaceExtract]:
    """What was taken in, by name."""
    return list(PlaceExtract.objects.all())


def _query(words: Sequence[str]) -> str:
    """Each word, or one that begins so; folded words hold letters and digits alone."""
    return " & ".join(f"'{word}':*" for word in words)


def _alike(words: Sequence[str], key: str) -> float:
    """How alike the words are to those of a key that come nearest, of 100."""
    told = key.split()
    return sum(max(fuzz.ratio(word, one) for one in told) for word in words) / len(words)


def _rows(query: str, asked: str | list[str]) -> list[tuple[str, str, str, float, float, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [asked, CANDIDATES_MAX])
        return list(cursor.fetchall())


def _nearest(kind: PlaceKind, spot: tuple[float, float], farthest_m: float) -> Near | None:
    """The index gives boxes by nearness; a piece lies somewhere in its box, so more are asked
    until no box that was left out can hold anything nearer."""
    x, y = _mercator(*spot)
    shrink = math.cos(math.radians(spot[1]))
    limit = BOXES
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NEAR.format(kind=kind.value), [x, y, x, y, limit])
            rows = cursor.fetchall()
        told = [(_away_m(spot, row[2:6]), row) for row in rows]
        best = min(told, key=lambda one: one[0], default=None)
        whole = len(rows) < limit or limit >= BOXES_MAX
        if best is None or whole or rows[-1][7] * shrink > best[0]:
            break
        limit *= 4
    if best is None or best[0] > farthest_m:
        return None
    distance, row = best
    return Near(kind, row[0], row[1], distance, row[6])


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    north = max(-LAT_MAX, min(LAT_MAX, lat))
    return (
        EARTH_RADIUS_M * math.radians(lon),
        EARTH_RADIUS_M * math.log(math.tan(math.pi / 4 + math.radians(north) / 2)),
    )


def _away_m(spot: tuple[float, float], piece: Sequence[float]) -> float:
    """From a place to the nearest point of a piece, metres; flat, which is exact so near."""
    lon, lat = spot
    east = METRES_A_DEGREE * math.cos(math.radians(lat))
    ax, ay = _turned(piece[1] - lon) * east, (piece[0] - lat) * METRES_A_DEGREE
    bx, by = _turned(piece[3] - lon) * east, (piece[2] - lat) * METRES_A_DEGREE
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    along = min(1.0, max(0.0, -(ax * dx + ay * dy) / square)) if square else 0.0
    return math.hypot(ax + along * dx, ay + along * dy)


def _turned(degrees: float) -> float:
    return (degrees + 180) % 360 - 180
