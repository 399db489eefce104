# SPDX-License-Identifier: EUPL-1.2
"""Perhaps through a zone to keep out of, between two reports that both lie outside of it.

Nobody saw it, and the way itself is not known: it is possible, of a lower grade than an entry, and
has no probability. How it is found stands in presence/passage.py.

Nothing is raised where:
1. the condition does not apply at any moment between the two reports
2. no way between two reports leads through, or what came next denied it
3. the two reports are not known any more: nothing could be shown for it
4. more than CROSSING_GAP_MIN lies between the two reports
5. the straight way leads less than CROSSING_DEPTH_M deep into the zone
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.presence.passage import deepest_between, way
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-POSSIBLE-CROSSING",
    version=1,
    title=said("Possibly through a zone to keep out of"),
    basis=said("The condition of the court's own order"),
    description=said(
        "Two reports in a row lie on either side of a zone that the order tells to keep out of, "
        "and the straight way between them leads through it. The way itself was not seen: another "
        "one may have been taken. It proves nothing by itself."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset({"exclusion_passage"})
URGENCY: Urgency = "calm"
LATCHED = False
SECRET = False

CROSSING_GAP_MIN = Parameter(
    name="crossing_gap_min",
    title=said("Between the two reports of a crossing at most, minutes"),
    usual=60,
    lowest=2,
    highest=60,
    reason=said(
        "After an hour a straight line says nothing. Fewer minutes ask for a surer way; two are "
        "what a report each minute leaves when one is missing."
    ),
)
CROSSING_DEPTH_M = Parameter(
    name="crossing_depth_m",
    title=said("A crossing leads so deep into the zone, metres"),
    usual=10,
    lowest=10,
    highest=500,
    step=10,
    reason=said(
        "Ten metres are beyond the fence by more than its drawing errs. More is for a large zone "
        "with a road along its edge."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (CROSSING_GAP_MIN, CROSSING_DEPTH_M)
CLEARED = said("The next report lay outside {zone} again.")

THROUGH = said(
    "Possibly through {zone}: the straight way between two reports {seconds} seconds apart leads "
    "through it, at {kmh} km/h. The way itself was not seen; it needs checking."
)


def assess(facts: Facts) -> Breach | None:
    condition = facts.condition
    hours = condition.hours_at(facts.now) if condition else None
    if condition is None or hours is None:  # (1)
        return None
    last = facts.changes[-1] if facts.changes else None
    if last is None or last.presence is not Presence.INSIDE:  # (2)
        return None
    if len(last.evidence) < 2:  # noqa: PLR2004 - (3) a way has two ends
        return None
    straight, where = way(*last.evidence), last.evidence
    if straight.seconds > 60 * facts.value(CROSSING_GAP_MIN):  # (4)
        return None
    if condition.zone is not None:
        deepest, depth_m = deepest_between(condition.zone, *last.evidence)
        where = (deepest,)
        if facts.value(CROSSING_DEPTH_M) > max(depth_m, CROSSING_DEPTH_M.usual):  # (5)
            return None
    return Breach(
        since=max(hours.since, last.at),
        sentence=THROUGH,
        facts={
            "zone": condition.place_name(where),
            "seconds": round(straight.seconds),
            "kmh": round(straight.speed_kmh),
        },
        evidence=last.evidence,
    )


def next_check(facts: Facts) -> datetime | None:
    hours = facts.condition.hours if facts.condition else ()
    return interface.after(facts.now, [moment for one in hours for moment in one])
