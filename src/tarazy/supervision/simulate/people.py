# SPDX-License-Identifier: EUPL-1.2
"""Fictional supervised people: their lives, and what a court asked of them.

A zone that somebody must keep out of is laid where none of their usual ways passes, so whoever
keeps to the routine keeps to the order, and every breach is one that we planted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import permutations
from math import pi
from typing import Literal

import numpy as np
import shapely
from msgspec import structs

from tarazy.supervision.simulate.city import CENTRE_LAT, CENTRE_LON, City, Place
from tarazy.supervision.simulate.geo import Fence
from tarazy.supervision.simulate.names import draw_name
from tarazy.supervision.simulate.records import (
    Absence,
    Circle,
    Condition,
    Device,
    DeviceKind,
    Hours,
    Measure,
    Order,
    Person,
    Polygon,
    Timetable,
    Zone,
)
from tarazy.supervision.simulate.routines import Life, Routine
from tarazy.supervision.simulate.timetables import HOUR_S, local_midnight, moment

Profile = Literal["confined", "evenings", "nights", "district", "city", "keep_away", "next_door"]

# Nobody is "next_door" by chance: that is for the cast of the demo.
SHARES: dict[Profile, float] = {
    "confined": 0.10,
    "evenings": 0.12,
    "nights": 0.28,
    "district": 0.15,
    "city": 0.20,
    "keep_away": 0.15,
}
MEASURES: dict[Profile, tuple[Measure, ...]] = {
    "confined": ("house_arrest",),
    "evenings": ("house_arrest",),
    "nights": ("suspended_sentence", "parole"),
    "district": ("restriction_of_liberty",),
    "city": ("bail", "recognisance"),
    "keep_away": ("recognisance", "suspended_sentence"),
    "next_door": ("recognisance",),
}
ROUTINES: dict[Profile, tuple[Routine, ...]] = {
    "confined": ("housebound",),
    "evenings": ("office",),
    "nights": ("office", "idle"),
    "district": ("office", "idle"),
    "city": ("office", "driver", "driver", "night_driver", "night_driver", "night_worker"),
    "keep_away": ("office", "driver", "night_driver", "idle"),
    "next_door": ("housebound",),
}
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
CURFEWS: dict[Profile, Timetable] = {
    "confined": (Hours(EVERY_DAY, "00:00", "24:00"),),
    "evenings": (Hours((0, 1, 2, 3, 4, 6), "18:00", "08:00"), Hours((5, 6), "00:00", "24:00")),
    "nights": (Hours(EVERY_DAY, "22:00", "06:00"),),
    "district": (Hours(EVERY_DAY, "23:00", "06:00"),),
}
ALWAYS: Timetable = (Hours(EVERY_DAY, "00:00", "24:00"),)
DEVICE_KINDS: tuple[DeviceKind, ...] = ("owntracks", "osmand", "traccar")

COURT = "Үлгікент қалалық соты"
CITY_RADIUS_M = 5200.0
CLEAR_OF_ZONE_M = 120.0
INSIDE_DISTRICT_M = 250.0
SHARED_HOME_SHARE = 0.06
HOME_CIRCLE_SHARE = 0.6
HOME_RADIUS_M = (60, 120)
"""Of the circles around homes, in steps of ten metres."""
TRIES_MAX = 400
ABSENCE_DAYS, ABSENCE_FROM_H = (2, 6), 9
NEXT_DOOR_M, NEXT_DOOR_TRIES = (410.0, 540.0), 40


@dataclass(frozen=True, slots=True)
class Wearer:
    """A person with the life behind the file; `fences` go with the order's conditions."""

    person: Person
    life: Life
    fences: tuple[Fence, ...]
    forbidden: Place | None
    """The place in the middle of the exclusion zone, if the order has one."""


@dataclass(frozen=True, slots=True)
class Term:
    """The time in which all orders of a population are in force."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody under supervision in one city."""

    seed: int
    city: City
    wearers: tuple[Wearer, ...]


def draw_profiles(seed: int, count: int) -> list[Profile]:
    """A kind of order for each person, by the shares above."""
    rng = np.random.default_rng([seed, 3])
    kinds = list(SHARES)
    drawn = rng.choice(len(kinds), count, p=list(SHARES.values())).tolist()
    return [kinds[n] for n in drawn]


def populate(
    seed: int,
    city: City,
    profiles: Sequence[Profile],
    term: Term,
    home_radius_m: tuple[int, int] = HOME_RADIUS_M,
) -> Population:
    """One wearer for each profile; the same seed and index give the same person."""
    wearers: list[Wearer] = []
    for index, profile in enumerate(profiles):
        rng = np.random.default_rng([seed, 4, index])
        shares_home = wearers and rng.random() < SHARED_HOME_SHARE
        neighbour = wearers[-1] if shares_home else None
        wearers.append(_Draw(city, rng, profile, home_radius_m).wearer(index, term, neighbour))
    return Population(seed, city, tuple(wearers))


def permitted(population: Population, days: range, chance: float) -> Population:
    """The same people, of whom some may be away for some of the days: granted beforehand."""
    if not chance:
        return population
    wearers = []
    for wearer in population.wearers:
        rng = np.random.default_rng([population.seed, 8, wearer.person.index])
        long = int(rng.integers(*ABSENCE_DAYS))
        if rng.random() < chance and len(days) > long + 1:
            first = days.start + int(rng.integers(1, len(days) - long))
            since, until = (
                moment(local_midnight(day) + ABSENCE_FROM_H * HOUR_S)
                for day in (first, first + long)
            )
            absence = Absence(since, until, "treatment in a clinic")
            order = structs.replace(wearer.person.order, permitted_absences=(absence,))
            wearer = replace(wearer, person=structs.replace(wearer.person, order=order))
        wearers.append(wearer)
    return replace(population, wearers=tuple(wearers))


class _Draw:
    """All that is drawn for one person."""

    def __init__(
        self,
        city: City,
        rng: np.random.Generator,
        profile: Profile,
        home_radius_m: tuple[int, int] = HOME_RADIUS_M,
    ) -> None:
        self.city, self.rng, self.profile = city, rng, profile
        self.tens = (home_radius_m[0] // 10, home_radius_m[1] // 10 + 1)

    def wearer(self, index: int, term: Term, neighbour: Wearer | None) -> Wearer:
        home = neighbour.life.home if neighbour else self._place("home")
        household = neighbour.person.household if neighbour else index
        life = self._life(home)
        forbidden = self._forbidden(life)
        conditions = self._conditions(life, forbidden)
        name = draw_name(self.rng)
        lat, lon = self.city.plane.point(home.door)
        person = Person(
            index=index,
            key=f"p{index:05d}",
            family_name=name.family,
            given_name=name.given,
            patronymic=name.patronymic,
            born_on=date(1955, 1, 1).fromordinal(int(self.rng.integers(714_000, 732_000))),
            phone=f"+7 000 {index // 10_000:03d} {index % 10_000:04d}",
            address=home.address,
            home_lat=lat,
            home_lon=lon,
            household=household,
            order=self._order(index, term, conditions),
            device=Device(DEVICE_KINDS[index % len(DEVICE_KINDS)], f"ulg-{index:05d}"),
        )
        fences = tuple(Fence(self.city.plane, condition.zone) for condition in conditions)
        return Wearer(person, life, fences, forbidden)

    def _order(self, index: int, term: Term, conditions: tuple[Condition, ...]) -> Order:
        judge = draw_name(self.rng)
        measures = MEASURES[self.profile]
        return Order(
            measure=measures[int(self.rng.integers(len(measures)))],
            number=f"{1000 + index}-{term.since.year}",
            court=COURT,
            judge=f"{judge.given[0]}. {judge.family}",
            dated=term.since.date(),
            in_force_from=term.since,
            in_force_until=term.until,
            conditions=conditions,
        )

    def _place(self, kind: Literal["home", "workplace", "shop", "market", "school"]) -> Place:
        places = self.city.places(kind)
        return places[int(self.rng.integers(len(places)))]

    def _near(self, kind: Literal["workplace", "shop", "park"], home: Place) -> Place:
        """One of the three nearest."""
        places = sorted(
            self.city.places(kind),
            key=lambda p: float(np.hypot(p.door[0] - home.door[0], p.door[1] - home.door[1])),
        )
        return places[int(self.rng.integers(min(3, len(places))))]

    def _life(self, home: Place) -> Life:
        routines = ROUTINES[self.profile]
        near = self.profile == "district"
        stands = self.city.places("stand")
        chosen = self.rng.choice(len(stands), 6, replace=False).tolist()
        leisure = [self._near("shop", home), self._near("park", home), self._near("shop", home)]
        if not near:
            leisure.append(self._place("home"))
        return Life(
            home=home,
            routine=routines[int(self.rng.integers(len(routines)))],
            job=self._near("workplace", home) if near else self._place("workplace"),
            leisure=tuple(leisure),
            stands=tuple(stands[n] for n in chosen),
            walking_mps=float(self.rng.uniform(1.1, 1.6)),
            riding_mps=float(self.rng.uniform(5.5, 10.0)),
        )

    def _forbidden(self, life: Life) -> Place | None:
        if self.profile == "next_door":
            return self._next_door(life.home)
        if self.profile not in ("nights", "keep_away"):
            return None
        ways = _usual_ways(self.city, life)
        for attempt in range(TRIES_MAX):
            place = self._place(self._forbidden_kind(attempt))
            if ways.distance(shapely.Point(place.door)) > _reach_m(place) + CLEAR_OF_ZONE_M:
                return place
        raise ValueError("no place in the city is clear of this person's usual ways")

    def _next_door(self, home: Place) -> Place:
        """A home a few streets away, to which no long way round leads."""
        homes = self.city.places("home")
        doors = np.array([place.door for place in homes])
        near = np.hypot(*(doors - np.array(home.door)).T)
        fit = np.flatnonzero((near > NEXT_DOOR_M[0]) & (near < NEXT_DOOR_M[1]))
        chosen: list[int] = self.rng.choice(
            fit, min(NEXT_DOOR_TRIES, len(fit)), replace=False
        ).tolist()
        ways = {n: float(self.city.way(home, homes[n]).walked_m[-1]) for n in chosen}
        return homes[min(ways, key=lambda n: ways[n])]

    def _forbidden_kind(self, attempt: int) -> Literal["home", "market", "school"]:
        """A home to be left in peace; also for busy lives that pass every market and school."""
        if self.profile == "keep_away" or attempt > TRIES_MAX // 4:
            return "home"
        return "market" if self.rng.random() < 0.5 else "school"  # noqa: PLR2004 - a coin

    def _conditions(self, life: Life, forbidden: Place | None) -> tuple[Condition, ...]:
        conditions: list[Condition] = []
        if self.profile in CURFEWS:
            hours = CURFEWS[self.profile]
            conditions.append(Condition("home_curfew", "Үй", self._home_zone(life.home), hours))
        if self.profile == "district":
            conditions.append(Condition("inclusion", "Аудан", self._district(life), ALWAYS))
        if self.profile == "city":
            zone = Circle(CENTRE_LAT, CENTRE_LON, CITY_RADIUS_M)
            conditions.append(Condition("inclusion", "Қала", zone, ALWAYS))
        if forbidden:
            zone_of = self._forbidden_zone(forbidden)
            conditions.append(Condition("exclusion", forbidden.name, zone_of, ALWAYS))
        return tuple(conditions)

    def _home_zone(self, home: Place) -> Zone:
        if self.rng.random() < HOME_CIRCLE_SHARE:
            return self._circle(home, float(self.rng.integers(*self.tens) * 10))
        return self._polygon(home, (75.0, 130.0), int(self.rng.integers(5, 10)))

    def _forbidden_zone(self, place: Place) -> Zone:
        if place.kind == "school":
            return self._polygon(place, (0.75 * _reach_m(place), _reach_m(place)), 6)
        return self._circle(place, _reach_m(place))

    def _district(self, life: Life) -> Zone:
        ways = shapely.get_coordinates(_usual_ways(self.city, life)) - np.array(life.home.door)
        reach = float(np.hypot(*ways.T).max()) + INSIDE_DISTRICT_M
        return self._polygon(life.home, (reach * 1.05, reach * 1.3), 24)

    def _circle(self, middle: Place, radius_m: float) -> Circle:
        lat, lon = self.city.plane.point(middle.door)
        return Circle(lat, lon, radius_m)

    def _polygon(self, middle: Place, reach_m: tuple[float, float], corners: int) -> Polygon:
        turn = (np.arange(corners) + self.rng.uniform(-0.2, 0.2, corners)) * 2 * pi / corners
        radius = self.rng.uniform(*reach_m, corners)
        points = (
            np.array(middle.door)
            + np.column_stack((np.cos(turn), np.sin(turn))) * (radius[:, np.newaxis])
        )
        ring = self.city.plane.ring(points)
        return Polygon(rings=((*ring, ring[0]),))


def _reach_m(place: Place) -> float:
    """How far an exclusion zone reaches: 1,000 feet around a protected home."""
    return {"market": 220.0, "school": 160.0}.get(place.kind, 305.0)


def _usual_ways(city: City, life: Life) -> shapely.MultiLineString:
    """Every way between two of the places in a person's life."""
    match life.routine:
        case "driver" | "night_driver":
            places = {life.home, *life.stands}
        case _:
            places = {life.home, life.job, *life.leisure}
    ordered = sorted(places, key=lambda place: place.address)
    ways = [city.way(a, b) for a, b in permutations(ordered, 2)]
    return shapely.MultiLineString([shapely.LineString(way.points) for way in ways])
