# SPDX-License-Identifier: EUPL-1.2
"""Inside the inner circle around a protected person, wherever that person is now.

The circle moves with the protected person, whose device rests on a consent that is in force.

Nothing is raised where:
1. the demand does not apply now: the order, its own period, the consent
2. the two were never seen so near, or were last seen apart, whatever has been unknown since
3. near has not lasted for the dwell of the demand yet
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, PairKind, Severity, Urgency

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

NEAR = said("Within {metres} m of a protected person. Warn that person first, then check.")


def assess(facts: Facts) -> Breach | None:
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or condition.nearness is None or hours is None:  # (1)
        return None
    seen = _seen(facts, hours)
    if seen is None:  # (2)
        return None
    if facts.now < seen.at + timedelta(seconds=condition.nearness.dwell_s):  # (3)
        return None
    return Breach(
        since=seen.at,
        sentence=NEAR,
        facts={"metres": condition.nearness.radius_m},
        probability=interface.certainty(facts.changes, Presence.INSIDE),
        evidence=interface.evidence_of(facts.changes, Presence.INSIDE),
    )


def next_check(facts: Facts) -> datetime | None:
    condition = facts.condition
    if condition is None or condition.nearness is None:
        return None
    edges = [moment for one in condition.hours for moment in one]
    hours = condition.hours_at(facts.now)
    seen = _seen(facts, hours) if hours else None
    if seen is not None:
        edges.append(seen.at + timedelta(seconds=condition.nearness.dwell_s))
    return interface.after(facts.now, edges)


def _seen(facts: Facts, hours: Interval) -> Change | None:
    """Since when they have been near, of what was seen while the demand applies."""
    seen = [one for one in facts.changes if one.at >= hours.since]
    return interface.last_seen(seen, Presence.INSIDE)
