# SPDX-License-Identifier: EUPL-1.2
"""Inside the outer circle around a protected person: a warning, before it is urgent.

Nothing is raised where:
1. the demand does not apply now: the order, its own period, the consent
2. the two were never seen so near, or were last seen apart, whatever has been unknown since
3. near has not lasted for the dwell of the demand yet: a bus that passes is no approach
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import victim_proximity
from tarazy.supervision.rules.interface import Breach, Facts, PairKind, Severity, Urgency

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


def assess(facts: Facts) -> Breach | None:
    return victim_proximity.assess(facts)  # (1) (2) (3): the same at another radius


def next_check(facts: Facts) -> datetime | None:
    return victim_proximity.next_check(facts)
