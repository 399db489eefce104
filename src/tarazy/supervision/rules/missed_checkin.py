# SPDX-License-Identifier: EUPL-1.2
"""Somebody was asked for a sign of life at a time of chance, and gave none.

The device asks, and the wearer answers by it; or an officer calls, and notes that it was answered.
A face or a voice that was not recognised is an answer: a failed biometric test is no breach.

An answer by the device belongs to the check-in that was asked last before it, by the time at which
it was given. One that was given in time and is heard late takes back what was said; one that was
given late ends it. Whoever answers a later check-in is well: that ends it too. Those that were
missed in a row are counted in one alert. Once a person has closed it, one that is missed later is
another alert.

Nothing is raised where:
1. no check-in was asked for whose time to answer is over
2. the last one was answered, by the device or by an officer's note, be it late
3. fewer than CHECKINS_MISSED were missed in a row
Not counted are:
4. those that could have been answered while our own service was away
5. those whose time to answer was over less than CHECKIN_GRACE_MIN ago
How long there is to answer stands in the plan of check-ins, not here.
"""

from collections.abc import Iterator
from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, CheckIn, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter
from tarazy.supervision.rules.signs import Reply, Signs

CARD = Card(
    code="S-MISSED-CHECKIN",
    version=2,
    title=said("A check-in was not answered"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The person was asked for a sign of life and gave none in time. Sleep, noise, a flat "
        "battery or a lost phone are usual causes: call. It proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = False
CLEARED = said("The check-in was answered.")
CLEARED_BY_LATER = said("A later check-in was answered; this one was not.")

CHECKIN_GRACE_MIN = Parameter(
    name="checkin_grace_min",
    title=said("Grace after the time to answer a check-in, minutes"),
    usual=0,
    lowest=0,
    highest=30,
    reason=said(
        "The time to answer is the grace already. Who works with both hands, or drives, may need "
        "more, half an hour at most: it is a sign of life."
    ),
)
CHECKINS_MISSED = Parameter(
    name="missed_checkins",
    title=said("Check-ins missed in a row"),
    usual=1,
    lowest=1,
    highest=3,
    reason=said(
        "One is told at once. Two are for somebody who sleeps soundly or hears badly; more than "
        "three would be a day without any sign of life."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (CHECKIN_GRACE_MIN, CHECKINS_MISSED)

MISSED = said("A check-in was not answered in time. Call the person.")


COUNT_MAX = 9
"""More in a row are counted as so many."""
NOT_CALLED = said(
    "A check-in by a call was due, and nobody has noted an answer. Call the person, and note it."
)
MORE = said(
    "{count} check-ins in a row were not answered in time, or nobody has noted an answer. Call the "
    "person, and note it."
)


def assess(facts: Facts) -> Breach | None:
    found = list(missed(facts))
    if len(found) < facts.value(CHECKINS_MISSED):  # (1) (3)
        return None
    first, last = found[-1], found[0]
    if len(found) > 1:
        return Breach(since=first.asked_at, sentence=MORE, facts={"count": len(found)})
    return Breach(since=first.asked_at, sentence=NOT_CALLED if last.by_call else MISSED)


def missed(facts: Facts) -> Iterator[CheckIn]:
    """Those that were missed in a row, the last one first."""
    count = 0
    for one, answered_at in _answers(facts):
        if answered_at is not None or count == COUNT_MAX:  # (2)
            return
        over = interface.lasting(facts, one.until, CHECKIN_GRACE_MIN)  # (5)
        if over and not _away(facts, one):  # (4)
            count += 1
            yield one


def later(facts: Facts, closed: Breach) -> tuple[CheckIn, ...]:
    """The check-ins that came after those which an alert counts: a person has closed it."""
    count = int(closed.facts.get("count", 1))
    since = [one for one in facts.check_ins if one.asked_at >= closed.since]
    counted = [one for one in since if not _away(facts, one)][:count]
    last = counted[-1].asked_at if counted else closed.since
    return tuple(one for one in since if one.asked_at > last)


def cleared(facts: Facts) -> str:
    """Why nothing is missed any more: the last answer was late, or one to another in time."""
    for one, answered_at in _answers(facts):
        if answered_at is not None:
            return CLEARED_BY_LATER if answered_at <= one.until else CLEARED
    return CLEARED


def _answers(facts: Facts) -> Iterator[tuple[CheckIn, datetime | None]]:
    """Those that were asked for and when each was answered, the last one first."""
    replies = [one.at for one in replies_of(facts.signs) if one.at <= facts.now]
    before = None
    for one in reversed(facts.check_ins):
        if one.asked_at <= facts.now:
            given = [at for at in replies if one.asked_at <= at and (before is None or at < before)]
            if one.noted_at is not None and one.noted_at <= facts.now:
                given.append(one.noted_at)
            yield one, min(given, default=None)
            before = one.asked_at


def altered_from(before: Facts, after: Facts) -> datetime | None:
    """From when on to judge again, where an answer comes late that was given in time."""
    known = set(replies_of(before.signs))
    altered = [
        asked.asked_at
        for reply in replies_of(after.signs)
        for asked in after.check_ins
        if reply not in known
        and asked.asked_at <= reply.at
        and reply.at <= interface.lasts_until(after, asked.until, CHECKIN_GRACE_MIN)
        and asked.until < reply.known_at
    ]
    return min(altered, default=None)


def replies_of(signs: Signs) -> list[Reply]:
    """The last answers by the device."""
    return [*(Reply(one, one) for one in signs.answers), *signs.replies]


def _away(facts: Facts, asked: CheckIn) -> bool:
    return any(one.since < asked.until and asked.asked_at < one.until for one in facts.outages)


def next_check(facts: Facts) -> datetime | None:
    moments = [
        moment
        for one in facts.check_ins
        for moment in (interface.lasts_until(facts, one.until, CHECKIN_GRACE_MIN), one.noted_at)
        if moment is not None
    ]
    return interface.after(facts.now, [*moments, *(one.at for one in replies_of(facts.signs))])
