# SPDX-License-Identifier: EUPL-1.2
"""Real trails, thinned to a report a minute: false alerts, and departures found.

Nobody knows where these people truly were, so the dense trail is taken for the truth; what is
measured is whether a report a minute, judged as the engine does, tells the same story. Departures
half an hour after another one go on with its alert and are left out. Zones are
circles of 150 m around places along each trail, to stay in at all times. Only where the trails of
`../shared/data/trails` are (GeoLife is for research: it is never shipped).
"""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import msgspec
import numpy as np
from truth import AROUND, DEPARTURE, POINTS, Raised, Score, arrivals_of, ours, points_outside, show

from tarazy.supervision.judging.ledger import REOPEN
from tarazy.supervision.judging.subjects import Subject
from tarazy.supervision.presence.geometry import Circle, signed_distance_m
from tarazy.supervision.replay.course import replay
from tarazy.supervision.replay.orders import read_orders, subject_of
from tarazy.supervision.simulate.reports import Fixes

TRAILS = Path(__file__).parents[2] / "shared" / "data" / "trails"
EVERY_S, ACCURACY_M, RADIUS_M = 60, 10.0, 150.0
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
BEYOND_M = 100 + 3 * ACCURACY_M / 1.515
GAP = timedelta(seconds=130)
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


def thinned(points: Sequence[Point]) -> Fixes:
    """A report a minute, known three seconds later."""
    kept, last = list[Point](), -np.inf
    for point in points:
        if point[0] >= last + EVERY_S:
            kept.append(point)
            last = point[0]
    at, lat, lon = np.array(kept).T
    zero = np.zeros(len(at))
    accuracy = np.full(len(at), ACCURACY_M)
    whole = zero.astype(np.int64)
    return Fixes(at, at + 3, lat, lon, accuracy, zero, zero, whole, zero.astype(bool))


def order(points: Sequence[Point], share: float) -> Subject:
    """To stay within 150 m of one place of the trail."""
    at, lat, lon = points[int(share * (len(points) - 1))]
    since = datetime.fromtimestamp(at, UTC) - timedelta(days=1)
    zone = {"kind": "circle", "lat": lat, "lon": lon, "radius_m": RADIUS_M}
    told = {
        "person": "P-1",
        "in_force": {"since": since, "until": since + timedelta(days=9)},
        "time_zone": "UTC",
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


def count(score: Score, alerts: Sequence[Raised], subject: Subject, points: list[Point]) -> None:
    """Add one trail and zone."""
    truth = outside(subject, points)
    score.months += 1
    score.false += sum(
        not any(s - AROUND <= one.until and one.since <= u + AROUND for s, u, _ in truth)
        for one in alerts
    )
    times = np.array([point[0] for point in points])
    for since, until, far in truth:
        within = times[(times >= since.timestamp()) & (times <= (since + DEPARTURE).timestamp())]
        broken = np.diff(within).max(initial=0) > GAP.total_seconds()
        again = any(since - REOPEN <= u < since for _, u, _ in truth)
        begun = since.timestamp() == times[0]
        if until - since < DEPARTURE or far < BEYOND_M or broken or again or begun:
            continue
        score.departures += 1
        raised = [a.known_at for a in alerts if a.since <= until and since - AROUND <= a.until]
        score.found += bool(raised)
        score.delays_s += [(min(raised) - since).total_seconds()] if raised else []


def main() -> None:
    if not TRAILS.exists():
        print("no real trails here")
        return
    names = ("ours", *(f"{n} points outside" for n in POINTS))
    scores = {name: Score() for name in names}
    for _, points in trails():
        arrivals = arrivals_of(thinned(points))
        end = arrivals[-1].known_at + timedelta(minutes=2)
        for share in SHARES:
            subject = order(points, share)
            alerts = {"ours": ours(replay(subject, arrivals, end), end)}
            alerts |= {f"{n} points outside": points_outside(subject, arrivals, n) for n in POINTS}
            for name, score in scores.items():
                count(score, alerts[name], subject, points)
    print("false alerts for each trail and zone, not for each month")
    for name, score in scores.items():
        show(name, score)


if __name__ == "__main__":
    main()
