# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision.presence.timetable import Demand, Interval, around, merged, parse, without

ALMATY, BERLIN = ZoneInfo("Asia/Almaty"), ZoneInfo("Europe/Berlin")
BEIRUT, HAVANA = ZoneInfo("Asia/Beirut"), ZoneInfo("America/Havana")
EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
NIGHTS = [{"days": EVERY_DAY, "from": "22:00", "until": "06:00"}]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "timetable", "since", "until", "expected"),
    [
        pytest.param(
            *(ALMATY, NIGHTS, "2025-06-02T12:00", "2025-06-03T12:00"),
            [("2025-06-02T17:00", "2025-06-03T01:00")],
            id="across midnight, at UTC+5",
        ),
        pytest.param(
            *(ALMATY, NIGHTS, "2024-02-29T12:00", "2024-03-01T12:00"),
            [("2024-02-29T16:00", "2024-03-01T01:00")],
            id="the night in which Kazakhstan moved to UTC+5 is an hour longer",
        ),
        pytest.param(
            *(BERLIN, NIGHTS, "2025-03-29T12:00", "2025-03-30T12:00"),
            [("2025-03-29T21:00", "2025-03-30T04:00")],
            id="summer time begins: seven hours",
        ),
        pytest.param(
            *(BERLIN, NIGHTS, "2025-10-25T12:00", "2025-10-26T12:00"),
            [("2025-10-25T20:00", "2025-10-26T05:00")],
            id="summer time ends: nine hours",
        ),
        pytest.param(
            *(ALMATY, NIGHTS, "2024-03-01T12:00", "2024-03-02T12:00"),
            [("2024-03-01T17:00", "2024-03-02T01:00")],
            id="and the night after it begins an hour later in UTC",
        ),
        pytest.param(
            ALMATY,
            [{"days": [3], "from": "08:00", "until": "24:00"}],
            *("2024-02-29T00:00", "2024-03-02T00:00"),
            [("2024-02-29T02:00", "2024-02-29T19:00")],
            id="the end of the day on which 23:00 to 24:00 came twice",
        ),
        pytest.param(
            ALMATY,
            [{"days": [4], "from": "00:00", "until": "07:00"}],
            *("2024-02-29T00:00", "2024-03-02T00:00"),
            [("2024-02-29T19:00", "2024-03-01T02:00")],
            id="and the beginning of the next one touches it",
        ),
        pytest.param(
            BEIRUT,
            [{"days": [6], "from": "00:00", "until": "06:00"}],
            *("2025-03-29T12:00", "2025-03-31T00:00"),
            [("2025-03-29T22:00", "2025-03-30T03:00")],
            id="a day that begins at 01:00, for its midnight is skipped",
        ),
        pytest.param(
            BEIRUT,
            [{"days": [5], "from": "22:00", "until": "24:00"}],
            *("2025-03-29T12:00", "2025-03-31T00:00"),
            [("2025-03-29T20:00", "2025-03-29T22:00")],
            id="24:00 where midnight is skipped",
        ),
        pytest.param(
            BEIRUT,
            [{"days": [5], "from": "22:00", "until": "24:00"}],
            *("2025-10-25T12:00", "2025-10-27T00:00"),
            [("2025-10-25T19:00", "2025-10-25T22:00")],
            id="24:00 where the hour before it comes twice",
        ),
        pytest.param(
            HAVANA,
            [{"days": [6], "from": "00:00", "until": "02:00"}],
            *("2025-11-01T12:00", "2025-11-03T00:00"),
            [("2025-11-02T04:00", "2025-11-02T07:00")],
            id="the hour after midnight comes twice",
        ),
        pytest.param(
            BERLIN,
            [{"days": [6], "from": "02:30", "until": "04:00"}],
            *("2025-03-29T12:00", "2025-03-30T12:00"),
            [("2025-03-30T01:30", "2025-03-30T02:00")],
            id="a beginning that the clock skips",
        ),
        pytest.param(
            ALMATY,
            [{"days": [0], "from": "08:00", "until": "24:00"}],
            *("2025-06-02T00:00", "2025-06-04T00:00"),
            [("2025-06-02T03:00", "2025-06-02T19:00")],
            id="until the end of the day",
        ),
        pytest.param(
            ALMATY,
            [
                {"days": [0], "from": "08:00", "until": "24:00"},
                {"days": [1], "from": "00:00", "until": "07:00"},
            ],
            *("2025-06-02T00:00", "2025-06-04T00:00"),
            [("2025-06-02T03:00", "2025-06-03T02:00")],
            id="stretches that touch are one",
        ),
        pytest.param(
            ALMATY,
            [{"days": [5], "from": "09:00", "until": "09:00"}],
            *("2025-06-07T00:00", "2025-06-08T12:00"),
            [("2025-06-07T04:00", "2025-06-08T04:00")],
            id="until equal to from is a whole day",
        ),
        pytest.param(
            *(ALMATY, NIGHTS, "2025-06-02T02:00", "2025-06-02T16:00", []), id="no hours in the span"
        ),
        pytest.param(
            ALMATY,
            [{"days": EVERY_DAY, "from": "00:00", "until": "24:00"}],
            *("2025-06-02T02:00", "2025-06-09T16:00"),
            [("2025-06-02T02:00", "2025-06-09T16:00")],
            id="round the clock is one stretch",
        ),
        pytest.param(
            *(ALMATY, [], "2025-06-02T02:00", "2025-06-02T16:00"),
            [("2025-06-02T02:00", "2025-06-02T16:00")],
            id="no lines: always",
        ),
    ],
)
def test_the_stretches_of_a_span(
    zone: ZoneInfo,
    timetable: object,
    since: str,
    until: str,
    expected: list[tuple[str, str]],
) -> None:
    found = parse(timetable).intervals(zone, utc(since), utc(until))
    assert found == [Interval(utc(a), utc(b)) for a, b in expected]


@pytest.mark.parametrize(
    ("timetable", "reason"),
    [
        (None, "not a list"),
        ("22:00", "not a list"),
        ([None], "a line has"),
        ([{}], "a line has"),
        ([{"days": [0], "from": "22:00"}], "a line has"),
        ([{"days": [0], "from": "22:00", "until": "06:00", "x": 1}], "nothing else"),
        ([{"days": [], "from": "22:00", "until": "06:00"}], "at least one day"),
        ([{"days": [7], "from": "22:00", "until": "06:00"}], "7 is no day"),
        ([{"days": [True], "from": "22:00", "until": "06:00"}], "True is no day"),
        ([{"days": None, "from": "22:00", "until": "06:00"}], "at least one day"),
        ([{"days": [0], "from": None, "until": "06:00"}], "None is no time"),
        ([{"days": [0], "from": "22:60", "until": "06:00"}], "'22:60' is no time"),
        ([{"days": [0], "from": "22:00", "until": "24:01"}], "'24:01' is no time"),
        ([{"days": [0], "from": "24:00", "until": "06:00"}], "not a beginning"),
        ([{"days": [0], "from": "2:00", "until": "06:00"}], "'2:00' is no time"),
        ([{"days": [0], "from": "٢٢:00", "until": "06:00"}], "is no time"),
        ([{"days": [0], "from": "22:00", "until": "06:00"}] * 51, "more than 50"),
    ],
)
def test_an_unreadable_timetable_says_why(timetable: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(timetable)


def test_around_a_moment_is_cut_to_the_period_of_the_condition() -> None:
    period = Interval(utc("2025-06-02T18:00"), utc("2025-06-04T00:00"))
    found = around(parse(NIGHTS), ALMATY, utc("2025-06-02T20:00"), period)
    assert found == (
        Interval(utc("2025-06-02T18:00"), utc("2025-06-03T01:00")),
        Interval(utc("2025-06-03T17:00"), utc("2025-06-04T00:00")),
    )
    assert around(parse([]), ALMATY, utc("2025-06-02T20:00"), period) == (period,)


FREE = {"date": "2025-06-03", "hours": []}
LATER = {"date": "2025-06-03", "hours": [{"from": "23:30", "until": "05:00"}]}
FIRST, SECOND, THIRD = ((f"2025-06-0{n}T17:00", f"2025-06-0{n + 1}T01:00") for n in (2, 3, 4))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param([], [FIRST, SECOND, THIRD], id="none"),
        pytest.param([FREE], [FIRST, THIRD], id="a free night; what began before runs on"),
        pytest.param(
            [LATER], [FIRST, ("2025-06-03T18:30", "2025-06-04T00:00"), THIRD], id="other hours"
        ),
        pytest.param(
            [{"date": "2025-06-03", "hours": [{"from": "00:00", "until": "24:00"}]}],
            [("2025-06-02T17:00", "2025-06-03T19:00"), THIRD],
            id="all day; it joins the night before",
        ),
        pytest.param([{"date": "2031-01-01"}], [FIRST, SECOND, THIRD], id="another year"),
    ],
)
def test_exceptions_stand_in_place_of_a_days_hours(
    days: list[object], expected: list[tuple[str, str]]
) -> None:
    found = parse(NIGHTS, days).intervals(ALMATY, utc("2025-06-02T12:00"), utc("2025-06-05T12:00"))
    assert found == [Interval(utc(a), utc(b)) for a, b in expected]


def test_an_exception_of_what_applies_always() -> None:
    found = parse([], [FREE]).intervals(ALMATY, utc("2025-06-02T12:00"), utc("2025-06-04T12:00"))
    assert [one.until for one in found][:1] == [utc("2025-06-02T19:00")]
    assert [one.since for one in found][1:] == [utc("2025-06-03T19:00")]


def test_around_a_moment_a_stretch_of_what_applies_always_is_months_long() -> None:
    """The free day is 3 June 2025; on 1 January 2031 there is none in the period."""
    period = Interval(utc("2025-01-01T00:00"), utc("2026-01-01T00:00"))
    expected = (
        Interval(period.since, utc("2025-06-02T19:00")),
        Interval(utc("2025-06-03T19:00"), period.until),
    )
    week = [{"days": EVERY_DAY, "from": "22:00", "until": "22:00"}]
    for lines in ([], week):
        told = parse(lines, [FREE | {"hours": []}, {"date": "2031-01-01"}])
        if lines:  # what begins on the day before runs on until 22:00, and the next one begins then
            expected = (
                Interval(period.since, utc("2025-06-03T17:00")),
                Interval(utc("2025-06-04T17:00"), period.until),
            )
        for moment in ("2025-01-02T00:00", "2025-06-02T20:00", "2025-12-31T23:00"):
            assert around(told, ALMATY, utc(moment), period) == expected
    later = Interval(utc("2025-07-01T00:00"), utc("9999-01-01T00:00"))
    assert around(parse([], [FREE]), ALMATY, utc("2026-06-02T20:00"), later) == (later,)


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (None, "not a list of dates"),
        ("2025-06-03", "not a list of dates"),
        ([None], "an exception has"),
        ([{}], "an exception has"),
        ([FREE | {"why": "x"}], "nothing else"),
        ([{"date": None}], "is no date"),
        ([{"date": "2025-02-29"}], "is no date"),
        ([{"date": 20250603}], "is no date"),
        ([FREE, LATER], "two exceptions"),
        ([{"date": "2025-06-03", "hours": None}], "not a list of lines"),
        ([{"date": "2025-06-03", "hours": [None]}], "a line of a date has"),
        ([{"date": "2025-06-03", "hours": [NIGHTS[0]]}], "a line of a date has"),
        ([{"date": "2025-06-03", "hours": [{"from": "23:00"}]}], "a line has"),
        (
            [{"date": "2025-06-03", "hours": [{"from": "23:30", "until": "05:00"}] * 51}],
            "more than 50",
        ),
        ([{"date": f"20{y:02}-01-{d:02}"} for y in range(40) for d in range(1, 31)], "more than"),
    ],
)
def test_an_unreadable_exception_says_why(days: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(NIGHTS, days)


def test_what_a_demand_rests_for() -> None:
    """Nights; away from 22:00 to midnight UTC; a higher one from 17:00 to 18:00."""
    period = Interval(utc("2025-06-01T00:00"), utc("2025-06-20T00:00"))
    away = Interval(utc("2025-06-02T22:00"), utc("2025-06-03T00:00"))
    hour = parse([{"days": EVERY_DAY, "from": "22:00", "until": "23:00"}])
    higher = Demand(hour, ALMATY, period)
    one = Demand(parse(NIGHTS), ALMATY, period, (away,), (higher,))
    expected = (
        Interval(utc("2025-06-02T18:00"), utc("2025-06-02T22:00")),
        Interval(utc("2025-06-03T00:00"), utc("2025-06-03T01:00")),
    )
    day = Interval(utc("2025-06-02T12:00"), utc("2025-06-03T12:00"))
    assert one.within(day) == expected
    assert set(expected) < set(one.around(utc("2025-06-02T20:00")))
    assert one.within(Interval(utc("2025-07-01T00:00"), utc("2025-07-02T00:00"))) == ()


clocks = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02}:{t[1]:02}")
lines = st.fixed_dictionaries(
    {"days": st.lists(st.integers(0, 6), min_size=1), "from": clocks, "until": clocks}
)


@given(
    st.lists(lines, max_size=4),
    st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1)),  # noqa: DTZ001
    st.integers(1, 20),
    st.sampled_from([ALMATY, BERLIN]),
)
def test_a_minute_is_in_a_stretch_exactly_if_the_wall_clock_says_so(
    timetable: list[dict[str, object]], start: datetime, days: int, zone: ZoneInfo
) -> None:
    since = start.replace(tzinfo=UTC, second=30, microsecond=0)
    until = since + timedelta(days=days)
    parsed = parse(timetable)
    found = parsed.intervals(zone, since, until)
    assert all(a.until < b.since for a, b in pairwise(found))
    for n in range(0, days * 24 * 60, 97):
        moment = since + timedelta(minutes=n)
        local = moment.astimezone(zone)
        minute = local.hour * 60 + local.minute
        expected = not timetable or any(
            (local.weekday() in line.days and line.from_min <= minute < line.until_min)
            or (
                (local.weekday() - 1) % 7 in line.days
                and line.from_min <= minute + 1440 < line.until_min
            )
            for line in parsed.hours
        )
        odd = local.utcoffset() != (moment - timedelta(hours=3)).astimezone(zone).utcoffset()
        odd |= local.utcoffset() != (moment + timedelta(hours=3)).astimezone(zone).utcoffset()
        assert odd or any(one.contains(moment) for one in found) == expected


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=8)


@given(SPANS, SPANS)
def test_what_lies_in_no_break_is_left_minute_by_minute(
    told: list[tuple[int, int]], paused: list[tuple[int, int]]
) -> None:
    """Against sets of minutes; breaks may overlap, touch, or be empty."""
    begin = datetime(2026, 11, 25, tzinfo=UTC)

    def spans(rows: list[tuple[int, int]]) -> list[Interval]:
        return [
            Interval(begin + timedelta(minutes=one), begin + timedelta(minutes=one + long))
            for one, long in rows
        ]

    def minutes(found: list[Interval]) -> set[int]:
        return {
            minute
            for minute in range(60)
            for one in found
            if one.contains(begin + timedelta(minutes=minute))
        }

    whole = merged(spans(told))
    left = without(whole, spans(paused))
    assert minutes(left) == minutes(whole) - minutes(spans(paused))
    assert all(one.since < one.until for one in left)
    assert all(one.until <= other.since for one, other in pairwise(left))
