# SPDX-License-Identifier: EUPL-1.2
"""The device tells a speed, and the same coordinates to the last digit, for long.

At rest a phone may well hold its place: that is no fault. Moving and standing at once is one: the
receiver hangs, or somebody feeds it. An accuracy that never changes is a weaker hint, which
trackers give all the time; it is a mark on the trail and raises nothing.

Nothing is raised where:
1. fewer than FROZEN_REPORTS in a row have these coordinates, or for less than FROZEN_MIN
2. less than half of them tell a speed above 5 km/h
3. hardly anything was heard in that time: that is silence
Not assessed: devices that tell no speed; reports that came late.
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-FROZEN-PLACE",
    version=2,
    title=said("The device moves without leaving its place"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device says that it is on the move, and tells the same coordinates to the last digit. "
        "A receiver that hangs does so, and a program that feeds it: it needs checking, and proves "
        "nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = False
CLEARED = said("The device reports other places again.")

FROZEN_MIN = Parameter(
    name="frozen_min",
    title=said("Moving at the same coordinates for, minutes"),
    usual=10,
    lowest=10,
    highest=60,
    reason=said("Receivers hold a place for some minutes in a tunnel; none is an hour long here."),
)
FROZEN_REPORTS = Parameter(
    name="frozen_reports",
    title=said("Moving at the same coordinates for so many reports"),
    usual=10,
    lowest=5,
    highest=30,
    reason=said(
        "Ten reports of a receiver that works are never alike to the last digit. Fewer than five "
        "are, where a car waits and its speed is told late."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (FROZEN_MIN, FROZEN_REPORTS)

FROZEN = said(
    "The device tells a speed and the same coordinates for more than {minutes} minutes. It needs "
    "checking."
)


def assess(facts: Facts) -> Breach | None:
    held, minutes = facts.signs.frozen, facts.value(FROZEN_MIN)
    if held is None or held.reports < facts.value(FROZEN_REPORTS):  # (1)
        return None
    if 2 * held.moving < held.reports:  # (2)
        return None
    limit = timedelta(minutes=minutes)
    if facts.now < held.place.at + limit:  # (1)
        return None
    if facts.heard_at is None or facts.heard_at < held.place.at + limit / 2:  # (3)
        return None
    return Breach(
        since=held.place.at, sentence=FROZEN, facts={"minutes": minutes}, evidence=(held.place,)
    )


def next_check(facts: Facts) -> datetime | None:
    held = facts.signs.frozen
    if held is None:
        return None
    limit = timedelta(minutes=facts.value(FROZEN_MIN))
    due = held.place.at + limit
    return due if due > facts.now else facts.now + limit / 2
