# SPDX-License-Identifier: EUPL-1.2
"""Trails judged without a database: what comes in time, and what comes late."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from supervision.trails import (
    KEEP_OUT,
    MINUTE,
    NIGHTS,
    SILENT,
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

from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.replay import course, lines

INCLUSION = order(condition("inclusion", circle(radius_m=1_000)))
AT_HOME = order(condition("home_curfew", timetable=NIGHTS))
SECOND = timedelta(seconds=1)


def stored(since: str, minutes: int, away_m: float, back: str) -> list[Arrival]:
    """Reports that waited in the device, sent in order with 0.3 s between them."""
    return [
        arrival(at(since) + n * MINUTE, away_m, at(back) + 0.3 * n * SECOND) for n in range(minutes)
    ]


def newest_first(arrivals: list[Arrival]) -> list[Arrival]:
    """The same uploaded in the other order."""
    known = [one.known_at for one in arrivals]
    return [
        arrival(one.at, None, when) if one.place is None else _known(one, when)
        for one, when in zip(reversed(arrivals), known, strict=True)
    ]


def _known(one: Arrival, known_at: Any) -> Arrival:
    return Arrival(0, one.at, known_at, one.place, None, None, frozenset())


def stays(done: course.Replayed) -> list[tuple[str, str]]:
    (one,) = done.subject.watched
    return [(change.presence.value, f"{change.at:%H:%M}") for change in one.changes]


def test_what_comes_in_time() -> None:
    trail = [*stay(at("10:00"), 5, 0), *stay(at("10:05"), 5, 4_000), *stay(at("10:10"), 5, 0)]
    done = judged(INCLUSION, trail, at("10:20"))
    assert told(done.turns) == [
        ("raised", 1, "10:07:00", None, "10:07:00"),
        ("cleared", 1, "10:07:00", "10:10:00", "10:10:00"),
    ]
    assert stays(done) == [("inside", "10:00"), ("outside", "10:07"), ("inside", "10:10")]
    assert done.judgements_again == 0


@pytest.mark.parametrize("order_of", [list, newest_first], ids=["oldest first", "newest first"])
def test_an_hour_of_stored_fixes_after_a_gap(order_of: Any) -> None:
    """Away 10:20 to 10:39, known at 11:00: one judgement of the upload, with the true times."""
    waited = [
        *stored("10:01", 19, 0, "11:00"),
        *stored("10:20", 20, 4_000, "11:00:06"),
        *stored("10:40", 20, 0, "11:00:12"),
    ]
    done = judged(INCLUSION, [*stay(at("10:00"), 1, 0), *order_of(waited)], at("11:10"))
    kinds = [(kind, since, until) for kind, _, since, until, _ in told(done.turns)]
    assert kinds == [("raised", "10:22:00", "10:40:00")]
    assert all(turn.known_at >= at("11:00") for turn in done.turns if turn.cause[0] == ZONE)
    assert [state for state, _ in stays(done)] == ["inside", "outside", "inside"]
    assert done.judgements_again == 1


def thrown(since: str, minutes: int) -> list[Arrival]:
    """At home for half an hour, at once 3 km away for some minutes, and back at once."""
    begun = at(since)
    return [
        *stay(begun, 30, 0),
        *stay(begun + 30 * MINUTE, minutes, 3_000),
        *stay(begun + (30 + minutes) * MINUTE, 5, 0),
    ]


def test_a_place_to_which_a_device_is_thrown_calls_once() -> None:
    done = judged(INCLUSION, [*thrown("10:00", 4), *thrown("11:00", 5)], at("11:50"))
    assert [turn[0] for turn in told(done.turns)] == ["raised", "cleared"]
    assert len(done.subject.wearer.throws.known) == 1


def test_who_goes_there_and_stays_is_found_after_ten_minutes() -> None:
    trail = [*thrown("10:00", 4), *stay(at("11:00"), 30, 0), *stay(at("11:30"), 12, 3_000)]
    done = judged(INCLUSION, trail, at("11:42"))
    assert told(done.turns)[-1] == ("raised", 2, "11:32:00", None, "11:40:00")


def test_where_nobody_goes_so_quickly_a_device_that_was_thrown_is_doubted() -> None:
    rest, back = stay(at("11:00"), 30, 0), stay(at("11:36"), 5, 0)
    throws = [*thrown("10:00", 4), *rest, *stay(at("11:30"), 6, 1_500), *back]
    done = judged(INCLUSION, throws, at("11:41"))
    assert [turn[0] for turn in told(done.turns)] == ["raised", "cleared"]
    on = [*thrown("10:00", 4), *rest, *stay(at("11:30"), 3, 1_500), *stay(at("11:33"), 3, 1_650)]
    done = judged(INCLUSION, on, at("11:36"))
    assert told(done.turns)[-1] == ("raised", 2, "11:32:00", None, "11:34:00")


def test_a_throw_after_a_stray_report_is_no_ride() -> None:
    rest, back = stay(at("11:00"), 30, 0), stay(at("11:36"), 5, 0)
    chain = [arrival(at("11:30"), 1_500), *stay(at("11:31"), 5, -2_000)]
    done = judged(INCLUSION, [*thrown("10:00", 4), *rest, *chain, *back], at("11:41"))
    assert [turn[0] for turn in told(done.turns)] == ["raised", "cleared"]
    ride = [arrival(at("11:30"), 1_500), *stay(at("11:31"), 5, 3_000)]
    done = judged(INCLUSION, [*thrown("10:00", 4), *rest, *ride], at("11:36"))
    assert told(done.turns)[-1] == ("raised", 2, "11:32:00", None, "11:32:00")


def test_a_device_whose_throws_are_short_waits_until_they_are_over() -> None:
    near, before = order(condition("inclusion", circle(radius_m=50))), stay(at("09:40"), 20, 0)
    for n in range(20):
        before += stay(at("10:00") + 12 * n * MINUTE, 10, 0)
        before += stay(at("10:10") + 12 * n * MINUTE, 2, 1_000 + 100 * n)
    before += stay(at("14:00"), 15, 0)
    throw = [*stay(at("14:15"), 5, 300), *stay(at("14:20"), 5, 0)]
    assert not told(judged(near, [*before, *throw], at("14:25")).turns, "S-INCLUSION-EXIT")
    stays = [*before, *stay(at("14:15"), 9, 300)]
    (turn,) = told(judged(near, stays, at("14:24")).turns, "S-INCLUSION-EXIT")
    assert turn == ("raised", 1, "14:17:00", None, "14:20:00")


def test_who_drives_off_elsewhere_is_found_as_soon_as_ever() -> None:
    away = [arrival(at("11:30") + n * MINUTE, 800.0 * (n + 1)) for n in range(5)]
    done = judged(
        INCLUSION,
        [*thrown("10:00", 4), *stay(at("11:00"), 30, 0), *away],
        at("11:36"),
    )
    assert told(done.turns)[-1][2:] == ("11:33:00", None, "11:33:00")


def test_a_zone_to_keep_out_of_doubts_nothing() -> None:
    keep_out = order(condition("exclusion", circle(3_000)))
    done = judged(keep_out, [*thrown("10:00", 4), *thrown("11:00", 5)], at("12:10"))
    assert [turn[0] for turn in told(done.turns)].count("raised") == 2


@pytest.mark.parametrize(
    ("after", "found"),
    [
        pytest.param(stay(at("11:31"), 5, 0), [], id="back at once: a stray report"),
        pytest.param([], [], id="nothing more is heard yet"),
        pytest.param(
            stay(at("11:31"), 2, 3_000), [("raised", "11:30:00", "11:31:00")], id="it stays"
        ),
        pytest.param(
            stay(at("11:31"), 1, 5_000), [("raised", "11:30:00", "11:31:00")], id="it goes on"
        ),
        pytest.param(
            stay(at("11:34"), 1, 0), [("raised", "11:30:00", "11:34:00")], id="back, not at once"
        ),
    ],
)
def test_a_zone_to_keep_out_of_waits_for_the_report_after_a_leap_from_rest(
    after: Sequence[Arrival], found: Sequence[tuple[str, str, str]]
) -> None:
    trail = [*stay(at("11:00"), 30, 0), *stay(at("11:30"), 1, 3_000), *after]
    done = judged(order(condition("exclusion", circle(3_000))), trail, at("11:36"))
    assert entries(done) == list(found)


def test_who_is_seen_on_the_way_there_is_found_at_the_first_report() -> None:
    way = [arrival(at("11:30") + n * MINUTE, 1_000.0 * (n + 1)) for n in range(3)]
    done = judged(
        order(condition("exclusion", circle(3_000))), [*stay(at("11:00"), 30, 0), *way], at("11:33")
    )
    assert entries(done) == [("raised", "11:32:00", "11:32:00")]


def entries(done: course.Replayed) -> list[tuple[str, str, str]]:
    """Alerts of a zone to keep out of that were raised: since when, and when that was known."""
    return [
        (one.kind, f"{one.breach.since:%T}", f"{one.known_at:%T}")
        for one in done.turns
        if one.cause[0] == "S-EXCLUSION-ENTRY" and one.kind == "raised"
    ]


def test_a_zone_to_keep_out_of_hears_once_what_counts_after_all() -> None:
    on = [*stay(at("11:00"), 30, 0), *stay(at("11:30"), 3, 3_000), *stay(at("11:33"), 3, 6_000)]
    both = order(condition("exclusion", circle(3_000)), condition("inclusion", circle()))
    found = []
    for before in (thrown("10:00", 4), stay(at("10:00"), 39, 0)):
        done = judged(both, [*before, *on], at("11:36"))
        found.append([one.state for one in done.subject.watched if one.kind == "exclusion"])
    assert found[0] == found[1]


@pytest.mark.parametrize("order_of", [list, newest_first], ids=["oldest first", "newest first"])
def test_a_throw_that_is_known_late_withdraws_what_it_explains(order_of: Any) -> None:
    """The first throw waited for a network; the second one was believed until then."""
    first = [
        _known(one, at("11:36") + 0.3 * n * SECOND) for n, one in enumerate(thrown("10:00", 4))
    ]
    trail = [*stay(at("09:40"), 15, 0), *order_of(first), *thrown("11:00", 5)]
    done = judged(INCLUSION, trail, at("12:10"))
    in_time = judged(
        INCLUSION,
        [*stay(at("09:40"), 15, 0), *thrown("10:00", 4), *thrown("11:00", 5)],
        at("12:10"),
    )
    assert done.subject.wearer.throws == in_time.subject.wearer.throws
    assert stays(done) == stays(in_time)
    assert "withdrawn" in [turn[0] for turn in told(done.turns)]


def test_the_unknown_that_was_believed_is_superseded() -> None:
    trail = [*stay(at("10:00"), 1, 0), *stored("10:01", 59, 0, "11:00")]
    before = judged(INCLUSION, trail, at("10:59"))
    assert stays(before) == [("inside", "10:00"), ("unknown", "10:15")]
    assert stays(judged(INCLUSION, trail, at("11:10"))) == [("inside", "10:00")]


def test_an_alert_that_late_data_deny_is_withdrawn() -> None:
    """Last seen outside before the curfew, home by reports that waited for a network."""
    trail = [*stay(at("16:30"), 25, 3_000), *stored("16:55", 20, 0, "17:15")]
    done = judged(AT_HOME, trail, at("17:30"))
    assert [turn[0] for turn in told(done.turns)] == ["raised", "cleared", "withdrawn"]
    (withdrawn,) = [turn for turn in done.turns if turn.kind == "withdrawn"]
    assert withdrawn.breach.sentence.startswith("Withdrawn:")
    assert withdrawn.known_at > at("17:15")


def test_what_was_withdrawn_keeps_its_number() -> None:
    """Whoever judges gives the number of a withdrawn alert again."""
    trail = [*stay(at("16:30"), 25, 3_000), *stored("16:55", 20, 0, "17:15")]
    done = judged(AT_HOME, trail, at("17:30"))
    turns = [one for one in done.turns if one.cause[0] == START]
    found = lines.alerts("P-1", done.subject, [*turns, turns[0]])
    assert [(one.number, one.version, one.turn) for one in found] == [
        (1, 1, "raised"), (1, 2, "cleared"), (1, 3, "withdrawn"), (2, 1, "raised"),
    ]  # fmt: skip


def test_cells_of_kilometres_say_that_the_place_is_lost() -> None:
    """A phone that is allowed to tell its place roughly only is heard, and sees nobody."""
    rough = [arrival(at("17:15") + n * MINUTE, 3_000, accuracy_m=2_500.0) for n in range(120)]
    done = judged(AT_HOME, [*stay(at("17:00"), 15, 0), *rough], at("19:15"))
    lost = [one for one in done.turns if one.cause[0] == "S-LOCATION-LOST"]
    assert [(one.kind, one.breach.since) for one in lost] == [("raised", at("17:15"))]
    back = [*stay(at("17:00"), 15, 0), *rough, *stay(at("19:15"), 3, 0)]
    turns = judged(AT_HOME, back, at("19:20")).turns
    assert [one.kind for one in turns if one.cause[0] == "S-LOCATION-LOST"] == ["raised", "cleared"]


def test_an_upload_in_the_morning_tells_nothing_of_the_night() -> None:
    """Its last report is of seven hours ago: that is no reason to believe in somebody at home."""
    trail = [
        arrival(one.at, 0, one.known_at + timedelta(days=1))
        for one in stored("16:00", 120, 0, "00:55")
    ]
    done = judged(AT_HOME, trail, at("00:58", day=1))
    (home,) = (one for one in done.subject.watched if one.facet == "zone")
    assert [one.presence for one in home.changes] == [Presence.INSIDE, Presence.UNKNOWN]
    assert home.changes[-1].at == at("17:59") + 15 * MINUTE


def test_a_beginning_that_late_data_move_is_a_change_of_the_same_alert() -> None:
    trail = [
        *stay(at("10:00"), 5, 0),
        *stored("10:05", 10, 4_000, "10:20"),
        *stay(at("10:16"), 4, 4_000),
        *stay(at("10:21"), 3, 4_000),
    ]
    done = judged(INCLUSION, trail, at("10:30"))
    assert told(done.turns) == [
        ("raised", 1, "10:18:00", None, "10:18:00"),
        ("changed", 1, "10:07:00", None, "10:20:07"),
    ]


def test_an_end_that_late_data_deny_opens_the_same_alert_again() -> None:
    """One fix ended the breach; late ones before it show that it was an outlier's neighbour."""
    trail = [
        *stay(at("10:00"), 3, 0),
        *stay(at("10:03"), 6, 4_000),
        arrival(at("10:12"), 0),
        *stored("10:12:10", 3, 0, "10:20"),
        *stay(at("10:21"), 6, 4_000),
    ]
    kinds = [turn[0] for turn in told(judged(INCLUSION, trail, at("10:40")).turns)]
    assert kinds == ["raised", "cleared", "reopened"]


def test_duplicates_and_the_same_again_later_change_nothing() -> None:
    trail = [*stay(at("10:00"), 5, 0), *stay(at("10:05"), 5, 4_000), *stay(at("10:10"), 5, 0)]
    again = [_known(one, at("10:30") + n * SECOND) for n, one in enumerate(trail)]
    once, twice = (judged(INCLUSION, one, at("10:40")) for one in (trail, [*trail, *again]))
    assert told(once.turns) == told(twice.turns)
    assert once.subject.watched == twice.subject.watched


def test_silence_is_about_when_we_heard_and_late_data_do_not_deny_it() -> None:
    trail = [*stay(at("10:00"), 1, 0), *stored("10:01", 59, 0, "11:00")]
    assert [turn[0] for turn in told(judged(AT_HOME, trail, at("11:05")).turns, SILENT)][1:] == [
        *("cleared", "reopened", "cleared")
    ]


def test_what_was_believed_when_does_not_depend_on_how_it_was_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = random.Random(5)
    trail = []
    for n in range(600):
        when = at("10:00") + n * MINUTE
        away = chance.choice([0, 0, 4_000]) if n % 50 < 25 else 0
        late = chance.choice([0, 0, 0, 200, 4_000]) * SECOND
        trail.append(arrival(when, away + chance.gauss(0, 20), when + late))
    told_of = order(
        condition("inclusion", circle(radius_m=1_000)), condition("home_curfew", timetable=NIGHTS)
    )
    found = []
    for most in (7, 100, 500):
        monkeypatch.setattr(course, "ARRIVALS_AT_ONCE", most)
        done = judged(told_of, trail, at("22:00"))
        found.append((done.turns, done.subject.watched, done.subject.episodes))
    assert found[0] == found[1] == found[2]


def test_in_the_end_the_order_of_arrival_does_not_matter() -> None:
    """What is believed at last is the same as if each report had come at its own time."""
    chance = random.Random(7)
    times = sorted(chance.sample(range(36_000), 500))
    whole = [
        arrival(at("07:00") + s * SECOND, 4_000 if (s // 3_600) % 3 == 1 else 0) for s in times
    ]
    shuffled = [_known(one, one.at + chance.choice([0, 300, 7_000]) * SECOND) for one in whole]
    in_time, late = (judged(INCLUSION, trail, at("23:00")) for trail in (whole, shuffled))
    assert late.judgements_again > 10
    assert [stays(one) for one in (in_time,)] == [stays(late)]
    cause = next(cause for cause in in_time.subject.episodes if cause[0] == ZONE)
    spells = [
        [
            (spell.since, spell.until)
            for each in one.subject.episodes[cause]
            for spell in each.spells
        ]
        for one in (in_time, late)
    ]
    assert spells[0] == spells[1]
    assert len(spells[0]) == 3


def test_a_permitted_absence_of_days_and_an_exceptional_day() -> None:
    absence = {
        "since": at("12:00").isoformat(),
        "until": at("12:00", day=20).isoformat(),
    }
    free = [{"date": "2026-03-23", "hours": []}]
    told_of = order(
        condition("home_curfew", timetable=NIGHTS, exceptions=free),
        condition("exclusion", circle(9_000)),
        permitted_absences=[absence],
    )
    trail = stay(at("16:50"), 3, 9_000)
    for day in range(1, 25):
        trail += stay(at("16:50", day=day), 3, 3_000)
    done = judged(told_of, trail, at("12:00", day=25))
    raised = [
        turn for turn in done.turns if turn.kind == "raised" and turn.cause[0] in {START, KEEP_OUT}
    ]
    assert [(turn.cause[0], turn.breach.since) for turn in raised] == [
        (KEEP_OUT, at("16:50")),
        (START, at("17:00", day=20)),
        *((START, at("17:00", day=day)) for day in (22, 23, 24)),
    ]


def test_an_order_that_ends_clears_its_alerts() -> None:
    short = {"since": at("06:00").isoformat(), "until": at("10:20").isoformat()}
    told_of = order(condition("exclusion"), in_force=short)
    done = judged(told_of, stay(at("10:00"), 20, 0), at("12:00"))
    assert told(done.turns)[-1] == ("cleared", 1, "10:00:00", "10:20:00", "10:20:00")
    assert done.subject.watched[0].state.presence is Presence.INSIDE
