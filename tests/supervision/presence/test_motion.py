# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest

from tarazy.supervision.presence.geometry import WGS84
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.motion import Track, believed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def path(*away_km: float, every_s: float = 60, accuracy_m: float | None = 10) -> list[Sighting]:
    found = []
    for n, kilometres in enumerate(away_km):
        lon, lat, _ = WGS84.fwd(76.9, 43.2, 90, kilometres * 1_000)
        found.append(Sighting(NOON + timedelta(seconds=n * every_s), lat, lon, accuracy_m))
    return found


@pytest.mark.parametrize(
    ("sightings", "counts"),
    [
        pytest.param(path(), [], id="nothing"),
        pytest.param(path(0), [True], id="the first one"),
        pytest.param(path(0, 1, 3, 6), [True] * 4, id="a fast car"),
        pytest.param(path(0, 50, 0), [True, False, True], id="one wild fix"),
        pytest.param(path(0, 50, 90, 0), [True, False, False, True], id="two, apart"),
        pytest.param(path(0, 50, 50), [True, False, True], id="a jump that the next one confirms"),
        pytest.param(path(0, 800, every_s=7200), [True, False], id="faster than a train"),
        pytest.param(
            path(0, 8, accuracy_m=None), [True, False], id="unknown accuracy is no excuse"
        ),
        pytest.param(path(0, 8, accuracy_m=3_000), [True, True], id="a coarse one may have erred"),
    ],
)
def test_jumps(sightings: list[Sighting], counts: list[bool]) -> None:
    assert believed(Track(), sightings)[0] == counts
