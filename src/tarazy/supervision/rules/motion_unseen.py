# SPDX-License-Identifier: EUPL-1.2
"""The device is on the move, and tells no usable place: the person should step outside.

It tells of movement by its own sensor, by a speed, by calling out, or by the cell of the network
that it is in: the places of two cells lie further apart than both are uncertain.

Nothing is raised where:
1. the last report had a place that is accurate to half a kilometre or better, or came late
2. that has lasted for less than MOTION_UNSEEN_MIN: a lift, a shop, a tunnel
3. fewer than MOTION_UNSEEN_REPORTS told of movement meanwhile: who sits still in a cellar is
   another alert
4. the clock is faulty, the places are invented, or the location is switched off: those are other
   alerts
5. hardly anything was heard in that time: that is silence
Not assessed: devices without a sensor for movement, which tell no coarse places either.
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-MOTION-UNSEEN",
    version=2,
    title=said("The device moves, and does not say where it is"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device moves while it reports no usable place. Metro, malls and cars with coated "
        "windows are the usual causes. Asking the person to step outside for some minutes mostly "
        "ends it."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = False
CLEARED = said("The device reports its place again.")

MOTION_UNSEEN_MIN = Parameter(
    name="motion_unseen_min",
    title=said("On the move without a place for, minutes"),
    usual=10,
    lowest=5,
    highest=60,
    reason=said(
        "Ten minutes are what control centres give to step outside. A ride under the ground may "
        "take longer, and an hour is enough for any."
    ),
)
MOTION_UNSEEN_REPORTS = Parameter(
    name="motion_unseen_reports",
    title=said("Reports of movement without a place"),
    usual=2,
    lowest=1,
    highest=10,
    reason=said(
        "One may be a bump against the table. Ten, at a report a minute, are a journey by any "
        "measure."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (MOTION_UNSEEN_MIN, MOTION_UNSEEN_REPORTS)
OFF = ("location_off", "permission_withdrawn")

UNSEEN = said(
    "The device has been on the move for more than {minutes} minutes without a usable place. Ask "
    "the person to step outside."
)


def assess(facts: Facts) -> Breach | None:
    blind, minutes = facts.signs.blind, facts.value(MOTION_UNSEEN_MIN)
    if blind is None or blind.moves < facts.value(MOTION_UNSEEN_REPORTS):  # (1) (3)
        return None
    limit = timedelta(minutes=minutes)
    if facts.now < blind.since + limit:  # (2)
        return None
    if facts.heard_at is None or facts.heard_at < blind.since + limit / 2:  # (5)
        return None
    if facts.clock_fault_at is not None or facts.mock_at is not None:  # (4)
        return None
    if any(one.name in OFF and one.known_at >= blind.since for one in facts.alarms):  # (4)
        return None
    return Breach(since=blind.since, sentence=UNSEEN, facts={"minutes": minutes})


def next_check(facts: Facts) -> datetime | None:
    blind = facts.signs.blind
    if blind is None:
        return None
    due = blind.since + timedelta(minutes=facts.value(MOTION_UNSEEN_MIN))
    return interface.after(facts.now, [due])
