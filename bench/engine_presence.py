# SPDX-License-Identifier: EUPL-1.2
"""Presence of many wearers in their own zones and in shared ones: fixes judged in a second.

20,000 wearers with 4 zones each (30 % circles, polygons of 5 to 200 corners) and 500 shared zones
in one city, in batches of 100,000 fixes, uncertainty counted. The peers join the same points with
the same zones in the same run, in turn with us; what they leave out stands in peers/presence.py.
Then the curve: more wearers, the same batches.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from harness import Result, report
from peers import versions
from peers.presence import PEERS, Absent, Points, timed

from tarazy.supervision.presence.shared import Shared, index_of
from tarazy.supervision.presence.watching import ELSEWHERE, Fixes, Kept
from tarazy.supervision.presence.wearers import Wearers
from tarazy.supervision.presence.zones import CIRCLE, POLYGON, Shapes, Zones, compile_shapes, join

SEED = 20_260_301
WEARERS, OWN_EACH, SHARED, FIXES = 20_000, 4, 500, 100_000
CURVE = (1_000, 20_000, 100_000, 300_000, 1_000_000)
CIRCLES, CORNERS = 0.3, (5, 200)
SIZE_M, SHARED_SIZE_M = (60.0, 600.0), (40.0, 250.0)
LAT, LON, CITY_DEG, RANGE_DEG = 43.24, 76.93, 0.1, 0.03
NOISE_M, ROAD, MOVES, EVERY_S = 15.0, 0.15, 0.03, 60
ACCURACIES_M = np.array([5.0, 12.0, 30.0, np.nan, 1_500.0])
ACCURACY_SHARES = (0.2, 0.5, 0.26, 0.03, 0.01)
BUFFER_M = 300.0
STALE_S, START_S = 900.0, 1_772_000_000
ROUNDS, WARM, CHUNK, PEER_CORNERS = 7, 4, 100_000, 64
DEGREE_M = 111_195.0

Floats = npt.NDArray[np.float64]


def draw(noise: np.random.Generator, lat: Floats, lon: Floats, size: tuple[float, float]) -> Shapes:
    """A zone around each place: a circle, or a star-shaped polygon."""
    count = len(lat)
    circle = noise.random(count) < CIRCLES
    size_m = noise.uniform(*size, count)
    corners = np.where(circle, 0, noise.integers(CORNERS[0], CORNERS[1] + 1, count))
    points = np.concatenate([[0], np.cumsum(corners + 1)])
    zone = np.repeat(np.arange(count), corners + 1)
    turn = np.arange(len(zone)) - points[zone]
    closing = turn == corners[zone]
    out = size_m[zone] * noise.uniform(0.7, 1.0, len(zone)) * ~circle[zone]
    out[closing] = out[points[zone[closing]]]
    angle = 2 * np.pi * turn / np.maximum(corners[zone], 1)
    north, east = out * np.cos(angle) / DEGREE_M, out * np.sin(angle) / DEGREE_M
    return Shapes(
        np.where(circle, CIRCLE, POLYGON).astype(np.int8),
        np.where(circle, size_m, 0.0),
        np.arange(count + 1),
        points,
        lat[zone] + north,
        lon[zone] + east / np.cos(np.radians(lat[zone])),
    )


def polygons(drawn: Shapes) -> npt.NDArray[np.object_]:
    """The same as the peers take them."""
    found = np.empty(len(drawn.kind), dtype=object)
    turns = np.linspace(0, 2 * np.pi, PEER_CORNERS + 1)
    for zone, kind in enumerate(drawn.kind):
        points = slice(drawn.points[zone], drawn.points[zone + 1])
        lat, lon = drawn.lat[points], drawn.lon[points]
        if kind == CIRCLE:
            out = drawn.size_m[zone] / DEGREE_M
            lon = lon + out * np.sin(turns) / np.cos(np.radians(lat[0]))
            lat = lat + out * np.cos(turns)
        found[zone] = shapely.Polygon(np.column_stack([lon, lat]))
    return found


@dataclass(slots=True)
class City:
    """Wearers with their zones, who stay at one, move to another, or are on the road."""

    count: int
    noise: np.random.Generator = field(init=False)
    home: Floats = field(init=False)
    middle: Floats = field(init=False)
    at: npt.NDArray[np.int64] = field(init=False)
    minute: int = 0

    def __post_init__(self) -> None:
        self.noise = np.random.default_rng([SEED, self.count])
        self.home = np.array([LAT, LON]) + self.noise.normal(0, CITY_DEG, (self.count, 2))
        away = self.noise.normal(0, RANGE_DEG, (self.count, OWN_EACH, 2))
        away[:, 0] = 0.0
        self.middle = self.home[:, None] + away
        self.at = np.zeros(self.count, dtype=np.int64)

    def zones(self) -> tuple[Zones, list[Shapes]]:
        """All own zones, compiled piece by piece; as they were drawn, where that is one piece."""
        flat = self.middle.reshape(-1, 2)
        drawn: list[Shapes] = []
        compiled = []
        for start in range(0, len(flat), CHUNK):
            part = flat[start : start + CHUNK]
            drawn = [draw(self.noise, part[:, 0].copy(), part[:, 1].copy(), SIZE_M)]
            compiled.append(compile_shapes(drawn[0]))
        return join(compiled), drawn

    def batch(self) -> Fixes:
        """The next reports, each a minute after the one before, sorted by wearer."""
        heard = min(self.count, FIXES)
        each = FIXES // heard
        who = np.sort(self.noise.choice(self.count, heard, replace=False))
        moves = who[self.noise.random(heard) < MOVES]
        self.at[moves] = self.noise.integers(0, OWN_EACH, len(moves))
        self.at[moves[self.noise.random(len(moves)) < ROAD]] = -1
        wearer = np.repeat(who, each)
        zone = self.at[wearer]
        place = self.middle[wearer, np.maximum(zone, 0)]
        drift = self.noise.normal(0, NOISE_M / DEGREE_M, (len(wearer), 2))
        on_road = self.noise.normal(0, RANGE_DEG / 2, (len(wearer), 2))
        place = place + drift + on_road * (zone < 0)[:, None]
        minute = self.minute + np.tile(np.arange(each), heard)
        self.minute += each
        at = ((START_S + minute * EVERY_S) * 1_000_000).astype(np.int64)
        accuracy_m = self.noise.choice(ACCURACIES_M, len(wearer), p=ACCURACY_SHARES)
        lat, lon = np.ascontiguousarray(place.T)
        return Fixes(wearer, at, at.copy(), lat, lon, accuracy_m)


def shared_zones() -> tuple[Shared, Shapes]:
    """Schools and the like, all over the city."""
    noise = np.random.default_rng([SEED, 0])
    place = np.array([LAT, LON]) + noise.normal(0, CITY_DEG, (SHARED, 2))
    drawn = draw(noise, place[:, 0].copy(), place[:, 1].copy(), SHARED_SIZE_M)
    return index_of(compile_shapes(drawn)), drawn


def settled(
    city: City, own: Zones, shared: Shared | None, buffer_m: npt.ArrayLike = 0.0
) -> Wearers:
    """Wearers who have been heard for a while."""
    first = range(0, city.count * OWN_EACH + 1, OWN_EACH)
    wearers = Wearers(own, np.asarray(first), np.full(city.count, STALE_S), shared, buffer_m)
    for _ in range(WARM):
        wearers.judge(city.batch())
    return wearers


class Again:
    """Judges one batch over and over, from the same states."""

    def __init__(self, wearers: Wearers, fixes: Fixes) -> None:
        self.wearers, self.fixes = wearers, fixes
        self.before = wearers.kept
        self.rewind()
        self.seconds: list[float] = []
        self.cpu_seconds: list[float] = []
        self.turns = wearers.judge(fixes)

    def round(self) -> None:
        self.rewind()
        started = time.process_time()
        self.seconds.append(timed(self.judge))
        self.cpu_seconds.append(time.process_time() - started)

    def rewind(self) -> None:
        self.wearers.kept = Kept._make(one.copy() for one in self.before)

    def judge(self) -> None:
        self.wearers.judge(self.fixes)

    @property
    def rate(self) -> float:
        return len(self.fixes.wearer) / statistics.median(self.seconds)

    @property
    def cpu_rate(self) -> float:
        """In a second of one processor's time: what is left of it on a machine that others use."""
        return len(self.fixes.wearer) / statistics.median(self.cpu_seconds)


def against_peers() -> list[Result]:
    """Ours and each peer in turn, on the same points."""
    city = City(WEARERS)
    own, (drawn,) = city.zones()
    shared, shared_drawn = shared_zones()
    wearers = settled(city, own, shared)
    fixes = city.batch()
    ours = Again(wearers, fixes)
    alone = Again(settled(City(WEARERS), own, None), fixes)
    half = np.tile([BUFFER_M, 0.0], len(own.kind) // 2)
    ringed = [Again(settled(City(WEARERS), own, shared, one), fixes) for one in (half, BUFFER_M)]
    told = int((ours.turns.rows["scope"] != ELSEWHERE).sum())
    print(
        f"seed {SEED}; {len(fixes.wearer):,} fixes a batch, {WEARERS:,} wearers x {OWN_EACH} zones,"
    )
    print(f"{SHARED} shared; {told:,} changes in the batch; median of {ROUNDS} rounds, in turn")
    points = Points(
        fixes.wearer, fixes.lat, fixes.lon, polygons(drawn), OWN_EACH, polygons(shared_drawn)
    )
    results = [one for name in PEERS for one in against(name, points, ours)]
    ways = {
        "ours": ours,
        "ours, without shared zones": alone,
        "ours, each second zone buffered": ringed[0],
        "ours, all zones buffered": ringed[1],
    }
    for _ in range(ROUNDS):
        for one in ways.values():
            one.round()
    for name, one in ways.items():
        print(
            f"  {name:32} {one.rate:12,.0f} fixes/s; {one.cpu_rate:,.0f} in a second of processor"
        )
    two = in_two_threads(shared)
    print(f"  {'ours, people in two threads':32} {two:12,.0f} fixes/s")
    rates = {"": ours.rate, "_of_a_processor": ours.cpu_rate, "_in_two_threads": two}
    rates["_all_buffered_of_a_processor"] = ringed[1].cpu_rate
    return [*(Result(f"ours{name}", rate, "fixes/s") for name, rate in rates.items()), *results]


def in_two_threads(shared: Shared) -> float:
    """Half of the people each: they share nothing but the shared zones."""
    halves = []
    for _ in range(2):
        city = City(WEARERS // 2)
        wearers = settled(city, city.zones()[0], shared)
        halves.append(Again(wearers, city.batch()))
    seconds = []
    with ThreadPoolExecutor(2) as threads:
        for _ in range(ROUNDS):
            for half in halves:
                half.rewind()
            seconds.append(timed(lambda: list(threads.map(Again.judge, halves))))
    return 2 * FIXES / statistics.median(seconds)


def against(name: str, points: Points, ours: Again) -> list[Result]:
    """One peer in each of its ways, and ours in turn with it."""
    found: list[tuple[float, float]] = []
    try:
        for way, run in PEERS[name](points):
            pairs, theirs, ratios = run(), [], []
            for _ in range(ROUNDS):
                ours.round()
                theirs.append(timed(run))
                ratios.append(theirs[-1] / ours.seconds[-1])
            found.append(
                (len(points.wearer) / statistics.median(theirs), statistics.median(ratios))
            )
            print(
                f"  {way:32} {found[-1][0]:12,.0f} fixes/s {found[-1][1]:8.1f} x  {pairs:,} pairs"
            )
    except Absent as reason:
        print(f"  {name} was not measured: {reason}")
    if not found:
        return []
    theirs_best, ratio = max(found)
    label = f"against_{name.lower().replace(' ', '_')}"
    return [Result(label, theirs_best * ratio, "fixes/s", theirs_best)]


def curve() -> list[Result]:
    """Fixes in a second and memory, for more and more wearers."""
    results = []
    shared, _ = shared_zones()
    titles = ("wearers", "fixes/s", "of a cpu", "states MB", "zones MB", "made in s")
    print("".join(f"{title:>12}" for title in titles))
    for count in CURVE:
        started = time.perf_counter()
        city = City(count)
        own, _ = city.zones()
        made_s = time.perf_counter() - started
        wearers = settled(city, own, shared)
        again = Again(wearers, city.batch())
        for _ in range(ROUNDS):
            again.round()
        states_mb, zones_mb = wearers.bytes / 1e6, own.bytes / 1e6
        row = (count, again.rate, again.cpu_rate, states_mb, zones_mb, made_s)
        print("".join(f"{value:12,.0f}" for value in row))
        results.append(Result(f"of_{count}", again.rate, "fixes/s"))
        per_100_000 = (states_mb + zones_mb) / count * 100_000
        results.append(Result(f"mb_per_100000_of_{count}", per_100_000, "MB"))
    return results


def main() -> None:
    versions.tell()
    results = against_peers()
    report("engine_presence", [*results, *curve()])


if __name__ == "__main__":
    main()
