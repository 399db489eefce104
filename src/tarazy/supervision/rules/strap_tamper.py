# SPDX-License-Identifier: EUPL-1.2
"""The device says that its strap was opened, cut or stretched.

It never clears by itself: straps have been closed again within minutes, and who waited for the
alert to clear never looked. More of the same is counted in one alert until a person resolves it.

Nothing is raised where:
1. the device does not say so now
No number of it is an order's: one call of the device is enough, and what somebody is called for
must not be waited out.
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-STRAP-TAMPER",
    version=1,
    title=said("The strap was opened or cut"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device reports that its strap was opened, cut or stretched. A worn strap, a "
        "blow or a badly fitted device do the same: somebody has to look at it, and it "
        "proves nothing by itself."
    ),
)
SEVERITY: Severity = "critical"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "alert"
LATCHED = True
SECRET = False
PARAMETERS: tuple[Parameter, ...] = ()
CLEARED = interface.RESOLVED

OPENED = said("The device reports that its strap was opened or cut ({count}). It needs checking.")


def assess(facts: Facts) -> Breach | None:
    alarm = interface.just_heard(facts, "strap_tamper")
    if alarm is None:  # (1)
        return None
    return Breach(since=alarm.at, sentence=OPENED, facts={"count": alarm.count})


def next_check(facts: Facts) -> datetime | None:  # noqa: ARG001 - only a report can raise it
    return None
