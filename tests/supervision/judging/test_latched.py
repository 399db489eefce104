# SPDX-License-Identifier: EUPL-1.2
"""What a device calls out: tamper never clears without a person, other alarms do."""

from datetime import timedelta

from supervision.trails import arrival, at, circle, condition, judged, order, stay, told

from tarazy.supervision.judging.subjects import Arrival

STRAP, JAMMING, MOCK, LOST = "S-STRAP-TAMPER", "S-JAMMING", "S-MOCK-LOCATION", "S-LOCATION-LOST"
ORDER = order(condition("inclusion", circle(radius_m=1_000)))
MINUTE = timedelta(minutes=1)


def called(when: str, *alarms: str) -> Arrival:
    return arrival(at(when) + timedelta(seconds=30), 0, alarms=alarms)


def test_tamper_is_one_alert_that_counts_and_stays() -> None:
    short = ORDER | {
        "in_force": {"since": at("06:00").isoformat(), "until": at("12:00").isoformat()}
    }
    trail = [*stay(at("10:00"), 60, 0), called("10:05", "strap_tamper")]
    trail += [called("10:07", "strap_tamper"), called("10:40", "strap_tamper")]
    done = judged(short, trail, at("13:00"))
    assert [(kind, since, until) for kind, _, since, until, _ in told(done.turns, STRAP)] == [
        ("raised", "10:05:30", None),
        ("changed", "10:05:30", None),
        ("changed", "10:05:30", None),
    ]
    (_, _, last) = [turn for turn in done.turns if turn.cause[0] == STRAP]
    assert last.breach.facts == {"count": 3}


def test_late_data_leave_a_tamper_alone() -> None:
    waited = [arrival(at("10:05") + n * MINUTE, 0, at("10:30")) for n in range(10)]
    trail = [*stay(at("10:00"), 5, 0), called("10:20", "strap_tamper"), *waited]
    done = judged(ORDER, trail, at("11:00"))
    assert done.judgements_again == 1
    assert [turn[0] for turn in told(done.turns, STRAP)] == ["raised"]


def test_a_stored_alarm_is_raised_with_the_time_at_which_it_happened() -> None:
    stored = arrival(at("10:05"), 0, at("10:30"), alarms=("strap_tamper",))
    done = judged(ORDER, [*stay(at("10:00"), 5, 0), stored], at("10:40"))
    assert told(done.turns, STRAP) == [("raised", 1, "10:05:00", None, "10:30:00")]


def test_jamming_ends_by_being_quiet() -> None:
    trail = [*stay(at("10:00"), 60, 0), called("10:05", "jamming"), called("10:10", "jamming")]
    assert told(judged(ORDER, trail, at("11:00")).turns, JAMMING) == [
        ("raised", 1, "10:05:30", None, "10:05:30"),
        ("cleared", 1, "10:05:30", "10:25:30", "10:25:30"),
    ]


def test_invented_places_and_places_that_are_missing() -> None:
    mock = frozenset({"mock"})
    trail = stay(at("10:00"), 10, 0)
    trail += [arrival(at("10:10") + n * MINUTE, 0, marks=mock) for n in range(10)]
    trail += [arrival(at("10:20") + n * MINUTE, None) for n in range(40)]
    trail += stay(at("11:00"), 5, 0)
    found = told(judged(ORDER, trail, at("11:10")).turns, MOCK, LOST)
    assert [turn[0] for turn in found] == ["raised", "cleared"]
    trail = [
        *stay(at("10:00"), 10, 0),
        *(arrival(at("10:10") + n * MINUTE, None) for n in range(50)),
    ]
    found = told(judged(ORDER, [*trail, *stay(at("11:00"), 5, 0)], at("11:10")).turns, LOST)
    assert found == [
        ("raised", 1, "10:10:00", None, "10:40:00"),
        ("cleared", 1, "10:10:00", "11:00:00", "11:00:00"),
    ]
