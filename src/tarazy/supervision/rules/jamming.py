# SPDX-License-Identifier: EUPL-1.2
"""The device says that something disturbs its network or its satellites.

While it lasts, its places are doubtful and it may fall silent.

Who is jammed is often heard later: what it says is judged by when it happened. A place from QUIET
after it or later shows that it is over.

Nothing is raised where:
1. it has not said so for QUIET
2. it has told a place since, from so long after it
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Alarmed, Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-JAMMING",
    version=2,
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

JAM = "jamming"
QUIET = timedelta(minutes=15)
"""A device that is jammed says so again and again; quiet for so long, it is jammed no more."""

JAMMED = said("The device reports that its network or its satellites are disturbed.")


def assess(facts: Facts) -> Breach | None:
    alarm = facts.alarm(JAM)
    if alarm is None or not lasts(facts.alarms, facts.now):  # (1)
        return None
    if placed_after(facts.alarms, facts.placed_at):  # (2)
        return None
    return Breach(since=alarm.at, sentence=JAMMED)


def lasts(alarms: Iterable[Alarmed], moment: datetime | None) -> bool:
    """Whether the device has said so of late."""
    jam = next((one for one in alarms if one.name == JAM), None)
    return jam is not None and moment is not None and moment < jam.known_at + QUIET


def placed_after(alarms: Iterable[Alarmed], placed_at: datetime | None) -> bool:
    """Whether a place is known from so long after it said so."""
    jam = next((one for one in alarms if one.name == JAM), None)
    return jam is not None and placed_at is not None and placed_at >= jam.at + QUIET


def next_check(facts: Facts) -> datetime | None:
    alarm = facts.alarm(JAM)
    return None if alarm is None else interface.after(facts.now, [alarm.known_at + QUIET])
