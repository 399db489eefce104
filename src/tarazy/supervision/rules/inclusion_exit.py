# SPDX-License-Identifier: EUPL-1.2
"""Outside a zone that the order tells to stay in.

Nothing is raised where:
1. the condition does not apply now (its timetable, its period and the order's included), an absence
   is permitted, or a condition that outranks it applies
2. the place was never established: not having been seen yet is no breach
3. the person was last seen inside, whatever has been unknown since
4. the place was not known when the hours began, and the person was not seen outside since
5. it has not lasted for EXIT_MIN yet, where the order says that it must last
6. our own service was away when that was to be decided by the clock alone, such as when the hours
   began: who came back meanwhile was not heard. It is decided once devices could be heard again
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-INCLUSION-EXIT",
    version=3,
    title=said("Outside a zone to stay in"),
    basis=said("The condition of the court's own order"),
    description=said(
        "The person's reports lie outside a zone that the order tells to stay in. Reports may err "
        "and permission may have been given: it needs checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "critical"
CONDITIONS: frozenset[Kind] = frozenset({"inclusion"})
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = False

EXIT_MIN = Parameter(
    name="inclusion_exit_min",
    title=said("Outside a zone to stay in for, minutes"),
    usual=0,
    lowest=0,
    highest=30,
    reason=said(
        "The evidence itself takes two or three reports. More is for an order that lets somebody "
        "step out for a moment; in half an hour anybody is out of reach."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (EXIT_MIN,)
CLEARED = said("No longer outside {zone}: seen in it again, or its hours ended.")

LEFT = said("Outside {zone}, which the order tells to stay in. It needs checking.")


def assess(facts: Facts) -> Breach | None:
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or hours is None:  # (1)
        return None
    outside = interface.last_seen(facts.changes, Presence.OUTSIDE, hours.since)
    if outside is None:  # (2) (3) (4)
        return None
    since = max(hours.since, outside.at)
    lasts = interface.lasts_until(facts, since, EXIT_MIN)
    if facts.now < interface.decided_at(facts, outside, lasts):  # (5) (6)
        return None
    return Breach(
        since=since,
        sentence=LEFT,
        facts={"zone": condition.zone_name},
        probability=interface.certainty(facts.changes, Presence.OUTSIDE),
        evidence=interface.evidence_of(facts.changes, Presence.OUTSIDE),
    )


def next_check(facts: Facts) -> datetime | None:
    return interface.after(facts.now, interface.edges(facts, Presence.OUTSIDE, EXIT_MIN))
