# SPDX-License-Identifier: EUPL-1.2
"""The phone says that its location service is off, or that the app may not read it any more.

This is the phone's own kind of tamper; a system update does it too.

Nothing is raised where:
1. the phone never said so
2. it has reported a place since, or one that it had after it said so
3. it said so before it last reported one
4. it has not lasted for LOCATION_OFF_MIN yet, where the order says that it must last
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-LOCATION-OFF",
    version=2,
    title=said("The phone's location is off"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The phone reports that its location is switched off, or that the permission was "
        "withdrawn. Updates and battery savers do so without the person knowing: it needs "
        "checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = False

LOCATION_OFF_MIN = Parameter(
    name="location_off_min",
    title=said("Location off or forbidden for, minutes"),
    usual=0,
    lowest=0,
    highest=60,
    reason=said(
        "The person is not seen meanwhile, so it is told at once. A system update puts it off for "
        "some minutes; an hour is a curfew's beginning missed."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (LOCATION_OFF_MIN,)
CLEARED = said("The phone reports its place again.")

ALARMS = ("location_off", "permission_withdrawn")

OFF = said("The phone's location is switched off, or the app may not use it.")


def assess(facts: Facts) -> Breach | None:
    since = _since(facts)
    if since is None or not interface.lasting(facts, since, LOCATION_OFF_MIN):  # (4)
        return None
    return Breach(since=since, sentence=OFF)


def next_check(facts: Facts) -> datetime | None:
    since = _since(facts)
    if since is None:
        return None
    return interface.after(facts.now, [interface.lasts_until(facts, since, LOCATION_OFF_MIN)])


def _since(facts: Facts) -> datetime | None:
    said_so = [one for one in facts.alarms if one.name in ALARMS]
    if not said_so or facts.unplaced_at is None:  # (1) (2)
        return None
    last = max(said_so, key=lambda one: (one.at, one.known_at))
    if facts.placed_at is not None and facts.placed_at > last.at:  # (2)
        return None
    if last.known_at < facts.unplaced_at:  # (3)
        return None
    since = interface.told_since(facts, last, LOCATION_OFF_MIN)
    return since if facts.placed_at is None else max(since, min(facts.placed_at, last.at))
