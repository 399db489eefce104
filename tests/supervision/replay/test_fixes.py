# SPDX-License-Identifier: EUPL-1.2
"""Lines of fixes: read, or refused by line with a name; nothing ends in a traceback."""

import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from supervision.trails import at

from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.replay.fixes import (
    LINE_BYTES_MAX,
    Fix,
    Line,
    RefusedLine,
    Trail,
    read_lines,
    trail_of,
)

IN_FORCE = Interval(at("06:00"), at("06:00", day=30))
GOOD = {"at": "2026-03-02T10:00:00Z", "lat": 43.2, "lon": 76.9, "accuracy_m": 12}
FIELDS = [field.name for field in msgspec.structs.fields(Fix)]


def trail(*lines: Any) -> Trail:
    text = b"".join(
        (one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines
    )
    return trail_of(read_lines(io.BytesIO(text)), "P-1", IN_FORCE)


def refused(*lines: Any) -> list[tuple[int, str, str | None]]:
    return [(one.number, str(one.name), one.field) for one in trail(*lines).refused]


@pytest.mark.parametrize(
    ("change", "name", "field"),
    [
        ({"at": None}, "bad_field", "$.at"),
        ({"at": "yesterday"}, "bad_field", "$.at"),
        ({"at": "2026-03-02T10:00:00"}, "bad_field", "$.at"),
        ({"at": "9999-12-31T23:59:59-10:00"}, "bad_time", "$.at"),
        ({"at": "0001-01-01T00:00:00+10:00"}, "bad_time", "$.at"),
        ({"known_at": "0001-01-01T00:00:00+10:00"}, "bad_time", "$.at"),
        ({"at": 1772445600}, "bad_field", "$.at"),
        ({"lat": None}, "no_place", None),
        ({"lat": 91}, "bad_place", None),
        ({"lon": -180.1}, "bad_place", None),
        ({"lat": "43.2"}, "bad_field", "$.lat"),
        ({"accuracy_m": "12"}, "bad_field", "$.accuracy_m"),
        ({"stored": None}, "bad_field", "$.stored"),
        ({"marks": None}, "bad_field", "$.marks"),
        ({"marks": [["pretty"]]}, "bad_field", "$.marks[0]"),
        ({"alarms": ["sos", 7]}, "bad_field", "$.alarms[1]"),
        ({"alarms": ["sos"] * 99}, "bad_field", "$.alarms"),
        ({"at": "2026-03-01T10:00:00Z"}, "no_order", None),
    ],
)
def test_a_bad_line_is_refused_by_name(change: Any, name: str, field: str | None) -> None:
    assert refused(GOOD, GOOD | change) == [(2, name, field)]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, True, -1, 1e308, "", "x", [], {}, [None]])
def test_any_value_in_any_field_is_read_or_refused(field: str, value: Any) -> None:
    found = trail(GOOD | {field: value})
    others = int(field == "person" and value in ("", "x"))
    assert len(found.arrivals) + len(found.refused) + others == 1


def test_of_an_unknown_alarm_only_that_is_lost() -> None:
    found = trail(GOOD | {"alarms": ["strap_cut", "strap_tamper", ""]})
    assert [one.alarms for one in found.arrivals] == [("strap_tamper",)]
    assert found.arrivals[0].place is not None
    assert not found.arrivals[0].marks
    assert [(one.number, one.name, one.field, one.rest_used) for one in found.refused] == [
        (1, "bad_field", "$.alarms[0]", True),
        (1, "bad_field", "$.alarms[2]", True),
    ]


def test_of_an_unknown_mark_the_place_is_not_used_and_the_alarms_are() -> None:
    found = trail(GOOD | {"marks": ["stored", "mock"], "alarms": ["strap_tamper", "x"]})
    assert found.arrivals[0].marks == {"mock", "invalid_fix"}
    assert found.arrivals[0].alarms == ("strap_tamper",)
    assert [one.field for one in found.refused] == ["$.marks[0]", "$.alarms[1]"]
    other = trail(GOOD | {"person": "P-2", "alarms": ["x"]}, GOOD)
    assert (other.refused, other.lines) == ([], 1)


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b'{"at": "2026-03-02T10:00:00Z", "lat": NaN, "lon": 1}',
        b'{"at": "2026-03-02T10:00:00Z", "lat": 1e999, "lon": 1}',
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 20_000,
        json.dumps(GOOD).encode()[:-5],
        json.dumps(GOOD).encode() + b" " * LINE_BYTES_MAX,
        b"x" * (5 * LINE_BYTES_MAX),
    ],
)
def test_a_line_that_is_no_fix_leaves_the_others(line: bytes) -> None:
    found = trail(GOOD, line, GOOD | {"lat": 43.3})
    assert [one.number for one in found.refused] == [2]
    assert len(found.arrivals) == 2


@given(st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(text: bytes) -> None:
    for one in read_lines(io.BytesIO(text)):
        assert isinstance(one, Line | RefusedLine)


def test_lines_are_taken_in_the_order_of_knowledge_and_once() -> None:
    late = GOOD | {"at": "2026-03-02T09:00:00Z", "known_at": "2026-03-02T10:30:00Z"}
    again = GOOD | {"known_at": "2026-03-02T11:00:00Z"}
    found = trail(
        late, again, b"", GOOD, GOOD | {"person": "P-2"}, GOOD | {"lat": None, "lon": None}
    )
    assert [f"{one.at:%H:%M}" for one in found.arrivals] == ["10:00", "10:00", "09:00"]
    assert [one.place is None for one in found.arrivals] == [False, True, False]
    assert (found.lines, found.duplicates, found.refused) == (4, 1, [])


def test_another_sim_card_is_an_alarm_as_at_the_gate() -> None:
    def at_minute(minute: int, sim: str | None, **more: Any) -> dict[str, Any]:
        return GOOD | {"at": at(f"10:{minute:02}").isoformat(), "sim": sim} | more

    found = trail(
        at_minute(0, "A"),
        at_minute(1, None),
        at_minute(2, "A"),
        at_minute(3, "B", alarms=["sos"]),
        at_minute(4, "B"),
        at_minute(5, "A", stored=True),
        at_minute(6, "C", device="other"),
        at_minute(2, "A", known_at=at("10:07").isoformat(), lat=43.3),
        at_minute(8, "A"),
    )
    changed = [(f"{one.at:%M}", one.alarms) for one in found.arrivals if one.alarms]
    assert changed == [("03", ("sos", "sim_changed")), ("08", ("sim_changed",))]


def test_numbers_are_as_exact_as_the_fix_store_keeps_them() -> None:
    """Phones print what they hold in 32 bits with 17 digits."""
    told = {"accuracy_m": 17.299999237060547, "speed_kmh": 5.0000000001}
    told["battery_percent"] = 15.0000001
    (found,) = trail(GOOD | told).arrivals
    assert found.place is not None
    assert (found.place.accuracy_m, found.speed_kmh, found.battery_percent) == (17.3, 5.0, 15.0)


def test_nowhere_is_no_place() -> None:
    nowhere = trail({"at": at("10:00").isoformat(), "lat": 0.0, "lon": 0.0}).arrivals[0]
    assert "invalid_fix" in nowhere.marks


def test_times_are_repaired_as_at_the_gate() -> None:
    ahead = GOOD | {"at": "2026-03-02T10:05:00Z", "known_at": "2026-03-02T10:00:00Z"}
    wrong = GOOD | {"at": "2026-03-05T10:00:00Z", "known_at": "2026-03-02T10:00:00Z"}
    rolled = GOOD | {"at": "2006-07-17T09:59:00Z", "known_at": "2026-03-02T10:00:00Z"}
    found = {frozenset(one.marks): one for one in trail(ahead, wrong, rolled).arrivals}
    assert found[frozenset()].at == at("10:00")
    assert found[frozenset({"clock_fault"})].place is None
    assert found[frozenset({"rolled_over"})].at == at("09:59")
