# SPDX-License-Identifier: EUPL-1.2
"""The device says that something disturbs its network or its satellites.

While it lasts, its places are doubtful and it may fall silent.

Who is jammed is often heard later: what it says is judged by when it happened. A place from
JAMMING_QUIET_MIN after it or later shows that it is over.

Nothing is raised where:
1. it has not said so for JAMMING_QUIET_MIN
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
CLEARED = said("The device has not reported a disturbance any more.")

JAM = "jamming"
JAMMING_QUIET_MIN = Parameter(
    name="jamming_quiet_min",
    title=said("Disturbed no more once quiet for, minutes"),
    usual=15,
    lowest=5,
    highest=60,
    reason=said(
        "A device that is jammed says so again and again, mostly each few minutes. One that says "
        "so each half hour needs an hour; less than five minutes would be a new alert each time."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (JAMMING_QUIET_MIN,)
LONGEST = timedelta(minutes=JAMMING_QUIET_MIN.highest)

JAMMED = said("The device reports that its network or its satellites are disturbed.")


def assess(facts: Facts) -> Breach | None:
    alarm = facts.alarm(JAM)
    if alarm is None or facts.now >= quiet_at(facts, alarm.known_at):  # (1)
        return None
    if facts.placed_at is not None and facts.placed_at >= quiet_at(facts, alarm.at):  # (2)
        return None
    return Breach(since=alarm.at, sentence=JAMMED)


def quiet_at(facts: Facts, moment: datetime) -> datetime:
    """When it is over, where it said so at a moment and not after that."""
    return moment + timedelta(minutes=facts.value(JAMMING_QUIET_MIN))


def may_last(alarms: Iterable[Alarmed], moment: datetime | None) -> bool:
    """Whether the device has said so of late, whatever an order sets."""
    jam = next((one for one in alarms if one.name == JAM), None)
    return jam is not None and moment is not None and moment < jam.known_at + LONGEST


def placed_since(alarms: Iterable[Alarmed], placed_at: datetime | None) -> datetime | None:
    """The newest place after it said so, as far as that may matter."""
    jam = next((one for one in alarms if one.name == JAM), None)
    return None if jam is None or placed_at is None else min(placed_at, jam.at + LONGEST)


def next_check(facts: Facts) -> datetime | None:
    alarm = facts.alarm(JAM)
    return None if alarm is None else interface.after(facts.now, [quiet_at(facts, alarm.known_at)])
