# SPDX-License-Identifier: EUPL-1.2
"""Inside the inner circle around a protected person, wherever that person is now.

The circle moves with the protected person, whose device rests on a consent that is in force.

Nothing is raised where:
1. the demand does not apply now: the order, its own period, the consent
2. the two were never seen so near, or were last seen apart, whatever has been unknown since
3. near has not lasted for DWELL_MIN yet
How wide the circle is stands with the demand, not here.
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, PairKind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-VICTIM-PROXIMITY",
    version=1,
    title=said("Near a protected person"),
    basis=said("The court's ban on coming near the protected person"),
    description=said(
        "Reports of both devices show the person inside the inner circle around a protected "
        "person. Both may have moved, and reports may err: warn the protected person first, then "
        "check. It proves nothing by itself; the protected person may have come near, too."
    ),
)
SEVERITY: Severity = "critical"
CONDITIONS: frozenset[PairKind] = frozenset({"victim_inner"})
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = True
CLEARED = said("No longer within {metres} m of the protected person, or the ban has ended.")

DWELL_MIN = Parameter(
    name="victim_inner_min",
    title=said("Inside the inner circle around a protected person for, minutes"),
    usual=0,
    lowest=0,
    highest=5,
    reason=said(
        "The evidence itself takes two or three reports, and the protected person is to be warned "
        "at once. In five minutes somebody walks through the whole circle."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (DWELL_MIN,)

NEAR = said("Within {metres} m of a protected person. Warn that person first, then check.")


def assess(facts: Facts) -> Breach | None:
    return near(facts, DWELL_MIN)


def next_check(facts: Facts) -> datetime | None:
    return next_near(facts, DWELL_MIN)


def near(facts: Facts, dwell: Parameter) -> Breach | None:
    """What is found where two have been near for so long."""
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or condition.nearness is None or hours is None:  # (1)
        return None
    seen = _seen(facts, hours)
    if seen is None:  # (2)
        return None
    if not interface.lasting(facts, seen.at, dwell):  # (3)
        return None
    return Breach(
        since=seen.at,
        sentence=NEAR,
        facts={"metres": condition.nearness.radius_m},
        probability=interface.certainty(facts.changes, Presence.INSIDE),
        evidence=interface.evidence_of(facts.changes, Presence.INSIDE),
    )


def next_near(facts: Facts, dwell: Parameter) -> datetime | None:
    """When to ask that again."""
    condition = facts.condition
    if condition is None or condition.nearness is None:
        return None
    edges = [moment for one in condition.hours for moment in one]
    hours = condition.hours_at(facts.now)
    seen = _seen(facts, hours) if hours else None
    if seen is not None:
        edges.append(interface.lasts_until(facts, seen.at, dwell))
    return interface.after(facts.now, edges)


def _seen(facts: Facts, hours: Interval) -> Change | None:
    """Since when they have been near, of what was seen while the demand applies."""
    seen = [one for one in facts.changes if one.at >= hours.since]
    return interface.last_seen(seen, Presence.INSIDE)
