# SPDX-License-Identifier: EUPL-1.2
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tarazy.supervision.looks.report_words import Clock


@pytest.mark.parametrize(
    ("zone", "since", "until", "said"),
    [
        ("Asia/Almaty", (2024, 3, 1), (2026, 11, 25), "UTC+05:00."),
        ("Asia/Almaty", (2023, 1, 1), (2024, 2, 1), "UTC+06:00."),
        (
            "Asia/Almaty",
            (2024, 2, 1),
            (2026, 11, 25),
            "UTC+06:00, and from 29 February 2024, 23:00 on UTC+05:00.",
        ),
        (
            "Europe/Berlin",
            (2026, 3, 1),
            (2026, 11, 25),
            "UTC+01:00, and from 29 March 2026, 03:00 on UTC+02:00,"
            " and from 25 October 2026, 02:00 on UTC+01:00.",
        ),
        (
            "Asia/Kathmandu",
            (1985, 12, 31),
            (1986, 2, 1),
            "UTC+05:30, and from 1 January 1986, 00:15 on UTC+05:45.",
        ),
    ],
)
def test_a_report_says_in_which_times_it_is_written_and_when_the_clocks_were_changed(
    zone: str, since: tuple[int, int, int], until: tuple[int, int, int], said: str
) -> None:
    first, last = datetime(*since, 12, 7, tzinfo=UTC), datetime(*until, tzinfo=UTC)
    assert Clock(ZoneInfo(zone)).said(first, last) == f"Times are local: {zone}, {said}"


def test_an_order_of_a_thousand_years_ago_takes_no_minutes() -> None:
    began_s = time.process_time()
    Clock(ZoneInfo("Asia/Almaty")).said(
        datetime(1026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert time.process_time() - began_s < 10
