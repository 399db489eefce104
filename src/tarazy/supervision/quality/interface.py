# SPDX-License-Identifier: EUPL-1.2
"""What a quality mark is told of a trail, and what it answers: three answers, never two.

A trail is of one device, in the order of its own clock, in columns. What is not known is NaN. Marks
are derived whenever somebody looks: a late fix may make a jump of what looked calm, or undo one.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Answers = npt.NDArray[np.int8]

MARKED, CLEAR, NOT_ASSESSED = 1, 0, -1
EARTH_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Card:
    """The public face of a mark."""

    name: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Trail:
    """Columns of one device's fixes with a place: `at_s` and `known_s` are seconds since 1970."""

    at_s: Floats
    known_s: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats
    speed_kmh: Floats
    satellites: Floats
    said: dict[str, Flags]
    """Marks that the gateway wrote, by name; a name that is not there stands nowhere."""

    @property
    def size(self) -> int:
        """How many fixes."""
        return self.at_s.size

    def has(self, mark: str) -> Answers:
        """Where the gateway marked it."""
        return self.said.get(mark, np.zeros(self.size, dtype=bool)).astype(np.int8)


class Quality(Protocol):
    """A module with a CARD and a pure function."""

    CARD: Card

    def assess(self, trail: Trail) -> Answers:
        """MARKED, CLEAR or NOT_ASSESSED for each fix."""


def distances_m(lat: Floats, lon: Floats) -> Floats:
    """Metres between neighbours on the mean sphere (0.5 % is enough to find a jump); one fewer."""
    phi, step = np.radians(lat), np.radians(np.diff(lon))
    half = (
        np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(step / 2) ** 2
    )
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def runs(same_as_before: Flags) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """For each fix where its run of equal values begins and ends (the end not included)."""
    begins = np.flatnonzero(np.concatenate(([True], ~same_as_before)))
    number = np.cumsum(np.concatenate(([True], ~same_as_before))) - 1
    ends = np.append(begins[1:], same_as_before.size + 1)
    return begins[number], ends[number]
