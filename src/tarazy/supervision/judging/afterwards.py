# SPDX-License-Identifier: EUPL-1.2
"""Reports that come after an order's end, of times inside it: its time is judged again with them.

What may be kept after the end, and until when, is the gate's business (actions/intake.py); nothing
that is dated after the end ever gets here. What is found was true inside the order and is known
after it: it is raised with both times, and has its end with the order's.

1. Late places settle as while the order ran, and its time is judged again by the same code. Whoever
   was heard just before the end, late, and had not settled by then, is judged with them.
2. An alarm that only a person resolves (tamper, removal, a SIM card, the button for help) is raised
   at once, and stays until somebody has resolved it.
3. An answer to a check-in that was given in time takes back what was said.
4. What goes by the time at which we heard (silence, battery, states that newer reports have put
   right) is not judged: nothing was due any more when it came.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec.structs import replace

from tarazy.supervision.judging.knowing import Known, hearing, known_of, usable
from tarazy.supervision.judging.ledger import Ledger
from tarazy.supervision.judging.seeing import gathered
from tarazy.supervision.judging.spells import Question
from tarazy.supervision.judging.subjects import (
    LATE_AFTER,
    Arrival,
    Cause,
    Episode,
    Late,
    Subject,
    Turn,
    Wearer,
)
from tarazy.supervision.judging.walk import OF_PERSON, ORDER_ENDED, facts_of
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import missed_checkin
from tarazy.supervision.rules.missed_checkin import altered_from

NEVER_OVER = datetime.max.replace(tzinfo=UTC)


class Upload(NamedTuple):
    """Late places that are judged together, and when."""

    late: Late
    at: datetime


def uploads(end: datetime, arrivals: Sequence[Arrival]) -> list[Upload]:
    """The uploads that settle at an order's end or after it; `arrivals` in the order in which they
    became known, from SETTLE_MAX before it on."""
    found, late = list[Upload](), None
    for arrival in arrivals:
        place, known_at = usable(arrival), arrival.known_at
        if late is not None and known_at > late.settles_at():
            found.append(Upload(late, late.settles_at()))
            late = None
        waited = known_at >= end or known_at - arrival.at > LATE_AFTER
        if place is not None and waited:
            late = gathered(late, place, known_at)
    if late is not None:
        found.append(Upload(late, late.settles_at()))
    return [one for one in found if one.at >= end]


def known_before(arrivals: Iterable[Arrival]) -> Known:
    """What reports that came before the end have called out for; all others tell nothing here."""
    known = known_of(Wearer())
    for arrival in arrivals:
        if arrival.alarms:
            known = hearing(known, arrival)
    return known


@dataclass(slots=True)
class Found:
    """What came of the alarms and answers of some reports."""

    turns: list[Turn] = field(default_factory=list)
    episodes: dict[Cause, tuple[Episode, ...]] = field(default_factory=dict)


def heard_after(
    subject: Subject,
    known: Known,
    arrivals: Sequence[Arrival],
    outages: tuple[Interval, ...] = (),
) -> tuple[Found, Known]:
    """Take in alarms and answers that came after the end; `known` is what was known before."""
    end, found = subject.in_force.until, Found(episodes=dict(subject.episodes))
    for arrival in arrivals:
        if not arrival.alarms:
            continue
        before, known = known, hearing(known, arrival)
        now = max(arrival.known_at, end)
        asked = replace(subject, episodes=found.episodes)
        facts = replace(facts_of(asked, now, outages), **known._asdict())
        earlier = replace(facts, **before._asdict())
        for rule, cause in OF_PERSON:
            if rule.LATCHED:
                # Only a person ends it, so it is not over with the order.
                ledger = Ledger(asked, Question(rule, None, NEVER_OVER), now)
                ledger.learn(facts, (), now, now)
            elif rule is missed_checkin and (begin := altered_from(earlier, facts)):
                ledger = Ledger(asked, Question(rule, None, end), now)
                ledger.over = end, ORDER_ENDED
                ledger.learn(facts, (), begin, now)
            else:
                continue
            found.turns += ledger.turns
            found.episodes[cause] = ledger.episodes
    return found, known
