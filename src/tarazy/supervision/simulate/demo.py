# SPDX-License-Identifier: EUPL-1.2
"""The demo's people: most keep to their orders, a small cast breaches in turns at every hour.

Where everybody is, is a function of the time, so a demo that is started again goes on where it
would have been. Only the openers wait for the start: one enters an exclusion zone, one leaves home
under house arrest and one device falls silent within the first minute or two, whenever that is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

import numpy as np

from tarazy.supervision.simulate.breaches import (
    Day,
    Planting,
    Silence,
    Truth,
    corner_at,
    day_track,
)
from tarazy.supervision.simulate.city import City, Place, city_of
from tarazy.supervision.simulate.noise import Noise, Sensor
from tarazy.supervision.simulate.people import (
    Population,
    Profile,
    Term,
    Wearer,
    draw_profiles,
    populate,
)
from tarazy.supervision.simulate.records import Person
from tarazy.supervision.simulate.reports import Report, fix_times, lose_and_delay, observe
from tarazy.supervision.simulate.timetables import LOCAL, TIME_ZONE, Stretch, local_day
from tarazy.supervision.simulate.tracks import Outing, Stop, Track, joined, lay_out

SCENARIO = 1
"""Raised whenever the same seed no longer gives the same people, zones and ways."""

PEOPLE_MIN = 50
ORDER_BEFORE, ORDER_AFTER = timedelta(days=30), timedelta(days=60)
CAST_MPS = 8.0
OPENERS_DEPART_S, OPENER_SILENT_S, OPENER_SILENCE_S = 3.0, 60.0, 1500.0
OPENER_STAY_S = 240.0
ERRAND_M, OUTSIDE_M = (180.0, 700.0), (150.0, 900.0)
WHOLE_DEMO = 200  # people for which the numbers of the cast are written

Act = Literal["enter", "leave", "stray", "fall_silent"]


@dataclass(frozen=True, slots=True)
class Turn:
    """An act of the cast: how many of 200 people play it, how often, and for how long."""

    act: Act
    profile: Profile
    players: int
    period_s: float
    lasts_s: float


# Together about 2 % of the people are in breach at any time, and an alert begins every two minutes.
TURNS = (
    Turn("enter", "next_door", players=8, period_s=2400, lasts_s=300),
    Turn("leave", "confined", players=6, period_s=2160, lasts_s=300),
    Turn("stray", "city", players=2, period_s=3600, lasts_s=300),
    Turn("fall_silent", "confined", players=4, period_s=4800, lasts_s=1200),
)
OPENERS: tuple[Act, ...] = ("enter", "leave", "fall_silent")

DEMO_NOISE = Noise(
    indoor_sigma_m=9.0,
    urban_sigma_m=7.0,
    outlier_share=0.001,
    rest_interval_s=300.0,
    gaps_a_day=0.0,
    offline_a_day=0.0,
)


@dataclass(frozen=True, slots=True)
class Part:
    """What one member of the cast does; an opener plays once, at the start, and no more."""

    turn: Turn
    phase_s: float
    opens: bool


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """All that a seeder needs to create people, orders, zones, timetables and devices."""

    seed: int
    time_zone: str
    city: City
    population: Population
    cast: dict[int, Part]

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody, by index."""
        return tuple(wearer.person for wearer in self.population.wearers)


def demo_plan(seed: int, people: int, now: datetime) -> DemoPlan:
    """The people of the demo, their orders in force from 30 days ago until 60 days ahead.

    But for the dates of the orders the plan is the same whenever it is made.
    """
    if people < PEOPLE_MIN:
        raise ValueError(f"a demo has at least {PEOPLE_MIN} people")
    cast = _cast(people)
    profiles = draw_profiles(seed, people)
    for index, part in cast.items():
        profiles[index] = part.turn.profile
    day = now.astimezone(LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    city = city_of(seed)
    population = populate(seed, city, profiles, Term(day - ORDER_BEFORE, day + ORDER_AFTER))
    return DemoPlan(seed, TIME_ZONE, city, population, cast)


class Stage:
    """Where everybody truly is at any time. `started_at` (epoch seconds) sets off the openers."""

    def __init__(self, plan: DemoPlan, started_at: float | None = None) -> None:
        self._plan, self._started_at = plan, started_at
        self._ordinary = Truth(plan.population, Planting(breach_chance=0, silence_chance=0))
        self._days: dict[int, tuple[int, Day]] = {}

    def day_at(self, index: int, at: float) -> Day:
        """The service day of one person that holds a moment; the last one is kept."""
        wearer = self._plan.population.wearers[index]
        number = _service_day(wearer, at)
        kept = self._days.get(index)
        if kept is None or kept[0] != number:
            kept = number, self.day(wearer, number)
            self._days[index] = kept
        return kept[1]

    def day(self, wearer: Wearer, number: int) -> Day:
        """One service day of one person."""
        part = self._plan.cast.get(wearer.person.index)
        if part is None:
            return self._ordinary.day(wearer, number)
        day = wearer.life.day(number)
        if part.turn.act == "fall_silent":
            silences = tuple(_silences(part, self._cues(part, day)))
            return Day(day_track(wearer.life.home, day, []), silences)
        return Day(day_track(wearer.life.home, day, list(self._outings(wearer, part, day))))

    def _outings(self, wearer: Wearer, part: Part, day: Stretch) -> Iterable[Track]:
        target = _target(self._plan, wearer, part.turn.act)
        stay_s = OPENER_STAY_S if part.opens else part.turn.lasts_s
        errand = Outing(0.0, (Stop(target, stay_s),), CAST_MPS, CAST_MPS)
        for cue in self._cues(part, day):
            track = lay_out(self._plan.city, wearer.life.home, replace(errand, depart=cue))
            if track.at[-1] < day[1]:
                yield track

    def _cues(self, part: Part, day: Stretch) -> list[float]:
        """When the part begins to be played within a day."""
        if part.opens:
            silent = part.turn.act == "fall_silent"
            cue = (self._started_at or 0.0) + (OPENER_SILENT_S if silent else OPENERS_DEPART_S)
            return [cue] if self._started_at is not None and day[0] <= cue < day[1] else []
        period = part.turn.period_s
        first = ceil((day[0] - part.phase_s) / period) * period + part.phase_s
        return np.arange(first, day[1], period).tolist()


def history(plan: DemoPlan, person_index: int, since: float, until: float) -> list[Report]:
    """The fixes of one person in the past (epoch seconds), one a minute, fewer at rest."""
    wearer = plan.population.wearers[person_index]
    stage = Stage(plan)
    numbers = range(_service_day(wearer, since), _service_day(wearer, until) + 1)
    days = [stage.day(wearer, number) for number in numbers]
    track = joined([day.track for day in days])
    sensor = Sensor(plan.seed, person_index, DEMO_NOISE)
    at = fix_times(track, DEMO_NOISE, sensor.rest_shift_s)
    at = at[(at >= since) & (at < until)]
    rng = np.random.default_rng([plan.seed, 8, person_index])
    fixes = observe(track, at, sensor, plan.city.plane, rng)
    return lose_and_delay(fixes, [s for day in days for s in day.silences], sensor, rng).reports()


def _cast(people: int) -> dict[int, Part]:
    """The openers first, then each act's players in turns evenly spread over its period."""
    parts = [Part(turn, 0.0, opens=True) for turn in TURNS if turn.act in OPENERS]
    for turn in TURNS:
        players = max(1, round(turn.players * people / WHOLE_DEMO))
        parts += [Part(turn, n * turn.period_s / players, opens=False) for n in range(players)]
    step = people // len(parts)
    return {n * step: part for n, part in enumerate(parts)}


def _target(plan: DemoPlan, wearer: Wearer, act: Act) -> Place:
    """Where the breach leads, always the same place for the same person."""
    if wearer.forbidden:
        return wearer.forbidden
    rng = np.random.default_rng([plan.seed, 9, wearer.person.index])
    beyond_m = OUTSIDE_M if act == "stray" else ERRAND_M
    place = corner_at(plan.city, wearer.fences[0], beyond_m, rng)
    if place is None:
        raise ValueError(f"no crossing lies {beyond_m} metres beyond the fence")
    return place


def _silences(part: Part, cues: list[float]) -> Iterable[Silence]:
    lasts_s = OPENER_SILENCE_S if part.opens else part.turn.lasts_s
    for cue in cues:
        yield Silence(cue, cue + lasts_s, "switched_off")


def _service_day(wearer: Wearer, at: float) -> int:
    number = local_day(at)
    return number if at >= wearer.life.day(number)[0] else number - 1
