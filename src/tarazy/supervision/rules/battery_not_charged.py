# SPDX-License-Identifier: EUPL-1.2
"""The battery has been low for hours, and was not charged meanwhile.

A low battery is a reminder; one that stays low although there was time to charge it needs a call.
It counts as charged when the device says that it is being charged (in a report, or by an alarm),
or tells clearly more than before.

Nothing is raised where:
1. the device does not tell its battery, it is not low, or it was charged since it fell
2. it has not been low for NOT_CHARGED_H yet
3. hardly anything was heard in that time: that is silence
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.battery_low import LOW_PERCENT
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-BATTERY-NOT-CHARGED",
    version=2,
    title=said("The battery is low and is not charged"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device's battery has been low for hours and nobody has charged it. A broken charger "
        "or a power cut may be the cause. Once it is empty, the person cannot be monitored."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "calm"
LATCHED = False
SECRET = False
CLEARED = said("The battery was charged.")

NOT_CHARGED_H = Parameter(
    name="battery_not_charged_h",
    title=said("Low without being charged for, hours"),
    usual=3,
    lowest=1,
    highest=12,
    reason=said(
        "In three hours anybody gets to a charger. Beyond half a day the device is empty before "
        "anybody is told."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (NOT_CHARGED_H, LOW_PERCENT)

NOT_CHARGED = said(
    "The device's battery has been at {percent} % or less for {hours} hours without being charged."
)


def assess(facts: Facts) -> Breach | None:
    since, hours = facts.signs.fell_to(facts.value(LOW_PERCENT)), facts.value(NOT_CHARGED_H)
    limit = timedelta(hours=hours)
    if since is None or facts.now < since + limit:  # (1) (2)
        return None
    if facts.heard_at is None or facts.heard_at < since + limit / 2:  # (3)
        return None
    found: dict[str, str | int] = {"percent": facts.value(LOW_PERCENT), "hours": hours}
    return Breach(since=since, sentence=NOT_CHARGED, facts=found)


def next_check(facts: Facts) -> datetime | None:
    since = facts.signs.fell_to(facts.value(LOW_PERCENT))
    if since is None:
        return None
    return interface.after(facts.now, [since + timedelta(hours=facts.value(NOT_CHARGED_H))])
