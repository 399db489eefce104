# SPDX-License-Identifier: EUPL-1.2
"""Not at home when the curfew hours began.

It needs no message: where somebody was last seen outside, the beginning of the hours alone raises
it, also when the device has been silent since.

Nothing is raised where:
1. no curfew hours of the condition are running (its period and the order's included)
2. the hours began less than CURFEW_GRACE_MIN ago: who comes home at the last minute is still
   being seen
3. the place was never established: not having been seen yet is no absence
4. the person was last seen inside, whatever has been unknown since: not knowing is no absence
5. the person was seen at home in these hours, and left later: that is another alert
6. our own service was away then: who came home meanwhile was not heard. It is decided once devices
   could be heard again
"""

from bisect import bisect_right
from datetime import datetime, timedelta
from operator import attrgetter

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-CURFEW-START",
    version=2,
    title=said("Not at home when the curfew hours began"),
    basis=said(
        "The condition of the court's own order (for house arrest in Kazakhstan: "
        "Criminal Procedure Code, article 146)"
    ),
    description=said(
        "When the hours began that the order asks to be at home, the person's last reports lay "
        "outside the home zone. Reports may err and permission may have been given: it needs "
        "checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset({"home_curfew"})
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = False
CLEARED = said("Seen at {zone} again, or the curfew hours ended.")

CURFEW_GRACE_MIN = Parameter(
    name="curfew_grace_min",
    title=said("Grace when curfew hours begin, minutes"),
    usual=2,
    lowest=2,
    highest=30,
    reason=said(
        "Two minutes are one or two reports: a device needs them to be seen at home. A longer "
        "grace is for a bus that may be late, half an hour at most: the hours are the court's."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (CURFEW_GRACE_MIN,)

_END = attrgetter("until")

NOT_THERE = said("Not at {zone} when the curfew hours began. It needs checking.")


def assess(facts: Facts) -> Breach | None:
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or hours is None:  # (1)
        return None
    outside = interface.last_seen(facts.changes, Presence.OUTSIDE)
    if outside is None or outside.at > hours.since:  # (3) (4) (5)
        return None
    if facts.now < interface.decided_at(facts, outside, hours.since + grace(facts)):  # (2) (6)
        return None
    return Breach(
        since=hours.since,
        sentence=NOT_THERE,
        facts={"zone": condition.zone_name},
        probability=interface.certainty(facts.changes, Presence.OUTSIDE),
        evidence=interface.evidence_of(facts.changes, Presence.OUTSIDE),
    )


def next_check(facts: Facts) -> datetime | None:
    due, condition = next_hours(facts), facts.condition
    hours = condition.hours_at(facts.now) if condition and facts.outages else None
    outside = interface.last_seen(facts.changes, Presence.OUTSIDE) if hours else None
    if hours is None or outside is None:
        return due
    decided = interface.decided_at(facts, outside, hours.since + grace(facts))
    return interface.after(facts.now, [decided, *([] if due is None else [due])])


def grace(facts: Facts) -> timedelta:
    """How long after the beginning of the hours nothing is raised."""
    return timedelta(minutes=facts.value(CURFEW_GRACE_MIN))


def next_hours(facts: Facts) -> datetime | None:
    """When curfew hours begin with their grace, or end, for the next time."""
    hours = facts.condition.hours if facts.condition else ()
    after, moments = grace(facts), list[datetime]()
    for one in hours[bisect_right(hours, facts.now - after, key=_END) :]:
        moments += [one.since + after, one.until]
        if one.until > facts.now:
            break
    return interface.after(facts.now, moments)
