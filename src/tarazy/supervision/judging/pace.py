# SPDX-License-Identifier: EUPL-1.2
"""What is suspected and no alert yet, and how often the device should report meanwhile. Pure.

Whoever wears the device can feel how often it reports. So nothing here may follow from where a
zone lies that the wearer was not told of: what a zone to keep out of or a rule marked SECRET has
found is passed over, whether it is suspected or goes on.

1. silence: more than half of what is tolerated has passed
2. presence: a place of the order that asks to be there is being left, by evidence that is not
   enough for an alert yet
3. `close` while a place of the order is being left, in the first CLOSE_MAX of an alert that needs
   checking, and for CALM after that; a silent device is not asked to hurry
4. `rest` where the device's own sensor has told of no movement for STILL, and no condition asks to
   be anywhere now or within SOON; never while anything is suspected
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from tarazy.core.catalogue import said
from tarazy.supervision.judging.subjects import (
    Cause,
    Episode,
    Pace,
    Silence,
    Subject,
    Suspicion,
    Watched,
    Wearer,
)
from tarazy.supervision.presence.interface import Presence, State
from tarazy.supervision.rules import RULES, signal_lost
from tarazy.supervision.rules.interface import Facts
from tarazy.supervision.rules.silence import counted_from, first_limit

TOLD = frozenset({"home_curfew", "inclusion"})
"""Kinds of condition whose zone the wearer was told of by its nature: it is where to be."""
OF_PRESENCE = {"home_curfew": "S-CURFEW-ABSENCE", "inclusion": "S-INCLUSION-EXIT"}
FELT = {rule.CARD.code for rule in RULES if not rule.SECRET and rule.URGENCY == "alert"}
"""Rules whose alerts ask for closer looking."""
CLOSE_MAX = timedelta(hours=2)
"""An alert that waits for somebody for days must not empty the battery."""
REMEMBERED = timedelta(minutes=1)
"""A suspicion is noted anew only so often: nothing is written for nothing."""
DOUBT = 0.0
"""Log-odds below which the evidence speaks against being inside (presence/constants.py)."""
CALM = timedelta(minutes=10)
STILL = timedelta(minutes=10)
SOON = timedelta(minutes=30)

HALF = said("Nothing heard from the device for more than half of the time that is tolerated.")
LEAVING = said("The last reports speak for leaving {zone}; they are not enough for an alert yet.")


def paced(
    subject: Subject,
    wearer: Wearer,
    states: Mapping[int, State],
    episodes: Mapping[Cause, Sequence[Episode]],
    facts: Facts,
) -> tuple[Wearer, list[datetime], Silence | None]:
    """The wearer with what is suspected at `facts.now`; when to look again, and when to do so if
    nothing is heard until then.

    What was felt up to now counts too, where it has ended with that: so nobody need look at each
    report while an alert goes on.
    """
    now = facts.now
    pending = tuple(suspicions(subject, states, facts))
    leaving = any(one.rule in OF_PRESENCE.values() for one in pending)
    suspected_at = wearer.suspected_at
    felt = any(_felt(subject, episodes, now)) or any(_felt(subject, subject.episodes, now))
    if (leaving or felt) and (suspected_at is None or now - suspected_at >= REMEMBERED):
        suspected_at = now
    pace, dues = _pace(subject, facts, suspected_at)
    limit = first_limit(facts)
    counted = counted_from(facts, limit)
    after, shown = wearer, (wearer.pace, wearer.suspected_at, wearer.pending)
    if shown != (pace, suspected_at, pending):
        after = replace(wearer, pace=pace, suspected_at=suspected_at, pending=pending)
    half = None if counted is None else Silence(counted + limit / 2, limit / 2)
    looks = [due for due in dues if due > now]
    return after, looks, half if half is not None and half.due > now else None


def unpaced(
    wearer: Wearer, looks: Sequence[datetime], since: datetime
) -> tuple[Wearer, list[datetime]]:
    """The same before a moment from which on it matters: whoever is suspected is looked at then."""
    if not looks and not wearer.pending:
        return wearer, []
    return (replace(wearer, pending=()) if wearer.pending else wearer), [since]


def suspicions(subject: Subject, states: Mapping[int, State], facts: Facts) -> Iterator[Suspicion]:
    """What may become an alert if it goes on."""
    limit = first_limit(facts)
    counted = counted_from(facts, limit)
    if counted is not None and counted + limit / 2 <= facts.now < counted + limit:  # (1)
        yield Suspicion(signal_lost.CARD.code, counted, HALF)
    for watched in subject.watched:  # (2)
        state = states[watched.id]
        leaving = state.presence is Presence.INSIDE and state.log_odds < DOUBT
        if leaving and _asked(watched, facts.now):
            rule = OF_PRESENCE[watched.kind]
            yield Suspicion(rule, state.at, LEAVING, {"zone": watched.zone_name})


def kept(pending: Sequence[Suspicion]) -> Any:
    """As it stands in the tables."""
    return msgspec.to_builtins([one._asdict() for one in pending]) if pending else None


def read(pace: Any, suspected_at: datetime | None, pending: Any) -> tuple[Any, ...]:
    """Out of the tables, in the order of the wearer's fields."""
    rows = [
        Suspicion(one["rule"], datetime.fromisoformat(one["since"]), one["sentence"], one["facts"])
        for one in pending or ()
    ]
    return pace, suspected_at, tuple(rows)


def _felt(
    subject: Subject, episodes: Mapping[Cause, Sequence[Episode]], now: datetime
) -> Iterator[bool]:
    kinds = {one.id: one.kind for one in subject.watched}
    for (code, condition), each in episodes.items():
        told = condition is None or kinds.get(condition) in TOLD
        if code in FELT and told:
            running = [one for one in each if one.until is None and not one.resolved]
            yield any(now - one.last.found < CLOSE_MAX for one in running)


def _pace(
    subject: Subject, facts: Facts, suspected_at: datetime | None
) -> tuple[Pace, list[datetime]]:
    now, still = facts.now, facts.signs.still_since
    if suspected_at is not None and now < suspected_at + CALM:  # (3)
        return "close", [suspected_at + CALM]
    if still is None:
        return "usual", []
    if now < still + STILL:
        return "usual", [still + STILL]
    asked = any(_asked(one, now) or _asked(one, now + SOON) for one in subject.watched)
    return ("usual" if asked else "rest"), [now + SOON]  # (4)


def _asked(watched: Watched, moment: datetime) -> bool:
    return watched.kind in TOLD and watched.condition(moment).hours_at(moment) is not None
