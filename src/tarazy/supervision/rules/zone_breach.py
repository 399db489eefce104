# SPDX-License-Identifier: EUPL-1.2
"""In a zone to keep out of, or outside a zone to stay in.

Nothing is raised where:
1. the condition does not apply now (its timetable, its period and the order's included)
2. the place was never established: not having been seen yet is no breach
3. the person was last seen where the order wants, whatever has been unknown since
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-ZONE-BREACH",
    version=1,
    title=said("In a forbidden zone, or outside a required one"),
    basis=said("The condition of the court's own order"),
    description=said(
        "The person's reports lie in a zone that the order tells to keep out of, or outside one "
        "that it tells to stay in. Reports may err and permission may have been given: it needs "
        "checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "critical"
CONDITIONS: frozenset[Kind] = frozenset({"inclusion", "exclusion"})
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = False
PARAMETERS: tuple[Parameter, ...] = ()
CLEARED = said("No longer so at {zone}: seen where the order asks, or its hours ended.")

ENTERED = said("In {zone}, which the order tells to keep out of. It needs checking.")
LEFT = said("Outside {zone}, which the order tells to stay in. It needs checking.")


def assess(facts: Facts) -> Breach | None:
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or hours is None:  # (1)
        return None
    exclusion = condition.kind == "exclusion"
    unwanted = Presence.INSIDE if exclusion else Presence.OUTSIDE
    seen = interface.last_seen(facts.changes, unwanted)
    if seen is None:  # (2) (3)
        return None
    return Breach(
        since=max(hours.since, seen.at),
        sentence=ENTERED if exclusion else LEFT,
        facts={"zone": condition.zone_name},
        probability=interface.certainty(facts.changes, unwanted),
        evidence=interface.evidence_of(facts.changes, unwanted),
    )


def next_check(facts: Facts) -> datetime | None:
    hours = facts.condition.hours if facts.condition else ()
    return interface.after(facts.now, [moment for one in hours for moment in one])
