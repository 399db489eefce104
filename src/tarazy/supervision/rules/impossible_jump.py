# SPDX-License-Identifier: EUPL-1.2
"""The device tells places that nobody could travel between, repeatedly and in turn.

One wild place is an outlier, and counts for nothing. A jump is one only where the other place is
told by three reports or more, each of them out of reach of the first one. Two devices that report
under one name, a program that feeds places, or a device that was swapped look so; so does a phone
that finds a network's old address again and again.

Nothing is raised where:
1. there were fewer than JUMPS of them within a day
2. the speed would have been below 360 km/h, each place taken three accuracies nearer; an unknown
   accuracy counts as 300 m
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
CLEARED = said("No such jump for a day.")

JUMPS = Parameter(
    name="jumps",
    title=said("Jumps within a day"),
    usual=2,
    lowest=1,
    highest=5,
    reason=said(
        "There and back are two. One alone may be a phone that found its place after a long way "
        "without any."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (JUMPS,)
WITHIN = timedelta(days=1)

JUMPED = said(
    "The places jump to and fro between two that nobody could travel between in that time "
    "({count}). It needs checking."
)


def assess(facts: Facts) -> Breach | None:
    jumps = [one for one in facts.signs.jumps if one.known_at > facts.now - WITHIN]
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
    return interface.after(facts.now, [one.known_at + WITHIN for one in facts.signs.jumps])
