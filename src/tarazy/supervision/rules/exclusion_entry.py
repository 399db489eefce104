# SPDX-License-Identifier: EUPL-1.2
"""In a zone that the order tells to keep out of.

Nothing is raised where:
1. the condition does not apply now (its timetable, its period and the order's included); to that a
   permitted absence changes nothing
2. the place was never established: not having been seen yet is no breach
3. the person was last seen outside, whatever has been unknown since
4. the place was not known when the hours began, and the person was not seen inside since
5. it has not lasted for ENTRY_MIN yet, where the order says that it must last
6. one report alone lies in it, to which the device leapt from rest: the next one decides, and says
   that it was none where the device is back at once (presence/thrown.py)
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-EXCLUSION-ENTRY",
    version=2,
    title=said("In a zone to keep out of"),
    basis=said("The condition of the court's own order"),
    description=said(
        "The person's reports lie in a zone that the order tells to keep out of. Reports may err: "
        "it needs checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "critical"
CONDITIONS: frozenset[Kind] = frozenset({"exclusion"})
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = False

ENTRY_MIN = Parameter(
    name="exclusion_entry_min",
    title=said("In a zone to keep out of for, minutes"),
    usual=0,
    lowest=0,
    highest=10,
    reason=said(
        "One report is enough, for the sake of whoever the zone protects; two where a device that "
        "lay still is there at once. More is for a zone that a bus leads through; in ten minutes "
        "somebody is at any door in it."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (ENTRY_MIN,)
CLEARED = said("No longer in {zone}: seen outside of it, or its hours ended.")

ENTERED = said("In {zone}, which the order tells to keep out of. It needs checking.")


def assess(facts: Facts) -> Breach | None:
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or hours is None:  # (1)
        return None
    inside = interface.last_seen(facts.changes, Presence.INSIDE, hours.since)
    if inside is None:  # (2) (3) (4)
        return None
    since = max(hours.since, inside.at)
    if not interface.lasting(facts, since, ENTRY_MIN):  # (5)
        return None
    evidence = interface.evidence_of(facts.changes, Presence.INSIDE)
    return Breach(
        since=since,
        sentence=ENTERED,
        facts={"zone": condition.place_name(evidence)},
        probability=interface.certainty(facts.changes, Presence.INSIDE),
        evidence=evidence,
    )


def next_check(facts: Facts) -> datetime | None:
    return interface.after(facts.now, interface.edges(facts, Presence.INSIDE, ENTRY_MIN))
