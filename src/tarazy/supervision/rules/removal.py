# SPDX-License-Identifier: EUPL-1.2
"""The device says that it is no longer on the body.

It never clears by itself: straps have been closed again within minutes, and who waited for the
alert to clear never looked. More of the same is counted in one alert until a person resolves it.

Nothing is raised where:
1. the device does not say so now
No number of it is an order's: one call of the device is enough.
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-REMOVAL",
    version=1,
    title=said("The device is no longer worn"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device reports that it is not on the body any more. A loose strap or cold skin "
        "may do the same: somebody has to look at it, and it proves nothing by itself."
    ),
)
SEVERITY: Severity = "critical"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "alert"
LATCHED = True
SECRET = False
PARAMETERS: tuple[Parameter, ...] = ()
CLEARED = interface.RESOLVED

REMOVED = said("The device reports that it is no longer worn ({count}). It needs checking.")


def assess(facts: Facts) -> Breach | None:
    alarm = interface.just_heard(facts, "removal")
    if alarm is None:  # (1)
        return None
    return Breach(since=alarm.at, sentence=REMOVED, facts={"count": alarm.count})


def next_check(facts: Facts) -> datetime | None:  # noqa: ARG001 - only a report can raise it
    return None
