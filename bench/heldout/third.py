# SPDX-License-Identifier: EUPL-1.2
"""A third world: errors that belong to places, receivers that switch their source, people in
streets. Written and frozen before leaps and throws were looked at (docs/judgement.md).

Unlike the two others, an error outdoors is a field over the ground: the same corner is wrong in the
same way. Indoors a phone takes turns between satellites and access points, each with an error of
its own that stays for hours; what it claims comes from a short list and from the source. A router
that was carried elsewhere throws it, for some reports in a row, to one of the two places where such
routers once stood. People go along a grid of streets, stop at lights, wait for a bus, ride some
kilometres by car from the door, or leave while the phone is silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import hypot

import numpy as np

from heldout.noise import DAY_S, HOUR_S, Errors, Floats, Told, delayed, report_times, spells
from heldout.world import Breach, Person

CLAIMS_M = np.array([4.0, 6.0, 10.0, 14.0, 20.0, 32.0, 48.0])
RADIUS_M = (60, 200)
LEAVES = 0.3
STREET_M = 120.0
WAYS = ("walk", "bus", "car", "gap")
SHARES = (0.4, 0.2, 0.3, 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places(Errors):
    """A sigma is of one axis, in metres."""

    field_m: float = 5.0
    """Of the error that belongs to a place outdoors."""
    satellites_m: float = 10.0
    points_m: float = 12.0
    """Of the bias of each source indoors, drawn anew each few hours."""
    switch_s: float = 600.0
    understated: tuple[float, float] = (1.0, 1.0)
    """A device claims so much of its error; spread evenly."""
    routers_a_day: float = 0.0
    router_reports: float = 2.5
    """In a row, on the average."""
    router_m: tuple[float, float] = (150.0, 4000.0)
    router_scatter_m: float = 9.0
    strays: float = 0.0
    """Share of single reports 100 to 3000 m off that claim what others do."""


CLEAN = Places()
SWITCHING = replace(
    CLEAN, satellites_m=30.0, points_m=25.0, understated=(0.25, 0.9), strays=0.01, field_m=15.0
)
ROUTERS = replace(CLEAN, routers_a_day=3.0)
EVERYTHING = replace(SWITCHING, routers_a_day=0.5, lost_share=0.05, offline_a_day=2.5, strays=0.02)
THIRD: Mapping[str, Places] = {
    "clean": CLEAN,
    "switching": SWITCHING,
    "routers": ROUTERS,
    "everything": EVERYTHING,
}


def sigma_m(errors: Places) -> float:
    """Of the error of one axis at home."""
    return hypot(errors.white_m, max(errors.satellites_m, errors.points_m))


def person(errors: Places, days: int, seed: int) -> Person:
    """Somebody who has to stay at home, and what the phone tells."""
    rng = np.random.default_rng([seed, 31])
    radius = int(rng.integers(*RADIUS_M))
    knots: list[tuple[float, float, float, bool]] = [(0.0, 0.0, 0.0, True)]
    silent: list[tuple[float, float]] = []
    for day in range(days):
        if rng.random() < LEAVES:
            begin = day * DAY_S + HOUR_S * rng.uniform(6, 21)
            way = str(rng.choice(WAYS, p=SHARES))
            knots += _outing(rng, begin, way, radius + 100 + 3 * sigma_m(errors))
            if way == "gap":
                silent.append((begin - rng.uniform(60, 900), begin + rng.uniform(300, 1500)))
    knots.append((days * DAY_S, 0.0, 0.0, True))
    at = report_times(errors, days * DAY_S, rng)
    for since, until in silent:
        at = at[(at < since) | (at > until)]
    columns = [np.array(one, dtype=float) for one in zip(*knots, strict=True)]
    east, north = (np.interp(at, columns[0], columns[n]) for n in (1, 2))
    indoors = columns[3][np.searchsorted(columns[0], at, side="right") - 1] > 0
    told = _told(errors, at, np.array([east, north]), indoors, seed)
    return Person(radius, (0.0, 0.0), told, tuple(_breaches(columns, days, radius)))


def _outing(
    rng: np.random.Generator, at: float, way: str, least_m: float
) -> list[tuple[float, float, float, bool]]:
    """Along streets that run east and north, there and back."""
    far = least_m * rng.uniform(1.5, 3) if way in ("walk", "gap") else rng.uniform(1500, 7000)
    corners, speeds = [np.zeros(2)], list[float]()
    main = int(rng.integers(2))
    signs = rng.choice([-1.0, 1.0], 2)
    while max(abs(corners[-1])) < far:
        axis = main if rng.random() < 0.8 else 1 - main
        riding = way == "car" or (way == "bus" and hypot(*corners[-1]) > least_m)
        speeds.append(rng.uniform(7, 14) if riding else rng.uniform(1.1, 1.7))
        corners.append(corners[-1] + STREET_M * signs * np.eye(2)[axis])
    found = [(at, 0.0, 0.0, False)]
    for n, speed in enumerate(speeds):
        at += STREET_M / speed
        found.append((at, float(corners[n + 1][0]), float(corners[n + 1][1]), False))
        boards = way == "bus" and n and speed > 2 > speeds[n - 1]
        wait = rng.uniform(120, 480) if boards else rng.uniform(10, 45) * (rng.random() < 0.3)
        if wait:
            at += wait
            found.append((at, float(corners[n + 1][0]), float(corners[n + 1][1]), False))
    found[-1] = (*found[-1][:3], True)
    east, north = corners[-1].tolist()
    at += rng.uniform(900, 5400)
    found.append((at, east, north, False))
    for corner, speed in zip(corners[-2::-1], speeds[::-1], strict=True):
        at += STREET_M / speed
        found.append((at, float(corner[0]), float(corner[1]), False))
    found[-1] = (at, 0.0, 0.0, True)
    return found


def _told(errors: Places, at: Floats, true: Floats, indoors: np.ndarray, seed: int) -> Told:
    rng = np.random.default_rng([seed, 32])
    count = len(at)
    share = rng.uniform(*errors.understated)
    field = errors.field_m * _field(true, rng)
    turns = np.cumsum(rng.exponential(errors.switch_s, int(at[-1] / errors.switch_s * 2) + 9))
    source = np.searchsorted(turns, at) % 2
    blocks = (at // (4 * HOUR_S)).astype(int)
    bias = rng.normal(size=(2, 2, int(blocks.max()) + 1))
    size = np.array([errors.satellites_m, errors.points_m])
    inside = bias[:, source, blocks] * size[source]
    off = np.where(indoors, inside, field) + errors.white_m * rng.normal(size=(2, count))
    sigma = np.where(indoors, size[source], np.hypot(errors.field_m, errors.white_m))
    claim = 1.5 * sigma * share * np.exp(0.2 * rng.normal(size=count))
    stray = rng.random(count) < errors.strays
    turn, away = (
        rng.uniform(0, 2 * np.pi, count),
        np.exp(rng.uniform(np.log(100), np.log(3000), count)),
    )
    off += stray * away * np.array([np.cos(turn), np.sin(turn)])
    off, claim = _thrown(errors, (at, true, off, claim), rng)
    claim = CLAIMS_M[np.clip(np.searchsorted(CLAIMS_M, claim), 0, len(CLAIMS_M) - 1)]
    place = true + off
    known_at = np.round(at + rng.uniform(1, 8, count), 1)
    return delayed(errors, Told(at, known_at, place[0], place[1], claim), rng)


def _field(place: Floats, rng: np.random.Generator) -> Floats:
    """A smooth random field of unit sigma over the ground, some 40 m wide."""
    waves = rng.normal(size=(2, 12, 2)) / 40.0
    phase = rng.uniform(0, 2 * np.pi, (2, 12, 1))
    return np.asarray(np.cos(waves @ place + phase).sum(axis=1) * np.sqrt(2 / 12))


def _thrown(
    errors: Places, told: tuple[Floats, Floats, Floats, Floats], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """To where a router once stood, for some reports in a row."""
    at, true, off, claim = told
    turn = rng.uniform(0, 2 * np.pi, 2)
    least, most = errors.router_m
    stood = np.exp(rng.uniform(np.log(least), np.log(most), 2)) * np.array(
        [np.cos(turn), np.sin(turn)]
    )
    for since, _ in spells(at, errors.routers_a_day, 1.0, rng):
        first = int(np.searchsorted(at, since))
        caught = slice(first, first + int(rng.geometric(1 / errors.router_reports)))
        one = stood[:, [rng.integers(2)]]
        scatter = errors.router_scatter_m * rng.normal(size=off[:, caught].shape)
        off[:, caught] = one + scatter - true[:, caught]
        claim[caught] = rng.choice([14.0, 20.0, 32.0])
    return off, claim


def _breaches(columns: list[Floats], days: int, radius: int) -> list[Breach]:
    at = np.arange(0.0, days * DAY_S)
    beyond = np.hypot(*(np.interp(at, columns[0], columns[n]) for n in (1, 2))) - radius
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (beyond > 0).astype(int), [0]))))
    return [
        Breach(float(at[first]), float(at[min(end, len(at) - 1)]), float(beyond[first:end].max()))
        for first, end in edges.reshape(-1, 2).tolist()
    ]
