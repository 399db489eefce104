# SPDX-License-Identifier: EUPL-1.2
"""Real trails, thinned to a report each 15 seconds, minute and 5 minutes: false alerts, departures.

Nobody knows where these people truly were, so the dense trail is taken for the truth; what is
measured is whether fewer reports, judged as the engine does, tell the same story: with an accuracy
of 10 m, as these receivers had, and with none, as their files state. Departures half an hour after
another one go on with its alert and are left out. Zones are circles of 150 m around places along
each trail, to stay in at all times. Only where the trails of `../shared/data` are (GeoLife is for
research: it is never shipped). Of the iPhone, which states its accuracies (5 m to 5 km), the whole
trail is judged as it is.
"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, product
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from peers import versions
from peers.outside import alerts, minus_accuracy, points_outside, told_of
from scoring.departures import AROUND, DEPARTURE, ON_TIME_INTERVALS, Raised, Score
from truth import HEAD, arrivals_of, ours, show

from tarazy.supervision.judging.ledger import REOPEN
from tarazy.supervision.judging.subjects import Subject
from tarazy.supervision.presence.geometry import Circle, signed_distance_m
from tarazy.supervision.replay.course import replay
from tarazy.supervision.replay.orders import read_orders, subject_of
from tarazy.supervision.simulate.reports import Fixes

DATA = Path(__file__).parents[2] / "shared" / "data"
TRAILS, PHONE = DATA / "trails", DATA / "owntracks" / "demo-iphone.rec"
RATES_S, ACCURACIES_M, RADIUS_M = (15, 60, 300), (10.0, np.nan), 150.0
PEERS = {
    **{f"{n} points outside": points_outside(n) for n in (1, 2, 3, 4)},
    "minus 3x accuracy": minus_accuracy(1),
}
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
BEYOND_M = 100 + 3 * ACCURACIES_M[0] / 1.515
Floats = npt.NDArray[np.float64]
Point = tuple[float, float, float]
"""Epoch seconds, latitude, longitude."""


def trails() -> Iterator[tuple[str, list[Point]]]:
    """Each trail by its name, in order of time."""
    with (TRAILS / "geolife_sample.csv").open() as file:
        rows = sorted(csv.DictReader(file, delimiter=";"), key=lambda row: row["trajectory_id"])
    for name, group in groupby(rows, key=lambda row: row["trajectory_id"]):
        points = [
            (datetime.fromisoformat(row["t"]).timestamp(), float(row["Y"]), float(row["X"]))
            for row in group
        ]
        yield f"geolife {name}", sorted(points)
    gpx = (TRAILS / "limerick_bus.gpx").read_text()
    found = re.findall(r'<trkpt lat="([-\d.]+)" lon="([-\d.]+)">.*?<time>(.*?)</time>', gpx, re.S)
    bus = [(datetime.fromisoformat(at).timestamp(), float(a), float(b)) for a, b, at in found]
    yield "limerick bus", sorted(bus)


def thinned(points: Sequence[Point], every_s: int, accuracy_m: float) -> Fixes:
    """Reports so seldom, each known three seconds later."""
    kept, last = list[Point](), -np.inf
    for point in points:
        if point[0] >= last + every_s:
            kept.append(point)
            last = point[0]
    at, lat, lon = np.array(kept).T
    return _fixes(at, lat, lon, np.full(len(at), accuracy_m))


def _fixes(at: Floats, lat: Floats, lon: Floats, accuracy_m: Floats) -> Fixes:
    zero = np.zeros(len(at))
    whole = zero.astype(np.int64)
    return Fixes(at, at + 3, lat, lon, accuracy_m, zero, zero, whole, zero.astype(bool))


def phone() -> Fixes:
    """The iPhone's places as they came."""
    rows = []
    for line in PHONE.read_text().splitlines():
        told = json.loads(line.split("\t")[-1])
        if told["_type"] == "location":
            rows.append((told["tst"], told["lat"], told["lon"], told["acc"]))
    at, lat, lon, accuracy_m = np.array(sorted(rows), dtype=np.float64).T
    return _fixes(at, lat, lon, accuracy_m)


def order(points: Sequence[Point], share: float, every_s: int) -> Subject:
    """To stay within 150 m of one place of the trail."""
    at, lat, lon = points[int(share * (len(points) - 1))]
    since = datetime.fromtimestamp(at, UTC) - timedelta(days=1)
    zone = {"kind": "circle", "lat": lat, "lon": lon, "radius_m": RADIUS_M}
    told = {
        "person": "P-1",
        "in_force": {"since": since, "until": since + timedelta(days=9)},
        "time_zone": "UTC",
        "report_interval_s": every_s,
        "conditions": [{"name": "zone", "kind": "inclusion", "zone": zone}],
    }
    return subject_of(read_orders(msgspec.json.encode(told))[0], 1)


def outside(subject: Subject, points: Sequence[Point]) -> list[tuple[datetime, datetime, float]]:
    """When the dense trail is outside: since, until, how far at most."""
    zone = subject.watched[0].zone
    assert isinstance(zone, Circle)
    at, lat, lon = np.array(points).T
    beyond = -signed_distance_m(zone, lat, lon)
    found, start = [], 0
    for bad, group in groupby(beyond > 0):
        end = start + len(list(group))
        if bad:
            since, until = (datetime.fromtimestamp(at[n], UTC) for n in (start, end - 1))
            found.append((since, until, float(beyond[start:end].max())))
        start = end
    return found


def count(score: Score, raised: Sequence[Raised], subject: Subject, points: list[Point]) -> None:
    """Add one trail and zone."""
    truth = outside(subject, points)
    score.months += 1
    score.false += sum(
        not any(s - AROUND <= one.until and one.since <= u + AROUND for s, u, _ in truth)
        for one in raised
    )
    times = np.array([point[0] for point in points])
    for since, until, far in truth:
        within = times[(times >= since.timestamp()) & (times <= (since + DEPARTURE).timestamp())]
        broken = np.diff(within).max(initial=0) > ON_TIME_INTERVALS * 60
        again = any(since - REOPEN <= u < since for _, u, _ in truth)
        begun = since.timestamp() == times[0]
        if until - since < DEPARTURE or far < BEYOND_M or broken or again or begun:
            continue
        score.departures += 1
        found = [a.known_at for a in raised if a.since <= until and since - AROUND <= a.until]
        score.found += bool(found)
        score.delays_s += [(min(found) - since).total_seconds()] if found else []


def thin_trails(every_s: int, accuracy_m: float) -> dict[str, Score]:
    """All trails and zones at one rate."""
    scores = {name: Score() for name in ("ours", *PEERS)}
    for _, points in trails():
        fixes = thinned(points, every_s, accuracy_m)
        arrivals = arrivals_of(fixes)
        end = arrivals[-1].known_at + timedelta(seconds=2 * every_s)
        for share in SHARES:
            subject = order(points, share, every_s)
            found = {"ours": ours(replay(subject, arrivals, end), end)}
            told = told_of(subject, fixes)
            found |= {name: [*alerts(told, way)] for name, way in PEERS.items()}
            for name, score in scores.items():
                count(score, found[name], subject, points)
    return scores


def judge_phone() -> None:
    """Around some of its places: how often it was called outside, by whom."""
    fixes = phone()
    points = list(zip(fixes.at.tolist(), fixes.lat.tolist(), fixes.lon.tolist(), strict=True))
    arrivals = arrivals_of(fixes)
    end = arrivals[-1].known_at + timedelta(minutes=2)
    counts = dict.fromkeys(("ours", *PEERS), 0)
    for share in SHARES:
        subject = order(points, share, 60)
        counts["ours"] += len(ours(replay(subject, arrivals, end), end))
        told_by = told_of(subject, fixes)
        for name, way in PEERS.items():
            counts[name] += len([*alerts(told_by, way)])
    told = ", ".join(f"{name} {n}" for name, n in counts.items())
    print(
        f"\nan iPhone, {len(arrivals)} places, {len(SHARES)} zones; alerts (truth unknown): {told}"
    )


def main() -> None:
    versions.tell()
    if not TRAILS.exists():
        print("no real trails here")
        return
    print("false alerts for each trail and zone, not for each month")
    for every_s, accuracy_m in product(RATES_S, ACCURACIES_M):
        stated = "no accuracy" if np.isnan(accuracy_m) else f"{accuracy_m:g} m"
        print(f"\n{f'each {every_s} s, {stated}':26}" + "".join(f"{one:>11}" for one in HEAD))
        for name, score in thin_trails(every_s, accuracy_m).items():
            show(name, score)
    judge_phone()


if __name__ == "__main__":
    main()
