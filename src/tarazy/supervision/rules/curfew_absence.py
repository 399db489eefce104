# SPDX-License-Identifier: EUPL-1.2
"""Left home during curfew hours.

Nothing is raised where:
1. no curfew hours of the condition are running (its period and the order's included)
2. the hours began less than CURFEW_GRACE_MIN ago: who comes home at the last minute is still
   being seen
3. the place was never established: not having been seen yet is no absence
4. the person was last seen inside, whatever has been unknown since: not knowing is no absence
5. the person was outside when the hours began: that is another alert
6. it has not lasted for ABSENCE_MIN yet, where the order says that it must last
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.curfew_start import CURFEW_GRACE_MIN, grace, next_hours
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-CURFEW-ABSENCE",
    version=2,
    title=said("Left home in curfew hours"),
    basis=said(
        "The condition of the court's own order (for house arrest in Kazakhstan: "
        "Criminal Procedure Code, article 146)"
    ),
    description=said(
        "The person's reports lie outside the home zone while the order asks to be there, and lay "
        "inside before. Reports may err and permission may have been given: it needs "
        "checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset({"home_curfew"})
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = False
CLEARED = said("Seen at {zone} again, or the curfew hours ended.")

ABSENCE_MIN = Parameter(
    name="curfew_absence_min",
    title=said("Out of home in curfew hours for, minutes"),
    usual=0,
    lowest=0,
    highest=30,
    reason=said(
        "The evidence itself takes two or three reports. More is for an order that lets somebody "
        "bring out the rubbish or fetch a child at the gate; half an hour is a way to town."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (CURFEW_GRACE_MIN, ABSENCE_MIN)

LEFT = said("Outside {zone} in curfew hours. It needs checking.")


def assess(facts: Facts) -> Breach | None:
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or hours is None:  # (1)
        return None
    outside = interface.last_seen(facts.changes, Presence.OUTSIDE)
    if outside is None or outside.at <= hours.since:  # (3) (4) (5)
        return None
    if facts.now < hours.since + grace(facts):  # (2)
        return None
    if not interface.lasting(facts, outside.at, ABSENCE_MIN):  # (6)
        return None
    return Breach(
        since=outside.at,
        sentence=LEFT,
        facts={"zone": condition.zone_name},
        probability=interface.certainty(facts.changes, Presence.OUTSIDE),
        evidence=interface.evidence_of(facts.changes, Presence.OUTSIDE),
    )


def next_check(facts: Facts) -> datetime | None:
    due = next_hours(facts)
    outside = interface.last_seen(facts.changes, Presence.OUTSIDE)
    if outside is None or not facts.value(ABSENCE_MIN):
        return due
    lasts = interface.lasts_until(facts, outside.at, ABSENCE_MIN)
    return interface.after(facts.now, [lasts, *([] if due is None else [due])])
