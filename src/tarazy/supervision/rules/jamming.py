# SPDX-License-Identifier: EUPL-1.2
"""The device says that something disturbs its network or its satellites.

While it lasts, its places are doubtful and it may fall silent.

Nothing is raised where:
1. it has not said so for QUIET
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-JAMMING",
    version=1,
    title=said("The device is disturbed"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device reports that its radio is disturbed. Some buildings, tunnels and faulty "
        "chargers do the same: it needs checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = False
PARAMETERS: tuple[Parameter, ...] = ()
CLEARED = said("The device has not reported a disturbance for 15 minutes.")

QUIET = timedelta(minutes=15)
"""A device that is jammed says so again and again; quiet for so long, it is jammed no more."""

JAMMED = said("The device reports that its network or its satellites are disturbed.")


def assess(facts: Facts) -> Breach | None:
    alarm = facts.alarm("jamming")
    if alarm is None or facts.now >= alarm.known_at + QUIET:  # (1)
        return None
    return Breach(since=alarm.at, sentence=JAMMED)


def next_check(facts: Facts) -> datetime | None:
    alarm = facts.alarm("jamming")
    return None if alarm is None else interface.after(facts.now, [alarm.known_at + QUIET])
