# SPDX-License-Identifier: EUPL-1.2
"""Buffers, ways through a zone between two fixes, classes of places, and what outranks what."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from supervision.trails import (
    KEEP_OUT,
    MINUTE,
    NIGHTS,
    START,
    ZONE,
    arrival,
    at,
    circle,
    condition,
    judged,
    order,
    stay,
    told,
)

from tarazy.supervision.judging import facets
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.presence.geometry import Circle
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.replay.orders import read_orders, subject_of

BUFFER, CROSSING = "S-BUFFER-ENTRY", "S-POSSIBLE-CROSSING"
EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]


def drive(since: str, *away_m: float, each_s: int = 60) -> list[Arrival]:
    """A report each minute, each from another place."""
    return [arrival(at(since) + n * MINUTE * each_s / 60, each) for n, each in enumerate(away_m)]


def times(turns: Any, *rules: str) -> list[tuple[str, str, str | None]]:
    return [(kind, since, until) for kind, _, since, until, _ in told(turns, *rules)]


def test_a_buffer_around_a_zone_to_keep_out_of_has_alerts_of_its_own() -> None:
    keep_out = order(condition("exclusion", circle(2_000, 300), buffer_m=500))
    trail = [*stay(at("10:00"), 5, 0), *stay(at("10:05"), 5, 1_400), *stay(at("10:10"), 5, 2_000)]
    done = judged(keep_out, [*trail, *stay(at("10:15"), 8, 0)], at("10:30"))
    assert times(done.turns, KEEP_OUT) == [
        ("raised", "10:10:00", None),
        ("cleared", "10:10:00", "10:17:00"),
    ]
    assert times(done.turns, BUFFER) == [
        ("raised", "10:05:00", None),
        ("cleared", "10:05:00", "10:17:00"),
    ]
    (raised,) = [one for one in done.turns if one.kind == "raised" and one.cause[0] == BUFFER]
    assert (raised.severity, raised.cause[1]) == ("low", 0)
    assert "Within 500 m of exclusion" in raised.breach.sentence.format(**raised.breach.facts)


def test_a_buffer_inside_a_zone_to_stay_in() -> None:
    stay_in = order(condition("inclusion", circle(0, 1_000), buffer_m=400))
    trail = [*stay(at("10:00"), 5, 0), *stay(at("10:05"), 6, 800), *stay(at("10:11"), 3, 100)]
    done = judged(stay_in, trail, at("10:30"))
    assert times(done.turns, ZONE) == []
    assert times(done.turns, BUFFER) == [
        ("raised", "10:07:00", None),
        ("cleared", "10:07:00", "10:11:00"),
    ]


def test_a_buffer_changes_nothing_about_the_zone() -> None:
    trail = [*stay(at("10:00"), 9, 0), *stay(at("10:09"), 9, 1_300), *stay(at("10:18"), 9, 2_000)]
    plain, ringed = (
        judged(order(condition("exclusion", circle(2_000, 300), **more)), trail, at("10:40"))
        for more in ({}, {"buffer_m": 800})
    )
    assert told(plain.turns) == told(ringed.turns)
    assert plain.subject.watched[0] == ringed.subject.watched[0]


@pytest.mark.parametrize(
    ("kind", "zone", "buffer_m", "reason"),
    [
        ("exclusion", Circle(43, 77, 50), 49, "from 50 to 5000 m"),
        ("exclusion", Circle(43, 77, 50), 5_001, "from 50 to 5000 m"),
        ("exclusion", Circle(43, 77, 50), float("nan"), "from 50 to 5000 m"),
        ("home_curfew", Circle(43, 77, 500), 100, "a curfew"),
        ("inclusion", Circle(43, 77, 100), 100, "not deeper"),
        ("inclusion", None, 100, "not deeper"),
    ],
)
def test_a_ring_that_could_not_be_judged(
    kind: str, zone: Any, buffer_m: float, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        facets.check_buffer(kind, zone, buffer_m)


THROUGH = [*stay(at("10:00"), 5, 0), *drive("10:05", 1_500, 2_600, 4_000, 4_000)]
PASSES = order(condition("exclusion", circle(2_000, 300)))


def test_a_zone_between_two_fixes_was_possibly_crossed() -> None:
    done = judged(PASSES, THROUGH, at("10:20"))
    assert told(done.turns, CROSSING) == [
        ("raised", 1, "10:05:00", "10:06:00", "10:07:00"),
    ]
    assert told(done.turns, KEEP_OUT) == []
    (turn,) = [one for one in done.turns if one.cause[0] == CROSSING]
    assert (turn.severity, turn.breach.probability) == ("low", None)
    assert turn.breach.facts["seconds"] == 60
    assert [one.at for one in turn.breach.evidence] == [at("10:05"), at("10:06")]


@pytest.mark.parametrize(
    "trail",
    [
        pytest.param([*stay(at("10:00"), 5, 0), *drive("10:05", 2_600, 0, 0)], id="one wild place"),
        pytest.param(THROUGH[:-2], id="nothing came after it yet"),
        pytest.param([*THROUGH[:-2], *drive("10:07", 0, 0)], id="what came next denies it"),
        pytest.param(drive("10:00", 1_500, 2_600, 4_000), id="nothing was before it"),
        pytest.param([*stay(at("10:00"), 5, 0), *drive("10:05", 500, 1_600, 1_500)], id="near it"),
        pytest.param(
            [*stay(at("10:00"), 5, 1_690), *drive("10:05", 2_310, 4_000)], id="beside the fence"
        ),
        pytest.param(
            [*stay(at("10:00"), 5, 0), *drive("10:05", 1_500, 2_600, 4_000, each_s=3_700)],
            id="hours lie between",
        ),
    ],
)
def test_no_crossing(trail: list[Arrival]) -> None:
    assert told(judged(PASSES, trail, at("20:00")).turns, CROSSING) == []


def test_an_entry_is_never_a_possible_crossing_too() -> None:
    trail = [*stay(at("10:00"), 5, 0), *drive("10:05", 1_500, 2_000, 2_600, 4_000, 4_000)]
    done = judged(PASSES, trail, at("10:20"))
    assert [kind for kind, *_ in told(done.turns, KEEP_OUT)] == ["raised", "cleared"]
    assert told(done.turns, CROSSING) == []


def test_late_fixes_that_show_the_way_withdraw_a_possible_crossing() -> None:
    seen = [arrival(at(f"10:05:{n}"), 2_000, at("10:15")) for n in (20, 40)]
    done = judged(PASSES, [*THROUGH, *seen, *stay(at("10:16"), 5, 4_000)], at("10:30"))
    assert [turn[0] for turn in told(done.turns, CROSSING)] == ["raised", "withdrawn"]
    assert [turn[0] for turn in told(done.turns, KEEP_OUT)] == ["raised", "cleared"]


def test_of_a_class_of_places_each_one_counts() -> None:
    schools = [
        {"name": f"No. {n}", "place_class": "school", "zone": circle(away, 200)}
        for n, away in ((1, 2_000), (2, 6_000))
    ]
    about = condition("exclusion", {"kind": "places", "place_class": "school"}, buffer_m=300)
    trail = [*stay(at("10:00"), 5, 0), *drive("10:05", 1_000, 4_000, 4_000)]
    trail += [*stay(at("10:08"), 5, 6_000), *stay(at("10:13"), 9, 9_000)]
    done = judged(order(about, shared_zones=schools), trail, at("10:30"))
    (raised, _) = [one for one in done.turns if one.cause[0] == KEEP_OUT]
    assert raised.breach.facts == {"zone": "exclusion: No. 2"}
    assert times(done.turns, KEEP_OUT)[-1] == ("cleared", "10:08:00", "10:15:00")
    (crossed,) = [one for one in done.turns if one.cause[0] == CROSSING]
    assert crossed.breach.facts["zone"] == "exclusion: No. 1"


def hours(since: str, until: str) -> list[dict[str, Any]]:
    return [{"days": EVERY_DAY, "from": since, "until": until}]


def raised_from(done: Any, rule: str) -> list[datetime]:
    return [one.breach.since for one in done.turns if one.kind == "raised" and one.cause[0] == rule]


@pytest.mark.parametrize(
    ("priority", "expected"),
    [
        pytest.param(0, [], id="home rests while work applies"),
        pytest.param(1, [at("17:00")], id="equal: both apply"),
        pytest.param(2, [at("17:00")], id="home outranks work"),
    ],
)
def test_of_two_demands_to_be_somewhere_the_higher_one_wins(
    priority: int, expected: list[datetime]
) -> None:
    """At work from before 22:00 (17:00 UTC) until after 06:00."""
    work = condition("inclusion", circle(5_000), timetable=hours("21:00", "07:00"), priority=1)
    home = condition("home_curfew", timetable=NIGHTS, priority=priority)
    done = judged(order(home, work), stay(at("15:50"), 690, 5_000), at("03:00", day=1))
    assert raised_from(done, START) == expected
    assert raised_from(done, ZONE) == []


def test_what_is_outranked_applies_again_afterwards() -> None:
    """Work outranks home until 00:00 only (19:00 UTC); nobody came home."""
    work = condition("inclusion", circle(5_000), timetable=hours("21:00", "24:00"), priority=1)
    home = condition("home_curfew", timetable=NIGHTS)
    done = judged(order(home, work), stay(at("15:50"), 300, 5_000), at("20:00"))
    assert raised_from(done, START) == [at("19:00")]


def test_of_many_ranks_the_highest_whose_hours_run_applies() -> None:
    """Forty zones to stay in, each from another hour on until midnight, and of another rank."""
    ranks = range(40)
    told_of = order(
        *(
            condition("inclusion", timetable=hours(f"{n % 24:02}:00", "24:00"), priority=n)
            | {"name": str(n)}
            for n in ranks
        )
    )
    (read,) = read_orders(msgspec.json.encode(told_of))
    watched = subject_of(read, 1).watched
    for hour in range(24):
        moment = at("19:30", day=5) + timedelta(hours=hour)  # 00:30 and so on in Almaty
        running = [n for n in ranks if n % 24 <= hour]
        applies = [
            int(one.zone_name)
            for one in watched
            if any(span.contains(moment) for span in one.demand.around(moment))
        ]
        assert applies == [max(running)]
        day = Interval(at("19:00", day=5), at("19:00", day=6))
        whole = [one.demand.within(day) for one in watched]
        assert [n for n in ranks if any(one.contains(moment) for one in whole[n])] == applies


def test_a_demand_to_keep_out_is_never_outranked_and_never_rests() -> None:
    told_of = order(
        condition("exclusion", circle(2_000, 300)),
        condition("inclusion", circle(2_000, 3_000), priority=100),
        permitted_absences=[
            {"since": at("09:00").isoformat(), "until": at("12:00", day=3).isoformat()}
        ],
    )
    done = judged(told_of, stay(at("10:00"), 10, 2_000), at("10:20"))
    assert raised_from(done, KEEP_OUT) == [at("10:00")]
