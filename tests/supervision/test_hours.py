# SPDX-License-Identifier: EUPL-1.2
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision.hours import UnreadableLine, exceptions_text, read_exceptions, read_hours
from tarazy.supervision.looks.words import timetable_words

LATE = [("23:00", "06:00")]
WEEK = [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "days", "hours"),
    [
        ("Mon-Fri 22:00-06:00", [0, 1, 2, 3, 4], ("22:00", "06:00")),
        ("понедельник–пятница 22:00 – 06:00", [0, 1, 2, 3, 4], ("22:00", "06:00")),
        ("every day 9:00-18:00", WEEK, ("09:00", "18:00")),
        ("Sat, Sun 20:00-24:00", [5, 6], ("20:00", "24:00")),
        ("1-3,7 00:00-12:30", [0, 1, 2, 6], ("00:00", "12:30")),
        ("Fri-Mon 20:00-08:00", [0, 4, 5, 6], ("20:00", "08:00")),
        ("monday round the clock", [0], ("00:00", "24:00")),
        ("күн сайын тәулік бойы", WEEK, ("00:00", "24:00")),
    ],
)
def test_hours_as_people_write_them(text: str, days: list[int], hours: tuple[str, str]) -> None:
    with override("en"):
        assert read_hours(text) == [{"days": days, "from": hours[0], "until": hours[1]}]


@pytest.mark.parametrize("text", ["", "  \n ", "always", "всегда"])
def test_nothing_means_always(text: str) -> None:
    assert read_hours(text) == []


@pytest.mark.parametrize(
    "text",
    [
        *("at night", "Mon 22:00", "22:00-06:00", "Mon 25:00-06:00", "Mon 10:61-12:00"),
        *("Mon 24:00-06:00", "Blurday 10:00-12:00", "Mon- 10:00-12:00", "0 10:00-12:00"),
        *("Mon " + "9" * 500 + " 10:00-12:00", "Mon 1000:00-12:00"),
    ],
)
def test_a_line_that_is_not_understood_is_named(text: str) -> None:
    with override("en"), pytest.raises(UnreadableLine) as caught:
        read_hours(f"Sun 10:00-11:00\n{text}")
    assert caught.value.args[0] == 2


def test_a_short_day_is_one_of_the_screens_language() -> None:
    for language, day in (("kk", 1), ("ru", 5)):
        with override(language):
            assert read_hours("Сб 10:00-12:00")[0]["days"] == [day]
    with override("en"), pytest.raises(UnreadableLine):
        read_hours("Сб 10:00-12:00")


days = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(sorted)
clocks = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
line = st.fixed_dictionaries({"days": days, "from": clocks, "until": clocks})


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@given(timetable=st.lists(line, min_size=1, max_size=8))
def test_what_is_shown_can_be_read_again(language: str, timetable: list[dict[str, object]]) -> None:
    with override(language):
        assert read_hours("\n".join(timetable_words(timetable))) == timetable


@pytest.mark.parametrize(
    ("text", "day", "hours"),
    [
        ("2026-12-31 23:00-6:00", "2026-12-31", LATE),
        (
            "31.12.2026: 23:00–06:00, 12:00 - 13:30",
            "2026-12-31",
            [("23:00", "06:00"), ("12:00", "13:30")],
        ),
        ("8.3.2026 тәулік бойы", "2026-03-08", [("00:00", "24:00")]),
        ("2026-12-16: no hours begin", "2026-12-16", []),
    ],
)
def test_exceptions_as_people_write_them(text: str, day: str, hours: list[tuple[str, str]]) -> None:
    spans = [{"from": start, "until": end} for start, end in hours]
    with override("en"):
        assert read_exceptions(text) == [{"date": day, "hours": spans}]


@pytest.mark.parametrize(
    "text",
    [
        *("tomorrow 10:00-12:00", "2026-02-30 10:00-12:00", "2026-12-31", "2026-12-31 10:00"),
        *(
            "2026-12-31 10:00-25:00",
            "2026-12-31 24:00-06:00",
            "2026-12-31 10:00-11:00,",
            "0.0.0000 x",
        ),
        *("2026-01-01 12:00-13:00", "9" * 400),  # the first line's date again
    ],
)
def test_an_exception_that_is_not_understood_is_named(text: str) -> None:
    with override("en"), pytest.raises(UnreadableLine) as caught:
        read_exceptions(f"2026-01-01 10:00-11:00\n{text}")
    assert caught.value.args[0] == 2


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_exceptions_are_read_as_they_are_shown(language: str) -> None:
    kept: list[dict[str, Any]] = [
        {"date": "2026-03-08", "hours": []},
        {"date": "2026-05-01", "hours": [{"from": "00:00", "until": "24:00"}]},
        {"date": "2026-12-31", "hours": [{"from": "23:00", "until": "06:00"}]},
    ]
    with override(language):
        assert read_exceptions(exceptions_text(kept[::-1])) == kept
