# SPDX-License-Identifier: EUPL-1.2
"""In the ring before a fence: near a zone to keep out of, or near the edge of one to stay in.

It is a lower grade with alerts of its own, and no breach: time to call, before there is one. Who
goes on across the fence is in the ring still; the alert of the zone stands beside this one.

Nothing is raised where:
1. the condition has no buffer, or does not apply now (as for its zone)
2. the place was never established with regard to the ring
3. the person was last seen clear of it, whatever has been unknown since
4. the place was not known when the hours began, and the person was not seen in the ring since
5. it has not lasted for BUFFER_MIN yet, where the order says that it must last; where
   our own service was away then, it is decided once devices could be heard again
How wide the ring is stands with the condition, not here.
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Condition, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-BUFFER-ENTRY",
    version=3,
    title=said("Near the fence of a zone"),
    basis=said("The buffer that was set for the condition of the court's order"),
    description=said(
        "The person's reports lie in the ring that was drawn around a zone to keep out of, or "
        "inside a zone to stay in. It is an early sign and no breach of the order."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset({"inclusion_buffer", "exclusion_buffer"})
URGENCY: Urgency = "calm"
LATCHED = False
SECRET = False

BUFFER_MIN = Parameter(
    name="buffer_entry_min",
    title=said("Near the fence of a zone for, minutes"),
    usual=0,
    lowest=0,
    highest=30,
    reason=said(
        "An early sign is worth most at once. Who lives or works beside the fence passes it each "
        "day; after half an hour it is no passing any more."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (BUFFER_MIN,)
CLEARED = said("No longer near the fence of {zone}, or its hours ended.")

APPROACHED = said("Within {metres} m of {zone}, which the order tells to keep out of.")
NEAR_EDGE = said(
    "Less than {metres} m inside the edge of {zone}, which the order tells to stay in, or beyond."
)


def assess(facts: Facts) -> Breach | None:
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or hours is None or condition.buffer_m <= 0:  # (1)
        return None
    unwanted = _unwanted(condition)
    seen = interface.last_seen(facts.changes, unwanted, hours.since)
    if seen is None:  # (2) (3) (4)
        return None
    since = max(hours.since, seen.at)
    lasts = interface.lasts_until(facts, since, BUFFER_MIN)
    if facts.now < interface.decided_at(facts, seen, lasts):  # (5)
        return None
    evidence = interface.evidence_of(facts.changes, unwanted)
    return Breach(
        since=since,
        sentence=APPROACHED if unwanted is Presence.INSIDE else NEAR_EDGE,
        facts={"zone": condition.place_name(evidence), "metres": round(condition.buffer_m)},
        probability=interface.certainty(facts.changes, unwanted),
        evidence=evidence,
    )


def next_check(facts: Facts) -> datetime | None:
    if facts.condition is None:
        return None
    unwanted = _unwanted(facts.condition)
    return interface.after(facts.now, interface.edges(facts, unwanted, BUFFER_MIN))


def _unwanted(condition: Condition) -> Presence:
    return Presence.INSIDE if condition.kind == "exclusion_buffer" else Presence.OUTSIDE
