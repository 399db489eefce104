# SPDX-License-Identifier: EUPL-1.2
"""A curfew's alerts come from the engine as from a replay: late for it, out of it, and adrift."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from supervision.trails import NIGHTS, arrival, condition, judged, order

from tarazy.supervision.engine.step import TIMER_GRACE
from tarazy.supervision.models import Alert, PresenceState

MINUTE = timedelta(minutes=1)
EVERY = timedelta(minutes=3)
BEHIND = timedelta(seconds=5)
START, ABSENCE = "S-CURFEW-START", "S-CURFEW-ABSENCE"
WALK_M, CREEP_M = 80.0, 9.0
"""In a minute."""


def there(*parts: tuple[int, float | None, float | None]) -> Iterator[float | None]:
    """Metres from home each minute: so many minutes from here to there; None is silence."""
    for minutes, since_m, until_m in parts:
        for n in range(minutes):
            if since_m is None or until_m is None:
                yield None
            else:
                yield since_m + (until_m - since_m) * n / minutes


STORIES = {
    "not there when it begins": ({START}, "16:00", [*there((5, 0, 0), (110, 4_000, 4_000))]),
    "there some minutes late": (
        {START},
        "16:00",
        [*there((20, 0, 0), (47, 4_000, 4_000), (30, 0, 0))],
    ),
    "walks out in the night": (
        {ABSENCE},
        "18:00",
        [*there((20, 0, 0), (9, 20, 20 + 9 * WALK_M), (25, 740, 740), (9, 740, 0), (15, 0, 0))],
    ),
    "not there, and told of in bursts": (
        {START},
        "16:00",
        [*there((5, 0, 0), *((4, 4_000, 4_000), (20, None, None)) * 8, (10, 0, 0))],
    ),
    "drifts away and back": (
        set(),
        "18:00",
        [*there((20, 90, 90), (18, 90, 90 + 18 * CREEP_M), (20, 250, 250), (20, 0, 0))],
    ),
}


@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_engine_and_a_replay_say_the_same_of_a_curfew(world: Any, at: Any, name: str) -> None:
    rules, begin, metres = STORIES[name]
    ward = world.ward()
    zone = ward.condition("home_curfew", timetable=NIGHTS).zone
    told = [(at(begin) + n * MINUTE, away) for n, away in enumerate(metres) if away is not None]
    waiting, now, last = list(told), told[0][0], told[-1][0] + 3 * MINUTE
    while now <= last:
        while waiting and waiting[0][0] <= now:
            world.report(ward, *waiting.pop(0))
        world.step(now + BEHIND)
        if now.minute % 2 == 0:
            world.restart()  # how a place was reached must be in the tables
        now += EVERY
    home = condition("home_curfew", name=zone.name, timetable=NIGHTS)
    period = {"since": ward.order.in_force.lower, "until": ward.order.in_force.upper}
    whole = order(home, in_force={key: when.isoformat() for key, when in period.items()})
    until: datetime = now - EVERY + BEHIND - TIMER_GRACE
    done = judged(whole, [arrival(when, away) for when, away in told], until)
    expected = {
        (code, one.since, one.until, one.last.ended or one.last.breach.sentence)
        for (code, _), episodes in done.subject.episodes.items()
        for one in episodes
    }
    assert {code for code, *_ in expected} & {START, ABSENCE} == rules
    found = Alert.objects.filter(person=ward.person)
    assert expected == {
        (one.rule, one.since, one.until, one.versions.get(number=one.version).sentence)
        for one in found
    }
    (watched,), row = done.subject.watched, PresenceState.objects.get()
    state = watched.state
    assert (row.state, row.log_odds) == (state.presence.value, state.log_odds)
    assert (row.beyond_m, row.crept_m) == (state.beyond_m, state.crept_m)
