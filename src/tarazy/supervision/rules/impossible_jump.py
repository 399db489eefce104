# SPDX-License-Identifier: EUPL-1.2
"""The device tells places that nobody could travel between, repeatedly and in turn.

One wild place is an outlier, and counts for nothing. A jump is one only where the other place is
told by three reports or more, each of them out of reach of the first one. Two devices that report
under one name, a program that feeds places, or a device that was swapped look so; so does a phone
that finds a network's old address again and again.

Nothing is raised where:
1. there were fewer than JUMPS of them within JUMPS_WITHIN_H
2. the speed would have been below 360 km/h, each place taken three accuracies nearer; an unknown
   accuracy counts as 300 m. That is no number of an order's: it is what makes a place an outlier
3. it may have been a flight: half an hour or more, and below 1,000 km/h
Not assessed: places that came late, coarse ones, and those that the gateway marked.
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.constants import EVIDENCE_MAX
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-IMPOSSIBLE-JUMP",
    version=1,
    title=said("Places that nobody could travel between"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device's places jump between two that nobody could travel between in that time, and "
        "each is told repeatedly. An invented place, two devices under one name and a mistaken "
        "network address all look so: it needs checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = False
CLEARED = said("There has been no such jump any more.")

JUMPS = Parameter(
    name="jumps",
    title=said("Jumps, at least"),
    usual=2,
    lowest=1,
    highest=5,
    reason=said(
        "There and back are two. One alone may be a phone that found its place after a long way "
        "without any."
    ),
)
JUMPS_WITHIN_H = Parameter(
    name="jumps_within_h",
    title=said("Jumps are counted for, hours"),
    usual=24,
    lowest=1,
    highest=72,
    reason=said(
        "A day holds what somebody does on one day. Within an hour only a program jumps so often; "
        "after three days two jumps have nothing to do with each other."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (JUMPS, JUMPS_WITHIN_H)

JUMPED = said(
    "The places jump to and fro between two that nobody could travel between in that time "
    "({count}). It needs checking."
)


def assess(facts: Facts) -> Breach | None:
    within = timedelta(hours=facts.value(JUMPS_WITHIN_H))
    jumps = [one for one in facts.signs.jumps if one.known_at > facts.now - within]
    if len(jumps) < facts.value(JUMPS):  # (1)
        return None
    places = tuple(place for one in jumps for place in (one.start, one.end))
    return Breach(
        since=jumps[0].known_at,
        sentence=JUMPED,
        facts={"count": len(jumps)},
        evidence=places[-EVIDENCE_MAX:],
    )


def next_check(facts: Facts) -> datetime | None:
    within = timedelta(hours=facts.value(JUMPS_WITHIN_H))
    return interface.after(facts.now, [one.known_at + within for one in facts.signs.jumps])
