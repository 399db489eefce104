# SPDX-License-Identifier: EUPL-1.2
"""Not at home in curfew hours: left during them, or not there when they began.

It needs no message: where somebody was last seen outside, the beginning of the hours alone raises
it, also when the device has been silent since.

Nothing is raised where:
1. no curfew hours of the condition are running (its period and the order's included)
2. the hours began less than START_GRACE ago: who comes home at the last minute is still being seen
3. the place was never established: not having been seen yet is no absence
4. the person was last seen inside, whatever has been unknown since: not knowing is no absence
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency

CARD = Card(
    code="S-CURFEW-ABSENCE",
    version=1,
    title=said("Not at home in curfew hours"),
    basis=said(
        "The condition of the court's own order (for house arrest in Kazakhstan: "
        "Criminal Procedure Code, article 146)"
    ),
    description=said(
        "The person's reports lie outside the home zone while the order asks to be there, or did "
        "when the hours began. Reports may err and permission may have been given: it needs "
        "checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset({"home_curfew"})
URGENCY: Urgency = "alert"
LATCHED = False
CLEARED = said("Seen at {zone} again, or the curfew hours ended.")

START_GRACE = timedelta(seconds=120)

LEFT = said("Outside {zone} in curfew hours. It needs checking.")
NOT_THERE = said("Not at {zone} when the curfew hours began. It needs checking.")


def assess(facts: Facts) -> Breach | None:
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or hours is None:  # (1)
        return None
    outside = interface.last_seen(facts.changes, Presence.OUTSIDE)
    if outside is None:  # (3) (4)
        return None
    if facts.now < hours.since + START_GRACE:  # (2)
        return None
    return Breach(
        since=max(hours.since, outside.at),
        sentence=LEFT if outside.at > hours.since else NOT_THERE,
        facts={"zone": condition.zone_name},
        probability=interface.certainty(facts.changes, Presence.OUTSIDE),
        evidence=interface.evidence_of(facts.changes, Presence.OUTSIDE),
    )


def next_check(facts: Facts) -> datetime | None:
    hours = facts.condition.hours if facts.condition else ()
    moments = [moment for one in hours for moment in (one.since + START_GRACE, one.until)]
    return interface.after(facts.now, moments)
