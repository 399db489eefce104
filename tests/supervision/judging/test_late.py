# SPDX-License-Identifier: EUPL-1.2
"""A snapshot out of some hours of places, whatever was before them."""

from typing import Any

import msgspec
import pytest
from supervision.trails import at, circle, condition, judged, order, stay

from tarazy.supervision.judging.late import unheard, warmed
from tarazy.supervision.judging.subjects import Arrival, Seen
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.replay.orders import read_orders, subject_of

LATER = {"since": at("06:00", day=9).isoformat(), "until": at("06:00", day=20).isoformat()}
ORDER = order(condition("inclusion", circle(radius_m=1_000)))


def seen(trail: list[Arrival]) -> list[Seen]:
    return [Seen(one.place, one.known_at) for one in trail if one.place]


@pytest.mark.parametrize(
    ("last", "presence"), [(0, Presence.INSIDE), (4_000, Presence.OUTSIDE)], ids=["in", "out"]
)
def test_some_minutes_tell_the_state_that_the_whole_trail_has(last: float, presence: Any) -> None:
    trail = [*stay(at("07:00"), 90, 0), *stay(at("08:30"), 60, 4_000), *stay(at("09:30"), 60, last)]
    done = judged(ORDER, trail, at("10:29:30"))
    snapshot = warmed(done.subject, seen(trail)[-30:])
    assert snapshot is not None
    (watched,) = done.subject.watched
    assert snapshot.states[watched.id] == watched.state
    assert watched.state.presence is presence
    assert snapshot.told[watched.id] == len(watched.changes)


def test_too_few_places_and_those_beside_the_fence_tell_nothing() -> None:
    trail = [*stay(at("07:00"), 30, 0), *stay(at("07:30"), 10, 1_000)]
    done = judged(ORDER, trail, at("07:40"))
    assert warmed(done.subject, seen(trail)[-10:]) is None
    assert warmed(done.subject, []) is None


def test_a_condition_that_has_not_begun_is_no_hindrance() -> None:
    told = order(*ORDER["conditions"], condition("exclusion", circle(9_000), period=LATER))
    trail = stay(at("07:00"), 60, 0)
    done = judged(told, trail, at("08:00"))
    snapshot = warmed(done.subject, seen(trail))
    (subject,) = [subject_of(one, 1) for one in read_orders(msgspec.json.encode(told))]
    assert snapshot is not None
    assert snapshot.states[1] == unheard(subject.watched[1])
    assert snapshot.serves(at("08:00"))
    assert not snapshot.serves(at("07:30"))


def test_what_is_doubted_is_decided_after_the_snapshot() -> None:
    """It was thrown before, and leaps again: up to there nobody knows what the places tell."""
    throw = [*stay(at("07:00"), 30, 0), *stay(at("07:30"), 4, 3_000), *stay(at("07:34"), 26, 0)]
    trail = [*throw, *stay(at("08:00"), 3, 2_000), *stay(at("08:03"), 12, 4_000)]
    done = judged(ORDER, trail, at("08:15"))
    snapshot = warmed(done.subject, seen(trail[:63]))
    assert snapshot is not None
    assert snapshot.track.end == at("07:59")
    (watched,) = done.subject.watched
    assert snapshot.states[watched.id].presence is Presence.INSIDE
    assert [one.at for one in watched.changes[snapshot.told[watched.id] :]] == [at("08:02")]


def test_what_came_late_before_changes_nothing_of_what_time_alone_had_lost() -> None:
    """Thrown home once, it leaps there again, is silent, and is there still: it counts after all,
    from when the place was lost on. An upload of the morning that came in between says nothing."""
    base = [*stay(at("10:00"), 37, 3_400), *stay(at("10:38"), 4, 0), *stay(at("10:43"), 24, 3_400)]
    believed = [
        [
            (one.presence, one.at)
            for one in judged(
                order(condition("inclusion", circle(radius_m=100))),
                [
                    *base,
                    *stay(at("11:08"), 4, 60),
                    *stay(at("09:00"), 10, 3_400, morning),
                    *stay(at("11:32"), 20, 60, evening),
                ],
                at("18:00"),
            )
            .subject.watched[0]
            .changes
        ]
        for morning, evening in ((None, None), (at("12:50"), at("15:30")))
    ]
    assert believed[0] == believed[1]
    assert (Presence.INSIDE, at("11:21")) in believed[0]
