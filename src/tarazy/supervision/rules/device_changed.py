# SPDX-License-Identifier: EUPL-1.2
"""Another SIM card is in the device, or it says so.

It never clears by itself: a card that was put back leaves the same question. A device that reports
under another number is none of ours, and is refused at the gate; so this is about the card. Either
the device says that its card was changed, or it tells the number of its card (gateway/cards.py) and
that is another one than before: the gate compares keyed digests, a replay what its lines say.

Nothing is raised where:
1. the device does not say so now
Not assessed: devices that tell neither. Phones do not, and one that took over another's token tells
the same as the first one did. What a device told while another person wore it is not compared.
No number of it is an order's: one change is enough.
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-DEVICE-CHANGED",
    version=1,
    title=said("Another SIM card is in the device"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device reports that another SIM card is in it. An exchange by the operator or a loose "
        "card do the same: somebody has to look at it, and it proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "alert"
LATCHED = True
SECRET = False
CLEARED = interface.RESOLVED

PARAMETERS: tuple[Parameter, ...] = ()

CHANGED = said("The device reports that its SIM card was changed ({count}). It needs checking.")


def assess(facts: Facts) -> Breach | None:
    alarm = interface.just_heard(facts, "sim_changed")
    if alarm is None:  # (1)
        return None
    return Breach(since=alarm.at, sentence=CHANGED, facts={"count": alarm.count})


def next_check(facts: Facts) -> datetime | None:  # noqa: ARG001 - only a report can raise it
    return None
