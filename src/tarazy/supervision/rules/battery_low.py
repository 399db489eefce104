# SPDX-License-Identifier: EUPL-1.2
"""The device's battery is low: time to charge it.

Nothing is raised where:
1. the device does not tell its battery, or has more left
2. it is nearly empty: that is another alert
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.battery_critical import CRITICAL_PERCENT
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency

CARD = Card(
    code="S-BATTERY-LOW",
    version=1,
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
CLEARED = said("The battery was charged, or is nearly empty by now.")

LOW_PERCENT = 20.0

LOW = said("The device's battery is at {percent} % or less. It should be charged.")


def assess(facts: Facts) -> Breach | None:
    left = facts.battery_percent
    if left is None or left > LOW_PERCENT or left <= CRITICAL_PERCENT:  # (1) (2)
        return None
    return Breach(
        since=facts.heard_at or facts.now, sentence=LOW, facts={"percent": int(LOW_PERCENT)}
    )


def next_check(facts: Facts) -> datetime | None:  # noqa: ARG001 - only a report can change it
    return None
