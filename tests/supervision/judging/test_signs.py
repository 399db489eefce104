# SPDX-License-Identifier: EUPL-1.2
"""What a device shows over time: each report by itself, nulls and late ones included."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from supervision.trails import MINUTE, arrival, at

from tarazy.supervision.judging import signs as module
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.rules.signs import UNHEARD, Blind, Fell, Reply, Signs

KM = 1_000.0


def shown(arrivals: Iterable[Arrival], before: Signs = UNHEARD) -> Signs:
    told_at = None
    for one in arrivals:
        before = module.signs_after(before, one, told_at)
        told_at = told_at if one.battery_percent is None else one.at
    return before


def batteries(*told: float | tuple[float | None, bool] | None) -> list[Arrival]:
    """A report an hour with so much left, and whether it is being charged."""
    found = []
    for n, one in enumerate(told):
        percent, charging = one if isinstance(one, tuple) else (one, None)
        when = at("00:00") + n * timedelta(hours=1)
        found.append(arrival(when, 0, battery_percent=percent, charging=charging))
    return found


@pytest.mark.parametrize(
    ("told", "falls"),
    [
        pytest.param((), (), id="nothing"),
        pytest.param((None, None), (), id="untold"),
        pytest.param((100, 80, 51), (), id="above half is no concern"),
        pytest.param((50, 49, 44), ((50, 0), (45, 2)), id="in steps of five"),
        pytest.param((50, None, 44), ((50, 0), (45, 2)), id="untold in between"),
        pytest.param((22, 20, 19.9, 10.1, 10), ((25, 0), (20, 1), (15, 3), (10, 4)), id="edges"),
        pytest.param((12, 8, 12, 8), ((15, 0), (10, 1)), id="it wavers"),
        pytest.param((12, 8, 60), (), id="charged between two reports"),
        pytest.param((12, 8, 30, 8), ((30, 2), (10, 3)), id="charged a little"),
        pytest.param((12, (13, True), 12), ((15, 2),), id="on a charger for a moment"),
        pytest.param((12, (12, True)), (), id="on a charger, and no more yet"),
        pytest.param((12, (12, True), 12), (), id="still on it, as far as it says"),
        pytest.param((12, (12, True), (12, False)), ((15, 2),), id="off it, at the same"),
        pytest.param((12, (12, True), 11), ((15, 2),), id="less than on the charger"),
        pytest.param((12, (None, True)), (), id="on a charger, without a number"),
        pytest.param((12, (8, False)), ((15, 0), (10, 1)), id="off it"),
        pytest.param((3, 0), ((5, 0), (0, 1)), id="empty"),
    ],
)
def test_a_battery_falls_until_it_is_charged(told: Any, falls: Any) -> None:
    expected = tuple(Fell(percent, at(f"{hour:02}:00")) for percent, hour in falls)
    assert shown(batteries(*told)).falls == expected


def moving(*told: bool | float | str | None) -> list[Arrival]:
    """A report a minute: what the sensor says, a speed, or an alarm."""
    found = []
    for n, one in enumerate(told):
        facts: dict[str, Any] = {"moving": one if isinstance(one, bool) else None}
        facts["speed_kmh"] = one if isinstance(one, float) else None
        facts["alarms"] = (one,) if isinstance(one, str) else ()
        found.append(arrival(at("10:00") + n * MINUTE, 0, **facts))
    return found


@pytest.mark.parametrize(
    ("told", "since"),
    [
        ((), None),
        ((None, None), None),
        ((False, False), "10:00"),
        ((None, False, None), "10:01"),
        ((False, True, False), "10:02"),
        ((False, 3.0), "10:00"),
        ((False, 9.0), None),
        ((False, "movement"), None),
        ((False, "vibration"), "10:00"),
    ],
)
def test_stillness_is_what_the_sensor_says(told: Any, since: str | None) -> None:
    assert shown(moving(*told)).still_since == (None if since is None else at(since))


def test_blind_on_the_move() -> None:
    dark = [arrival(at("10:00") + n * MINUTE, None, moving=n > 1) for n in range(5)]
    assert shown(dark).blind == Blind(at("10:00"), 3, at("10:02"))
    assert shown([*dark, arrival(at("10:06"), 0)]).blind is None
    assert shown([*dark, arrival(at("10:06"), 0, accuracy_m=None)]).blind is None
    unusable = [arrival(at("10:00"), 0, marks=frozenset({"stale"}), moving=True)]
    assert shown(unusable).blind == Blind(at("10:00"), 1, at("10:00"))


@pytest.mark.parametrize(("away_m", "moves"), [(0, 0), (6 * KM, 0), (30 * KM, 1)])
def test_another_cell_of_the_network_is_a_move(away_m: float, moves: int) -> None:
    coarse = [arrival(at(f"10:0{n}"), n * away_m, accuracy_m=3 * KM) for n in range(2)]
    found = shown(coarse).blind
    assert found is not None
    assert found.moves == moves


def places(*away_km: float, each: timedelta = MINUTE, **more: Any) -> list[Arrival]:
    return [arrival(at("10:00") + n * each, away * KM, **more) for n, away in enumerate(away_km)]


@pytest.mark.parametrize(
    ("told", "jumps"),
    [
        pytest.param((0, 0, 0, 0), 0, id="at rest"),
        pytest.param((0, 2, 4, 6, 8), 0, id="a car"),
        pytest.param((0, 0, 0, 500, 0, 0), 0, id="one outlier"),
        pytest.param((0, 0, 0, 500, 900, 1400), 0, id="wild ones that do not agree"),
        pytest.param((0, 500, 500, 500), 1, id="the first side is told too"),
        pytest.param((0, 0, 0, 500, 500), 0, id="the other side is not either"),
        pytest.param((0, 0, 0, 500, 500, 500), 1, id="there"),
        pytest.param((*(0,) * 3, *(500,) * 4, *(0,) * 3), 2, id="and back"),
        pytest.param((0, 0, 0, *(500, 0) * 6), 2, id="two devices in turn"),
    ],
)
def test_a_jump_needs_the_other_side_told_repeatedly(told: tuple[float, ...], jumps: int) -> None:
    found = shown(places(*told)).jumps
    assert len(found) == jumps
    assert all(abs(one.end.lon - one.start.lon) > 5 for one in found)


def test_a_flight_is_no_jump_and_a_slow_network_is_none() -> None:
    away = [*places(0, 0, 0), *(arrival(at(f"12:0{n}"), 1_200 * KM) for n in range(4))]
    assert shown(away).jumps == ()
    coarse = places(0, 0, 0, 500, 500, 500, accuracy_m=2 * KM)
    marked = places(0, 0, 0, 500, 500, 500, marks=frozenset({"mock"}))
    vague = places(0, 0, 0, 500, 500, 500, accuracy_m=400 * KM)
    assert [shown(one).jumps for one in (coarse, marked, vague)] == [(), (), ()]


def test_wild_places_far_apart_in_time_do_not_belong_together() -> None:
    """A phone that finds a mistaken address once an hour is an outlier each time."""
    told = [*places(0, 0, 0)]
    for hour in range(11, 16):
        told += [arrival(at(f"{hour}:00"), 900 * KM), arrival(at(f"{hour}:01"), 0)]
    assert shown(told).jumps == ()


@pytest.mark.parametrize(
    ("speeds", "moving_reports"),
    [((30.0,) * 12, 11), ((0.0, 30.0) * 6, 6), ((30.0, 0.0) * 6, 5)],
)
def test_the_same_coordinates_at_a_speed(speeds: Any, moving_reports: int) -> None:
    told = [arrival(at("10:00") + n * MINUTE, 0, speed_kmh=one) for n, one in enumerate(speeds)]
    found = shown(told).frozen
    assert found is not None
    begin = {(30.0, 0.0): "10:01"}.get(speeds[:2], "10:00")
    assert found.place.at == at(begin)
    assert found.moving == moving_reports
    assert found.place.at + (found.reports - 1) * MINUTE == at("10:11")
    assert shown([arrival(at("11:00"), 0.1)], shown(told)).frozen is None


@pytest.mark.parametrize("speed", [None, 0.0, 4.9])
def test_the_same_coordinates_at_rest_are_nothing(speed: float | None) -> None:
    told = [arrival(at("10:00") + n * MINUTE, 0, speed_kmh=speed) for n in range(30)]
    assert shown(told).frozen is None


def test_of_late_reports_the_battery_and_of_faulty_clocks_only_answers_count() -> None:
    late: dict[str, Any] = {"battery_percent": 5.0, "moving": True, "alarms": ("check_in",)}
    told = [
        arrival(at("10:00"), 0, at("10:03"), **late),
        arrival(at("10:05"), None, marks=frozenset({"clock_fault"}), **late),
    ]
    found = replace(shown(told[:1]), falls=(), left=None)  # the battery is as the newest tells it
    assert found == Signs(replies=(Reply(at("10:00"), at("10:03")),))
    assert shown(told).replies == (
        Reply(at("10:00"), at("10:03")),
        Reply(at("10:05"), at("10:05")),
    )
    assert shown(told[1:]) == Signs(replies=(Reply(at("10:05"), at("10:05")),))


def test_few_answers_and_jumps_are_kept() -> None:
    many = [arrival(at("10:00") + n * MINUTE, 0, alarms=("check_in",)) for n in range(50)]
    found = shown([*many, *places(0, 0, 0, 500, 500, 500)])
    assert len(found.replies) == module.ANSWERS_KEPT
    swinging = [km for _ in range(20) for km in (0, 0, 0, 500, 500, 500)]
    assert len(shown(places(*swinging)).jumps) == module.JUMPS_KEPT


def test_what_stands_in_the_tables_is_read_again() -> None:
    told = [
        *batteries(50, 30, 10),
        *moving(*(False,) * 2),
        *(arrival(at("12:00") + n * MINUTE, 0 if n < 3 else 500 * KM) for n in range(6)),
        arrival(at("13:00"), None, moving=True, alarms=("check_in",)),
    ]
    found = shown(told)
    assert found.jumps
    assert found.blind
    assert module.read(module.kept(found, None), None) == found
    assert module.kept(UNHEARD, None) is None
    assert module.read(None, None) is UNHEARD


def test_rows_from_before_a_sign_was_kept_are_read() -> None:
    row = {"falls": [[20, "2026-03-02T10:00:00Z"]], "answers": ["2026-03-02T10:01:00Z"]}
    assert module.read(row, None) == Signs(falls=(Fell(20, at("10:00")),), answers=(at("10:01"),))


def test_a_place_that_stands_beside_the_signs_stands_there_alone() -> None:
    found = shown(places(0, 0, 0))
    told = module.kept(found, found.here)
    assert told["here"] == module.SAME
    later = arrival(at("11:00"), 0.01).place
    assert module.read(told, later) == replace(found, here=later)
    assert module.read(told, None) == replace(found, here=None)


def test_a_report_that_shows_nothing_new_asks_no_rule() -> None:
    before, told_at = shown(places(0, 0, 0, battery_percent=80.0, moving=False)), at("10:02")
    after = module.signs_after(
        before, arrival(at("10:05"), 0.01, battery_percent=79.0, moving=False), told_at
    )
    assert module.told_of(before) == module.told_of(after)
    changed = module.signs_after(before, arrival(at("10:05"), 0, moving=True), told_at)
    assert module.told_of(before) != module.told_of(changed)
