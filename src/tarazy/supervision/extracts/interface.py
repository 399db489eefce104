# SPDX-License-Identifier: EUPL-1.2
"""What a decoder of an extract gives: places, and rows that it refused or passed over, by name."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import BinaryIO, Protocol

from tarazy.supervision.naming import fold

NAME_LENGTH_MAX = 200
LAT_MAX = 85.0
"""Where Mercator's map ends, by which nearness is looked up; nobody is supervised beyond."""
PIECE_M_MAX = 200.0
"""A street lies in pieces no longer than this, so that what is near is found by small boxes."""
METRES_A_DEGREE = 111_195.0
GRAM = 3
PIECES_MAX = 20_000
"""Of one street; a longer line is none."""
GENERIC = frozenset(
    fold(
        "көшесі көше даңғылы даңғыл тұйығы тұйық жолы шағын ауданы алаңы улица ул проспект просп"
        " пр пр-т переулок пер шоссе проезд бульвар площадь пл дом д street str st avenue ave"
        " lane road rd square boulevard house"
    ).split()
)
"""Words that say what a thing is and not which: a search goes without them in all languages."""


class Kind(StrEnum):
    """What a place is; a house says more than its street, that more than its settlement."""

    HOUSE = "house"
    STREET = "street"
    SETTLEMENT = "settlement"


class Problem(StrEnum):
    """Why a row is refused; counted, and shown at the end."""

    ENCODING = "encoding"
    COLUMNS = "columns"
    JSON = "json"
    TOO_LONG = "too_long"
    NAME = "name"
    COORDINATES = "coordinates"
    GEOMETRY = "geometry"


PASSED_OVER = "passed_over"
"""A row that is right, and is no address: a lake, a shop, a border."""

Spot = tuple[float, float]
"""Longitude and latitude, degrees."""


@dataclass(frozen=True, slots=True)
class Found:
    """One place. A street has a line for each unbroken run; the others have one point."""

    kind: Kind
    title: str
    within: str
    lines: tuple[tuple[Spot, ...], ...]
    also: str = ""
    """Other names, for the search alone."""


Told = Found | Problem | str
"""A place, a refusal, or PASSED_OVER: one for each row of the file."""


class Extract(Protocol):
    """A decoder: reads a file as a stream, and never holds more than one row of it."""

    NAME: str

    def read(self, source: BinaryIO) -> Iterator[Told]:
        """Everything in the file, row by row. Raises Refused where it cannot go on."""


def search_key(found: Found) -> str:
    """By what a place is searched: folded words, without those that say only what it is."""
    words = fold(f"{found.title} {found.within} {found.also}").split()
    told = list(dict.fromkeys(word for word in words if word not in GENERIC))
    return " ".join(told or words)


def grams_of(words: Iterable[str]) -> list[str]:
    """The words' pieces of three letters, with their beginnings; what a typo leaves of a word."""
    told = {
        padded[at : at + GRAM]
        for word in words
        for padded in (f" {word} ",)
        for at in range(max(1, len(padded) - GRAM + 1))
    }
    return sorted(told)


def wanted(text: str) -> list[str]:
    """The words of a search in the same spelling."""
    words = fold(text).split()
    return [word for word in words if word not in GENERIC] or words


def named(*names: object) -> str | Problem:
    """A name that can be shown: the parts together, without line breaks and odd spaces."""
    told = " ".join(" ".join(str(name).split()) for name in names if name)
    if "\ufffd" in told:
        return Problem.ENCODING
    if not 0 < len(told) <= NAME_LENGTH_MAX or not told.isprintable():
        return Problem.NAME
    return told


def spot_of(lon: object, lat: object) -> Spot | None:
    """A place on earth that nearness can be looked up for; None for anything else."""
    if isinstance(lon, bool) or isinstance(lat, bool):
        return None
    if not isinstance(lon, int | float) or not isinstance(lat, int | float):
        return None
    try:
        east, north = float(lon), float(lat)
    except OverflowError:
        return None
    if not (math.isfinite(east) and math.isfinite(north)):
        return None
    return (east, north) if abs(east) <= 180 and abs(north) <= LAT_MAX else None  # noqa: PLR2004


def pieces(line: tuple[Spot, ...]) -> Iterator[tuple[Spot, Spot]]:
    """A line cut into pieces that are no longer than `PIECE_M_MAX`."""
    if len(line) == 1:
        yield line[0], line[0]
    for (lon, lat), (lon_to, lat_to) in pairwise(line):
        north = (lat_to - lat) * METRES_A_DEGREE
        east = (lon_to - lon) * METRES_A_DEGREE * math.cos(math.radians(lat))
        count = max(1, math.ceil(math.hypot(east, north) / PIECE_M_MAX))
        for part in range(count):
            here, there = part / count, (part + 1) / count
            yield (
                (lon + (lon_to - lon) * here, lat + (lat_to - lat) * here),
                (lon + (lon_to - lon) * there, lat + (lat_to - lat) * there),
            )


def length_m(line: tuple[Spot, ...]) -> float:
    """About how long a line is; for bounds."""
    return sum(
        math.hypot((b[0] - a[0]) * math.cos(math.radians(a[1])), b[1] - a[1]) * METRES_A_DEGREE
        for a, b in pairwise(line)
    )
