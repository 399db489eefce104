# SPDX-License-Identifier: EUPL-1.2
"""A device's states are as its newest report has them, in whatever order the reports come."""

from collections.abc import Iterable
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest
from supervision.trails import MINUTE, arrival, at, circle, condition, judged, order, told

from tarazy.supervision.judging.knowing import hearing, known_of
from tarazy.supervision.judging.subjects import Arrival, Wearer

LOW, CRITICAL, NOT_CHARGED = "S-BATTERY-LOW", "S-BATTERY-CRITICAL", "S-BATTERY-NOT-CHARGED"
BATTERIES = (LOW, CRITICAL, NOT_CHARGED)
POWER, MOCK, OFF, JAMMED = "S-POWER-CUT", "S-MOCK-LOCATION", "S-LOCATION-OFF", "S-JAMMING"
RESTRICTED, LOST, MISSED = "S-APP-RESTRICTED", "S-LOCATION-LOST", "S-MISSED-CHECKIN"
ORDER = order(
    condition("inclusion", circle(radius_m=1_000)), monitored_since=at("10:00").isoformat()
)
INVENTED = frozenset({"mock"})


def shown(minutes: int, since: str = "10:00", **more: Any) -> list[Arrival]:
    """At home, a report a minute."""
    return [arrival(at(since) + n * MINUTE, 0, **more) for n in range(minutes)]


def call(when: str, alarm: str, known: str | None = None) -> Arrival:
    return arrival(at(when), None, at(known or when), alarms=(alarm,))


def turns(trail: Iterable[Arrival], until: str, *rules: str) -> list[Any]:
    return told(judged(ORDER, trail, at(until)).turns, *rules)


def test_an_old_figure_of_the_battery_is_not_the_one_of_now() -> None:
    late = arrival(at("07:00"), 0, at("10:30:05"), battery_percent=5.0)
    assert turns([*shown(60, battery_percent=80.0), late], "11:00", *BATTERIES) == []


def test_of_an_upload_the_newest_report_says_how_the_battery_is() -> None:
    draining = [
        arrival(at("10:00") + n * MINUTE, 0, battery_percent=30.0 - n / 2) for n in range(21)
    ]
    upload = [
        arrival(at("13:50") - n * 5 * MINUTE, 0, at("14:00") + n * MINUTE / 60, battery_percent=p)
        for n, p in enumerate((90.0, 90.0, 60.0, 30.0, 9.0, 4.0, 6.0, 8.0, 10.0))
    ]
    assert turns([*draining, *upload], "14:09", *BATTERIES) == [
        ("raised", 1, "10:20:00", None, "10:20:00"),
        ("cleared", 1, "10:20:00", "14:00:00", "14:00:00"),
    ]


@pytest.mark.parametrize("percent", [20.0, None])
def test_who_is_on_a_charger_is_charged_though_the_figure_stays(percent: float | None) -> None:
    low = shown(10, battery_percent=20.0, charging=False)
    charging = shown(290, "10:10", battery_percent=percent, charging=True)
    assert turns([*low, *charging], "14:59", NOT_CHARGED) == []
    assert turns([*low, *shown(290, "10:10", battery_percent=20.0)], "14:59", NOT_CHARGED) == [
        ("raised", 1, "10:00:00", None, "13:00:00")
    ]


def test_an_alarm_tells_of_a_charger_until_another_does() -> None:
    trail = [*shown(300, battery_percent=20.0), call("10:30:30", "charging_started")]
    assert turns(trail, "14:59", NOT_CHARGED) == []
    trail.append(call("11:00:30", "charging_stopped"))
    assert turns(trail, "14:59", NOT_CHARGED) == [("raised", 1, "11:01:00", None, "14:01:00")]


def test_charging_ends_a_power_cut() -> None:
    trail = [*shown(20, charging=False), call("10:10:30", "power_cut")]
    trail += shown(20, "10:20", charging=True)
    assert turns(trail, "10:45", POWER) == [
        ("raised", 1, "10:10:30", None, "10:10:30"),
        ("cleared", 1, "10:10:30", "10:20:00", "10:20:00"),
    ]


@pytest.mark.parametrize("swing", [(22.0, 19.0), (21.0, 20.0), (24.9, 15.1)])
def test_a_battery_that_wavers_about_a_limit_is_one_alert(swing: tuple[float, float]) -> None:
    trail = [arrival(at("10:00") + n * MINUTE, 0, battery_percent=swing[n % 2]) for n in range(60)]
    assert [turn[0] for turn in turns(trail, "11:00", *BATTERIES)] == ["raised"]
    charged = [*trail, *shown(5, "11:00", battery_percent=26.0)]
    assert [turn[0] for turn in turns(charged, "11:04", *BATTERIES)] == ["raised", "cleared"]


@pytest.mark.parametrize("sequence", list(permutations(range(3))))
def test_power_is_as_the_newest_alarm_has_it(sequence: tuple[int, ...]) -> None:
    calls = [("10:10", "power_cut"), ("10:20", "power_restored"), ("10:30", "power_cut")]
    trail = shown(70)
    for n, which in enumerate(sequence):
        when, alarm = calls[which]
        trail.append(call(when, alarm, f"11:0{n}:30"))
    found = turns(trail, "11:09", POWER)
    assert found[-1][0] in {"raised", "reopened", "changed"}
    assert found[-1][3] is None


def test_location_off_of_before_the_last_place_is_over() -> None:
    trail = [*shown(180), call("10:15:05", "location_off", "12:00:05")]
    assert turns(trail, "12:59", OFF, LOST) == []
    trail = [*shown(10), call("10:09:30", "location_off", "10:12")]
    assert turns(trail, "10:13", OFF) == [("raised", 1, "10:09:30", None, "10:12:00")]


def test_a_restriction_that_was_put_right_stays_so() -> None:
    status = [
        call("10:10", "battery_optimisation"),
        call("10:30", "phone_in_order"),
        call("10:20", "battery_optimisation", "10:40"),
    ]
    assert [turn[0] for turn in turns([*shown(60), *status], "10:59", RESTRICTED)] == [
        *("raised", "cleared")
    ]


def test_jamming_of_long_ago_is_over_and_of_the_last_word_is_not() -> None:
    jam = arrival(at("10:15:05"), 0, at("12:00:05"), alarms=("jamming",))
    assert turns([*shown(180), jam], "12:59", JAMMED) == []
    upload = [arrival(at("10:35") + n * MINUTE, 0, at("12:00:06")) for n in range(5)]
    assert turns([*shown(10), jam, *upload], "12:09", JAMMED) == [
        ("raised", 1, "10:15:05", None, "12:00:05"),
        ("cleared", 1, "10:15:05", "12:00:06", "12:00:06"),
    ]


def test_invented_places_are_told_from_when_they_were() -> None:
    late = [arrival(at("10:20") + n * MINUTE, 0, at("11:00"), marks=INVENTED) for n in range(9)]
    assert turns([*shown(20), *late], "11:09", MOCK) == [
        ("raised", 1, "10:20:00", None, "11:00:00")
    ]
    assert turns([*shown(20), *late, *shown(5, "10:59")], "11:09", MOCK) == []


def test_a_late_place_does_not_say_that_there_is_one_now() -> None:
    dark = [arrival(at("10:10") + n * MINUTE, None) for n in range(50)]
    late = arrival(at("10:05"), 0, at("10:50:30"))
    assert [turn[0] for turn in turns([*shown(10), *dark, late], "10:59", LOST)] == ["raised"]


def test_what_a_person_has_to_resolve_counts_whenever_it_comes() -> None:
    late = call("10:05", "strap_tamper", "10:30")
    trail = [*shown(40), call("10:20", "strap_tamper"), late]
    done = judged(ORDER, trail, at("10:39"))
    assert told(done.turns, "S-STRAP-TAMPER") == [
        ("raised", 1, "10:20:00", None, "10:20:00"),
        ("changed", 1, "10:05:00", None, "10:30:00"),
    ]


def asked(*windows: tuple[str, str], **more: Any) -> list[dict[str, Any]]:
    return [{"asked_at": at(a).isoformat(), "until": at(b).isoformat()} | more for a, b in windows]


def check_ins(trail: Iterable[Arrival], *windows: tuple[str, str]) -> list[Any]:
    done = judged(ORDER | {"check_ins": asked(*windows)}, trail, at("12:00"))
    return told(done.turns, MISSED)


def test_an_answer_in_time_that_comes_late_takes_the_alert_back() -> None:
    answer = call("10:15:05", "check_in", "10:40")
    assert [turn[0] for turn in check_ins([*shown(90), answer], ("10:10", "10:20"))] == [
        *("raised", "withdrawn")
    ]
    late = call("10:25", "check_in", "10:40")
    assert [turn[0] for turn in check_ins([*shown(90), late], ("10:10", "10:20"))] == [
        *("raised", "cleared")
    ]


def test_an_answer_in_time_takes_only_its_own_miss_back() -> None:
    windows = ("10:10", "10:20"), ("10:40", "10:50")
    trail = [*shown(120), call("10:15", "check_in", "11:20")]
    found = check_ins(trail, *windows)
    assert [turn[:3] for turn in found] == [
        ("raised", 1, "10:10:00"),
        ("changed", 1, "10:10:00"),
        ("changed", 1, "10:40:00"),
    ]
    both = check_ins([*trail, call("10:45", "check_in", "11:30")], *windows)
    assert [turn[0] for turn in both] == ["raised", "changed", "changed", "withdrawn"]


def newest(wearer: Wearer, reports: Iterable[Arrival]) -> Any:
    known = known_of(wearer)
    for one in reports:
        known = hearing(known, one)
    return known


def test_the_order_of_an_upload_does_not_matter() -> None:
    """Of a state, that is; since when it is so may be known better the one way than the other."""
    known = at("12:00")

    def late(when: datetime, away_m: float | None, **more: Any) -> Arrival:
        return arrival(when, away_m, known, **more)

    reports = [
        late(at("10:01"), 0, battery_percent=50.0),
        late(at("10:02"), 0, battery_percent=9.0, marks=INVENTED),
        late(at("10:03"), 0, battery_percent=70.0, alarms=("power_cut",)),
        late(at("10:04"), None, alarms=("power_restored", "location_off")),
        late(at("10:05"), 0),
    ]
    for sequence in permutations(reports):
        found = newest(Wearer(), sequence)
        assert (found.battery_percent, found.battery_at) == (70.0, at("10:03"))
        assert (found.mock_at, found.unplaced_at, found.placed_at) == (None, None, at("10:05"))
        alarms = {one.name: one.at for one in found.alarms}
        assert alarms["power_restored"] > alarms["power_cut"]
        assert newest(Wearer(), [*sequence, late(at("10:06"), None)]).unplaced_at == known
