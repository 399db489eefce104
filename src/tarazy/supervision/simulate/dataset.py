# SPDX-License-Identifier: EUPL-1.2
"""Files for benchmarks and tests: fixes, ground truth, orders, the city. Same seed, same bytes.

`fixes.jsonl` is in the order in which the centre came to know the fixes; times are ISO 8601 in UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from math import isnan
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from tarazy.supervision.simulate.breaches import Planting, Silence, Truth
from tarazy.supervision.simulate.city import CITY_NAME, city_of
from tarazy.supervision.simulate.geo import Floats
from tarazy.supervision.simulate.noise import Noise, Sensor
from tarazy.supervision.simulate.people import (
    HOME_RADIUS_M,
    Population,
    Term,
    Wearer,
    draw_profiles,
    permitted,
    populate,
)
from tarazy.supervision.simulate.records import Person
from tarazy.supervision.simulate.reports import Fixes, fix_times, lose_and_delay, observe
from tarazy.supervision.simulate.timetables import (
    FIRST_DAY,
    TIME_ZONE,
    local_midnight,
    moment,
)
from tarazy.supervision.simulate.tracks import Track, joined
from tarazy.supervision.simulate.truth import Happened, happened

ORDER_BEFORE, ORDER_AFTER = timedelta(days=30), timedelta(days=60)
LAST_DAY = date(9999, 1, 1)
LINES_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What to simulate. `start` is a local date in the city, on 2019-01-01 or later."""

    seed: int
    people: int
    days: int
    start: date
    noise: Noise = field(default_factory=Noise)
    planting: Planting = field(default_factory=Planting)
    home_radius_m: tuple[int, int] = HOME_RADIUS_M

    def __post_init__(self) -> None:
        if self.start < FIRST_DAY:
            raise ValueError(f"the city's clock is right from {FIRST_DAY} on")
        if self.start.toordinal() + self.days > LAST_DAY.toordinal():
            raise ValueError(f"the calendar ends before the orders would, give days to {LAST_DAY}")


class FixLine(msgspec.Struct, frozen=True):
    """One line of `fixes.jsonl`. `stored` tells a fix that waited for a network."""

    person: str
    device: str
    at: str
    known_at: str
    lat: float
    lon: float
    accuracy_m: float | None
    speed_kmh: float
    course_deg: float | None
    battery_percent: int
    stored: bool


class Monitored(Person, frozen=True):
    """A person, and since when the device is worn: from then on its silence is one."""

    monitored_since: datetime


class OrdersFile(msgspec.Struct, frozen=True):
    """The whole of `orders.json`, with the parameters that made the data."""

    city: str
    time_zone: str
    seed: int
    days: int
    start: date
    noise: Noise
    planting: Planting
    people: tuple[Monitored, ...]


class Simulation:
    """A population over some days, person by person."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        first = sample.start.toordinal()
        self.days = range(first, first + sample.days)
        term = Term(
            moment(local_midnight(first)) - ORDER_BEFORE,
            moment(local_midnight(first + sample.days)) + ORDER_AFTER,
        )
        profiles = draw_profiles(sample.seed, sample.people)
        whole = populate(sample.seed, city_of(sample.seed), profiles, term, sample.home_radius_m)
        self.population: Population = permitted(whole, self.days, sample.planting.absence_chance)
        self._truth = Truth(self.population, sample.planting)

    def track(self, wearer: Wearer) -> tuple[Track, list[Silence]]:
        """The true track from the first service day to the last, and when the device was silent."""
        days = [self._truth.day(wearer, day) for day in self.days]
        return joined([day.track for day in days]), [s for day in days for s in day.silences]

    def fixes(self, wearer: Wearer, track: Track, silences: list[Silence]) -> Fixes:
        """All fixes of one person."""
        index, seed = wearer.person.index, self.sample.seed
        rng = np.random.default_rng([seed, 7, index])
        sensor = Sensor(seed, index, self.sample.noise)
        at = fix_times(track, self.sample.noise, sensor.rest_shift_s)
        fixes = observe(track, at, sensor, self.population.city.plane, rng)
        return lose_and_delay(fixes, silences, sensor, rng)

    def orders(self) -> OrdersFile:
        """Everybody's orders and devices."""
        sample = self.sample
        return OrdersFile(
            city=CITY_NAME,
            time_zone=TIME_ZONE,
            seed=sample.seed,
            days=sample.days,
            start=sample.start,
            noise=sample.noise,
            planting=sample.planting,
            people=tuple(
                Monitored(
                    **msgspec.structs.asdict(wearer.person),
                    monitored_since=moment(wearer.life.day(self.days.start)[0]),
                )
                for wearer in self.population.wearers
            ),
        )


@dataclass(frozen=True, slots=True)
class Written:
    """How much was written."""

    fixes: int
    breaches: int


def write(sample: Sample, fixes_path: Path, truth_path: Path, orders_path: Path) -> Written:
    """Simulate, and write the three files."""
    simulation = Simulation(sample)
    orders_path.write_bytes(msgspec.json.format(msgspec.json.encode(simulation.orders()), indent=1))
    people, truth = [], []
    for wearer in simulation.population.wearers:
        track, silences = simulation.track(wearer)
        truth += happened(wearer, track, silences)
        people.append(simulation.fixes(wearer, track, silences))
    with truth_path.open("wb") as file:
        _write_lines(file, sorted(truth, key=lambda one: (one.since, one.person, one.kind)))
    with fixes_path.open("wb") as file:
        return Written(_write_fixes(file, simulation.population, people), len(truth))


def _write_lines(file: BinaryIO, lines: list[Happened] | list[FixLine]) -> None:
    file.write(msgspec.json.Encoder().encode_lines(lines))


def _write_fixes(file: BinaryIO, population: Population, people: list[Fixes]) -> int:
    owner = np.repeat(np.arange(len(people)), [len(fixes.at) for fixes in people])
    every = _together(people)
    order = np.lexsort((owner, every.at, every.known_at))
    persons = [wearer.person for wearer in population.wearers]
    for start in range(0, len(order), LINES_AT_ONCE):
        chosen = order[start : start + LINES_AT_ONCE]
        _write_lines(
            file, list(_lines(every, chosen, [persons[n] for n in owner[chosen].tolist()]))
        )
    return len(order)


def _together(people: list[Fixes]) -> Fixes:
    columns = {
        column.name: np.concatenate([getattr(fixes, column.name) for fixes in people])
        for column in fields(Fixes)
    }
    return Fixes(**columns)


def _iso(at: Floats, unit: Literal["s", "ms"]) -> list[str]:
    """Epoch seconds as ISO 8601 in UTC."""
    ticks = np.round(at * (1000 if unit == "ms" else 1)).astype(f"datetime64[{unit}]")
    return [f"{text}Z" for text in np.datetime_as_string(ticks, unit=unit).tolist()]


def _lines(every: Fixes, chosen: npt.NDArray[np.intp], persons: list[Person]) -> Iterator[FixLine]:
    columns = zip(
        _iso(every.at[chosen], "s"),
        _iso(every.known_at[chosen], "ms"),
        every.lat[chosen].tolist(),
        every.lon[chosen].tolist(),
        every.accuracy_m[chosen].tolist(),
        every.speed_kmh[chosen].tolist(),
        every.course_deg[chosen].tolist(),
        every.battery_percent[chosen].tolist(),
        every.stored[chosen].tolist(),
        strict=True,
    )
    for person, (at, known_at, lat, lon, accuracy, speed, course, battery, stored) in zip(
        persons, columns, strict=True
    ):
        yield FixLine(
            person.key,
            person.device.identifier,
            at,
            known_at,
            lat,
            lon,
            None if isnan(accuracy) else accuracy,
            speed,
            course if speed else None,
            battery,
            stored,
        )
