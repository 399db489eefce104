# SPDX-License-Identifier: EUPL-1.2
"""What a device was thrown to is told with the person and with what rests on its places."""

from datetime import UTC, datetime, timedelta

import pytest

from tarazy.supervision.looks.wrong_places import WrongPlaces, wrong_places_of
from tarazy.supervision.models import WearerState
from tarazy.supervision.presence import thrown
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.thrown import Leap, Throw, Throws

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def place(days_ago: float, lat: float) -> Sighting:
    return Sighting(NOW - days_ago * DAY, lat, 76.9, 20.0)


def state(*known: Sighting, leap: Leap | None = None) -> WearerState:
    throws = Throws(0.0, leap, tuple(Throw(*one) for one in known))
    return WearerState(throws=thrown.kept(throws), rested_s=0.0)


def test_a_device_that_was_never_thrown_tells_nothing() -> None:
    assert wrong_places_of(None, NOW) is None
    assert wrong_places_of(state(), NOW) is None
    assert wrong_places_of(state(place(31, 43.2)), NOW) is None


@pytest.mark.parametrize(("lat", "here"), [(43.3, True), (43.3004, True), (43.25, False)])
def test_wrong_places_of_a_month(lat: float, here: bool) -> None:
    row = state(place(40, 43.1), place(9, 43.2), place(2, 43.3))
    found = wrong_places_of(row, NOW, [(44.0, 76.9), (lat, 76.9)])
    assert found == WrongPlaces(2, NOW - 2 * DAY, doubted=False, here=here)


def test_a_leap_that_is_doubted_is_told() -> None:
    here = place(0, 43.3)
    leap = Leap(place(0.1, 43.2), here, doubted=True, waiting=(here,), doubted_s=480.0)
    found = wrong_places_of(state(place(2, 43.3), leap=leap), NOW)
    assert found is not None
    assert found.doubted
