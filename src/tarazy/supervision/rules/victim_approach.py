# SPDX-License-Identifier: EUPL-1.2
"""Inside the outer circle around a protected person: a warning, before it is urgent.

Nothing is raised where:
1. the demand does not apply now: the order, its own period, the consent
2. the two were never seen so near, or were last seen apart, whatever has been unknown since
3. near has not lasted for DWELL_MIN yet: a bus that passes is no approach
How wide the circle is stands with the demand, not here.
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import victim_proximity
from tarazy.supervision.rules.interface import Breach, Facts, PairKind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-VICTIM-APPROACH",
    version=1,
    title=said("In the wider vicinity of a protected person"),
    basis=said("The court's ban on coming near the protected person"),
    description=said(
        "Reports of both devices show the person inside the outer circle around a protected "
        "person for some minutes. Often the two only cross each other's way. It needs checking, "
        "and proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[PairKind] = frozenset({"victim_outer"})
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = True
CLEARED = said("No longer within {metres} m of the protected person, or the ban has ended.")

DWELL_MIN = Parameter(
    name="victim_outer_min",
    title=said("Inside the outer circle around a protected person for, minutes"),
    usual=2,
    lowest=0,
    highest=15,
    reason=said(
        "Who only passes is seen to part two reports later. In a quarter of an hour somebody walks "
        "a kilometre, past the inner circle too."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (DWELL_MIN,)


def assess(facts: Facts) -> Breach | None:
    return victim_proximity.near(facts, DWELL_MIN)  # (1) (2) (3): the same at another radius


def next_check(facts: Facts) -> datetime | None:
    return victim_proximity.next_near(facts, DWELL_MIN)
