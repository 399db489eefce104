# SPDX-License-Identifier: EUPL-1.2
"""The phone says that it puts the app to sleep, or hides the place from it while nobody looks.

This is the phone's own kind of tamper; an update, a battery saver or a new phone do it too, and the
person may not know. The phone says so in its status, and says there too that all is well again.

Nothing is raised where:
1. the phone never said so; most apps and all trackers have no such status
2. its last status said that all is well
3. it gives no place at all: that is another alert, and a graver one
4. it has not lasted for APP_RESTRICTED_MIN yet, where the order says that it must last
Not assessed: whether the app was stopped by hand; that is silence.
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Alarmed, Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-APP-RESTRICTED",
    version=2,
    title=said("The phone keeps the app from its work"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The phone reports that it saves battery by putting the app to sleep, or that the app may "
        "read the place only while somebody looks at it. Updates do so without the person knowing. "
        "The settings have to be put right; it proves nothing by itself."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "calm"
LATCHED = False
SECRET = False
CLEARED = said("The phone lets the app do its work again.")

APP_RESTRICTED_MIN = Parameter(
    name="app_restricted_min",
    title=said("The app is kept from its work for, minutes"),
    usual=0,
    lowest=0,
    highest=720,
    reason=said(
        "It takes a minute to put right, and is told at once. An app may also remind its wearer by "
        "itself; what it has not brought about in half a day a person has to."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (APP_RESTRICTED_MIN,)

STATUS = ("location_off", "permission_withdrawn", "battery_optimisation", "phone_in_order")
"""What a status may say; what came at the same moment was one status."""

WITHDRAWN = said("The app may read the place only while somebody looks at it.")
ASLEEP = said("The phone puts the app to sleep to save battery.")


def assess(facts: Facts) -> Breach | None:
    found = _restricted(facts)
    if found is None or not interface.lasting(facts, found.since, APP_RESTRICTED_MIN):  # (4)
        return None
    return found


def next_check(facts: Facts) -> datetime | None:
    found = _restricted(facts)
    if found is None:
        return None
    return interface.after(
        facts.now, [interface.lasts_until(facts, found.since, APP_RESTRICTED_MIN)]
    )


def _restricted(facts: Facts) -> Breach | None:
    told = [one for one in facts.alarms if one.name in STATUS]
    if not told:  # (1)
        return None
    last = max((one.at, one.known_at) for one in told)
    status = {one.name: one for one in told if (one.at, one.known_at) == last}
    withdrawn, asleep = status.get("permission_withdrawn"), status.get("battery_optimisation")
    if withdrawn is not None and facts.unplaced_at is None:  # (3)
        return Breach(since=_told(facts, withdrawn), sentence=WITHDRAWN)
    return None if asleep is None else Breach(since=_told(facts, asleep), sentence=ASLEEP)  # (2)


def _told(facts: Facts, alarm: Alarmed) -> datetime:
    return interface.told_since(facts, alarm, APP_RESTRICTED_MIN)
