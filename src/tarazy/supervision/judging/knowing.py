# SPDX-License-Identifier: EUPL-1.2
"""What is known of a person, and what one more report makes of it."""

from datetime import datetime
from typing import NamedTuple

from tarazy.supervision.judging.quiet import CLOCK_FAULT, MOCK
from tarazy.supervision.judging.signs import level_of, signs_after, told_of
from tarazy.supervision.judging.subjects import Arrival, Wearer
from tarazy.supervision.presence.constants import UNUSABLE_MARKS
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.rules.interface import Alarmed, Facts
from tarazy.supervision.rules.signs import Signs


class Known(NamedTuple):
    """What any report may change. The fields are those of `Wearer` and of `Facts`."""

    heard_at: datetime | None
    clock_fault_at: datetime | None
    mock_at: datetime | None
    unplaced_at: datetime | None
    battery_percent: float | None
    alarms: tuple[Alarmed, ...]
    signs: Signs


def known_of(one: Wearer | Facts) -> Known:
    """What is known of a person by now."""
    return Known(
        *(one.heard_at, one.clock_fault_at, one.mock_at, one.unplaced_at),
        *(one.battery_percent, one.alarms, one.signs),
    )


def hearing(before: Known, arrival: Arrival) -> Known:
    """What is known with one more report."""
    placed = usable(arrival) is not None
    mock_at = before.mock_at if arrival.place is None else None
    if MOCK in arrival.marks:
        mock_at = before.mock_at or arrival.known_at
    faulty = CLOCK_FAULT in arrival.marks
    battery = arrival.battery_percent
    return Known(
        arrival.known_at,
        before.clock_fault_at or arrival.known_at if faulty else None,
        mock_at,
        None if placed else before.unplaced_at or arrival.known_at,
        before.battery_percent if battery is None else battery,
        alarms_after(before.alarms, arrival),
        signs_after(before.signs, arrival, before.battery_percent),
    )


def told(known: Known) -> tuple[object, ...]:
    """What a rule about the person may answer to, besides having heard at all.

    While no place is known it is also that the device goes on reporting.
    """
    level = level_of(known.battery_percent)
    going_on = None if known.unplaced_at is None else known.heard_at
    marks = known.clock_fault_at, known.mock_at, known.unplaced_at, going_on
    return (*marks, level, known.alarms, *told_of(known.signs))


def usable(arrival: Arrival) -> Sighting | None:
    """Its place, if it is a witness."""
    return None if arrival.marks & UNUSABLE_MARKS else arrival.place


def alarms_after(before: tuple[Alarmed, ...], arrival: Arrival) -> tuple[Alarmed, ...]:
    """The last alarm of each kind, with those of one more report."""
    if not arrival.alarms:
        return before
    alarms = {one.name: one for one in before}
    for name in arrival.alarms:
        count = alarms[name].count + 1 if name in alarms else 1
        alarms[name] = Alarmed(name, arrival.at, arrival.known_at, count)
    return tuple(alarms[name] for name in sorted(alarms))
