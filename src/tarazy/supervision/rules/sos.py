# SPDX-License-Identifier: EUPL-1.2
"""The wearer asked for help.

It never clears by itself: a person has to answer.

Nothing is raised where:
1. the device does not say so now
No number of it is an order's: whoever asks for help is answered at once.
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-SOS",
    version=1,
    title=said("The wearer asks for help"),
    basis=said("The duty to protect whoever is under supervision"),
    description=said(
        "The button for help was pressed. Pressing it by mistake is common, and is no "
        "fault: somebody has to answer."
    ),
)
SEVERITY: Severity = "critical"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "alert"
LATCHED = True
SECRET = False
PARAMETERS: tuple[Parameter, ...] = ()
CLEARED = interface.RESOLVED

ASKED = said("The wearer pressed the button for help ({count}).")


def assess(facts: Facts) -> Breach | None:
    alarm = interface.just_heard(facts, "sos")
    if alarm is None:  # (1)
        return None
    return Breach(since=alarm.at, sentence=ASKED, facts={"count": alarm.count})


def next_check(facts: Facts) -> datetime | None:  # noqa: ARG001 - only a report can raise it
    return None
