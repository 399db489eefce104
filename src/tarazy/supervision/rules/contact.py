# SPDX-License-Identifier: EUPL-1.2
"""Two supervised people together whose orders both forbid it, such as two who are co-accused.

Each of the two orders has an alert of its own: each has its own officer, its own period and its own
radius, and is lifted by its own court. On the board each stands with its person.

Nothing is raised where:
1. the demand does not apply now: both orders, and the period that each of them gives to it
2. the two were never seen so near, or were last seen apart, whatever has been unknown since
3. near has not lasted for DWELL_MIN yet: who rides the same bus has not met
How near is near stands with the demand, not here.
"""

from datetime import datetime

from msgspec.structs import replace

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import victim_proximity
from tarazy.supervision.rules.interface import Breach, Facts, PairKind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-CONTACT",
    version=1,
    title=said("Together with somebody whom the order forbids to meet"),
    basis=said("The ban on contact in both courts' orders"),
    description=said(
        "Reports of both devices show the two near each other for some minutes. Being at the same "
        "place is not talking to each other: it needs checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[PairKind] = frozenset({"co_accused"})
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = True
CLEARED = said("No longer within {metres} m of each other, or the ban on contact has ended.")

DWELL_MIN = Parameter(
    name="contact_min",
    title=said("Together with whom the order forbids to meet for, minutes"),
    usual=3,
    lowest=0,
    highest=30,
    reason=said(
        "Three reports tell a meeting from passing each other. Who shares a house or a bus line is "
        "called for nothing with less; in half an hour everything is said."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (DWELL_MIN,)

TOGETHER = said("Within {metres} m of somebody whom the order forbids to meet. It needs checking.")


def assess(facts: Facts) -> Breach | None:
    found = victim_proximity.near(facts, DWELL_MIN)  # (1) (2) (3): the same of other people
    return None if found is None else replace(found, sentence=TOGETHER)


def next_check(facts: Facts) -> datetime | None:
    return victim_proximity.next_near(facts, DWELL_MIN)
