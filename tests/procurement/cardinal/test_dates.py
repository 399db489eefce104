# SPDX-License-Identifier: EUPL-1.2
"""Periods in whole days."""

import pytest

from tarazy.procurement.cardinal.dates import whole_days

START = "2024-02-28T10:00:00Z"


@pytest.mark.parametrize(
    ("end", "days"),
    [
        ("2024-03-01T10:00:00Z", 2),
        ("2024-03-01T09:59:59.999999999Z", 1),
        ("2024-03-01t12:00:00+02:00", 2),
        ("2024-03-01 10:00:00z", 2),
        ("2024-02-28T09:00:00Z", 0),
        ("2024-02-26T10:00:00Z", -2),
        ("2024-02-26T10:00:01Z", -1),
        # chrono counts the leap second out again where the time of day is the earlier one
        ("2024-02-29T09:59:60Z", 0),
        ("2024-02-29T10:00:60Z", 1),
        ("2024-03-01T10:00:00\u221200:00", 2),  # chrono takes the typesetter's minus for a sign
        ("2024-03-01T09:00:00\u221201:00", 2),
        ("0000-02-28T10:00:00Z", -739251),
        ("2024-03-01T10:00:00", None),  # no time zone
        ("2024-03-01T10:00:00+0500", None),
        ("2024-03-01T10:00Z", None),
        ("2024-03-01", None),
        ("2023-02-29T10:00:00Z", None),
        ("2024-03-01T24:00:00Z", None),
        ("2024-03-01T10:60:00Z", None),
        ("2024-03-01T10:00:61Z", None),
        ("2024-03-01T10:00:00.Z", None),
        ("2024-03-01T10:00:00+24:00", None),
        ("2024-03-01T10:00:00+05:60", None),
        ("2024-03-01T10:00:00Z ", None),
        ("٢٠٢٤-03-01T10:00:00Z", None),
        ("", None),
    ],
)
def test_whole_days(end: str, days: int | None) -> None:
    assert whole_days(START, end) == days
    if days is None:
        assert whole_days(end, START) is None


def test_a_leap_second_at_the_start_counts() -> None:
    assert whole_days("2024-02-28T09:59:60Z", "2024-02-29T10:00:00Z") == 1
    assert whole_days("2024-02-28T09:59:60Z", "2024-02-29T09:59:59Z") == 0
