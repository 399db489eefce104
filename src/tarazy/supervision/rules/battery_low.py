# SPDX-License-Identifier: EUPL-1.2
"""The device's battery is low: time to charge it.

Nothing is raised where:
1. the device does not tell its battery, or has more left
2. it is nearly empty: that is another alert
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.battery_critical import CRITICAL_PERCENT, left_of
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-BATTERY-LOW",
    version=2,
    title=said("The battery is low"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device's battery is low. Nothing is wrong yet; whoever wears it should be "
        "reminded to charge it."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "calm"
LATCHED = False
SECRET = False
CLEARED = said("The battery was charged, or is nearly empty by now.")

LOW_PERCENT = Parameter(
    name="battery_low_percent",
    title=said("Low at or below, percent"),
    usual=20,
    lowest=15,
    highest=50,
    step=5,
    reason=said(
        "A phone loses 5 to 10 % an hour: 20 % leaves time to get to a charger. Half full is not "
        "low by any measure."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (LOW_PERCENT, CRITICAL_PERCENT)

LOW = said("The device's battery is at {percent} % or less. It should be charged.")


def assess(facts: Facts) -> Breach | None:
    left, percent = left_of(facts), facts.value(LOW_PERCENT)
    if left is None or left > percent or left <= facts.value(CRITICAL_PERCENT):  # (1) (2)
        return None
    since = facts.battery_at or facts.heard_at or facts.now
    return Breach(since=since, sentence=LOW, facts={"percent": percent})


def next_check(facts: Facts) -> datetime | None:  # noqa: ARG001 - only a report can change it
    return None
