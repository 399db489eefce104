# SPDX-License-Identifier: EUPL-1.2
"""The device's battery is nearly empty: it will soon fall silent.

What it said last stays true while it is silent: a dead battery is then the likely cause. What it
had earlier and is heard late is not what it has now. It counts as charged once it tells clearly
more, not where it wavers.

Nothing is raised where:
1. the device does not tell its battery, or has more left
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-BATTERY-CRITICAL",
    version=2,
    title=said("The battery is nearly empty"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device's battery is nearly empty. Once it is, the person cannot be monitored. "
        "A call in time is often enough."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "calm"
LATCHED = False
SECRET = False
CLEARED = said("The battery was charged.")

CRITICAL_PERCENT = Parameter(
    name="battery_critical_percent",
    title=said("Nearly empty at or below, percent"),
    usual=10,
    lowest=5,
    highest=15,
    step=5,
    reason=said(
        "Control centres use 10 %. Below 5 % a device may fall silent before anybody has called."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (CRITICAL_PERCENT,)

CRITICAL = said("The device's battery is at {percent} % or less: it will soon fall silent.")


def assess(facts: Facts) -> Breach | None:
    left, percent = left_of(facts), facts.value(CRITICAL_PERCENT)
    if left is None or left > percent:  # (1)
        return None
    return Breach(
        since=facts.battery_at or facts.heard_at or facts.now,
        sentence=CRITICAL,
        facts={"percent": percent},
    )


def left_of(facts: Facts) -> float | None:
    """How much the battery has left, without its wavering; None where it was never told."""
    return facts.battery_percent if facts.signs.left is None else facts.signs.left


def next_check(facts: Facts) -> datetime | None:  # noqa: ARG001 - only a report can change it
    return None
