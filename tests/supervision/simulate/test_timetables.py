# SPDX-License-Identifier: EUPL-1.2
"""Weekly hours as stretches of time: across midnight, merged, clipped."""

from datetime import date, datetime

import pytest

from tarazy.supervision.simulate.records import Hours, Timetable
from tarazy.supervision.simulate.timetables import (
    LOCAL,
    complement,
    local_day,
    local_midnight,
    stretches,
)

EVERY_DAY = tuple(range(7))
MONDAY = date(2025, 3, 3).toordinal()


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).timestamp()


@pytest.mark.parametrize(
    ("timetable", "expected"),
    [
        ((), [("2025-03-03T00:00", "2025-03-05T00:00")]),
        (
            (Hours(EVERY_DAY, "22:00", "06:00"),),
            [
                ("2025-03-03T00:00", "2025-03-03T06:00"),
                ("2025-03-03T22:00", "2025-03-04T06:00"),
                ("2025-03-04T22:00", "2025-03-05T00:00"),
            ],
        ),
        ((Hours(EVERY_DAY, "00:00", "24:00"),), [("2025-03-03T00:00", "2025-03-05T00:00")]),
        ((Hours((1,), "09:30", "10:00"),), [("2025-03-04T09:30", "2025-03-04T10:00")]),
        ((Hours((6,), "18:00", "08:00"),), [("2025-03-03T00:00", "2025-03-03T08:00")]),
        ((Hours((5,), "00:00", "24:00"),), []),
        (
            (Hours((0,), "08:00", "12:00"), Hours((0,), "11:00", "13:00")),
            [("2025-03-03T08:00", "2025-03-03T13:00")],
        ),
    ],
)
def test_stretches_of_a_monday_and_a_tuesday(
    timetable: Timetable, expected: list[tuple[str, str]]
) -> None:
    found = stretches(timetable, local_midnight(MONDAY), local_midnight(MONDAY + 2))
    assert found == [(at(since), at(until)) for since, until in expected]


def test_the_complement_fills_the_rest() -> None:
    assert complement([(2, 3), (5, 9)], 0, 9) == [(0, 2), (3, 5)]
    assert complement([], 0, 9) == [(0, 9)]
    assert complement([(0, 9)], 0, 9) == []


def test_a_local_day_begins_at_local_midnight() -> None:
    assert local_day(local_midnight(MONDAY)) == MONDAY
    assert local_day(local_midnight(MONDAY) - 1) == MONDAY - 1
