# SPDX-License-Identifier: EUPL-1.2
"""The grid of shared zones never leaves out one that is within reach."""

import numpy as np
import pytest

from tarazy.supervision.presence.geometry import WGS84, Circle, Corridor, Zone
from tarazy.supervision.presence.shared import REACH_M, index, slot_of
from tarazy.supervision.presence.zones import distance_m, spot

MIDDLES = [(43.2, 76.9), (0.0, 0.0), (-12.3, 179.999), (66.0, -180.0), (84.98, 30.0), (89.9, 10.0)]


@pytest.mark.parametrize("middle", MIDDLES)
def test_whatever_is_within_reach_is_listed(middle: tuple[float, float]) -> None:
    noise = np.random.default_rng(3)
    count, here = 120, np.ones(400)
    lons, lats, _ = WGS84.fwd(
        *(middle[1] * np.ones(count), middle[0] * np.ones(count)),
        *(noise.uniform(0, 360, count), noise.uniform(0, 8_000, count)),
    )
    zones: list[Zone] = [
        Circle(lat, lon, float(noise.choice([50, 300, 2_000])))
        for lat, lon in zip(lats.tolist(), lons.tolist(), strict=True)
    ]
    zones.append(Corridor(((-179.0, middle[0]), (179.0, middle[0])), 100.0))
    shared = index(zones)
    to_lon, to_lat, _ = WGS84.fwd(
        *(middle[1] * here, middle[0] * here),
        *(noise.uniform(0, 360, 400), noise.uniform(0, 12_000, 400)),
    )
    within = 0
    for lat, lon in zip(to_lat.tolist(), to_lon.tolist(), strict=True):
        slot = slot_of(shared, lat, lon)
        listed = {*shared.near[shared.first[slot] : shared.end[slot]].tolist(), *shared.large}
        for n in range(len(zones)):
            if distance_m(shared.zones, n, spot(lat, lon)) > -REACH_M:
                assert n in listed
                within += 1
    assert within > 100


def test_most_are_not_looked_at() -> None:
    zones: list[Zone] = [Circle(43 + n * 0.02, 77.0, 200.0) for n in range(100)]
    shared = index(zones)
    slot = slot_of(shared, 44.0, 77.0)
    assert 1 <= shared.end[slot] - shared.first[slot] <= 2
    empty = slot_of(shared, 10.0, 10.0)
    assert shared.end[empty] == shared.first[empty]
    assert len(shared.large) == 0
