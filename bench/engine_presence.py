# SPDX-License-Identifier: EUPL-1.2
"""Presence of many wearers in their own zones: fixes judged in a second, uncertainty counted.

The peer is what trackers usually do: shapely's point in polygon for each fix, no uncertainty, no
state. Both see the same fixes and zones; half of the zones are circles (polygons for the peer).
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from tarazy.supervision.presence.geometry import WGS84, Circle, Polygon, Zone, signed_distance_m
from tarazy.supervision.presence.interface import Presence, Sighting, State
from tarazy.supervision.presence.kernel import Batch, judge

OUT = Path(__file__).parent / "out" / "engine_presence.jsonl"
WEARERS, FIXES_EACH, CORNERS, REPEATS = 1_000, 25, 24, 3
RADII_M = (150.0, 400.0)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
ACCURACY_M = 12.0

Floats = npt.NDArray[np.float64]


def ring(lat: float, lon: float, radius_m: float) -> tuple[tuple[float, float], ...]:
    """A closed ring of corners around a place."""
    azimuths = np.linspace(0, 360, CORNERS, endpoint=False)
    lons, lats, _ = WGS84.fwd(
        np.full(CORNERS, lon), np.full(CORNERS, lat), azimuths, np.full(CORNERS, radius_m)
    )
    points = list(zip(lons.tolist(), lats.tolist(), strict=True))
    return (*points, points[0])


def presence(zones: list[tuple[Zone, ...]], trails: list[Floats]) -> None:
    """Every fix against each zone of its wearer: distance, evidence, state."""
    subject, distance, sightings = [], [], list[Sighting]()
    for number, (own, trail) in enumerate(zip(zones, trails, strict=True)):
        seen = [
            Sighting(START + timedelta(minutes=n), lat, lon, ACCURACY_M)
            for n, (lat, lon) in enumerate(trail.tolist())
        ]
        for n, zone in enumerate(own):
            subject.append(np.full(len(trail), number * len(own) + n))
            distance.append(signed_distance_m(zone, trail[:, 0], trail[:, 1]))
            sightings.extend(seen)
    count = len(zones) * len(RADII_M)
    fresh = State(Presence.UNKNOWN, NEVER, NEVER, NEVER, NEVER, 0.0)
    batch = Batch(
        np.concatenate(subject),
        np.concatenate(distance),
        np.full(len(sightings), ACCURACY_M),
        sightings,
        [one.at for one in sightings],
    )
    judge([fresh] * count, [900.0] * count, batch)


def median_s(run: Callable[[], object]) -> float:
    """Median time of a few runs, after one to warm up."""
    run()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    noise = np.random.default_rng(1)
    homes = [(43.2 + dy, 76.9 + dx) for dy, dx in noise.normal(0, 0.1, (WEARERS, 2)).tolist()]
    zones: list[tuple[Zone, ...]] = [
        (Circle(lat, lon, RADII_M[0]), Polygon((ring(lat, lon, RADII_M[1]),))) for lat, lon in homes
    ]
    trails = [
        np.array(home) + np.cumsum(noise.normal(0, 2e-4, (FIXES_EACH, 2)), axis=0) for home in homes
    ]
    shapes = [[shapely.Polygon(ring(*home, size)) for size in RADII_M] for home in homes]
    for own in shapes:
        shapely.prepare(own)

    def peer() -> None:
        for own, trail in zip(shapes, trails, strict=True):
            for shape in own:
                shapely.contains_xy(shape, trail[:, 1], trail[:, 0])

    judged = WEARERS * FIXES_EACH * len(RADII_M)
    ours, theirs = judged / median_s(lambda: presence(zones, trails)), judged / median_s(peer)
    print(f"{'presence, uncertainty counted':<32}{ours:>12,.0f} fix x zone/s")
    print(f"{'point in polygon (shapely)':<32}{theirs:>12,.0f} fix x zone/s")
    OUT.parent.mkdir(exist_ok=True)
    row = {
        "name": "presence_fix_zones_per_s",
        "value": round(ours),
        "unit": "1/s",
        "peer": "shapely contains_xy",
        "ratio": round(ours / theirs, 4),
    }
    with OUT.open("a") as file:
        file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
