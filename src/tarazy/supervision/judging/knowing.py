# SPDX-License-Identifier: EUPL-1.2
"""What is known of a person, and what one more report makes of it.

Reports come in any order. A state (battery, charger, power, place invented, no place, location off,
app restricted, jammed) is as the newest report has it, by the time at which it happened: what comes
late and is older changes nothing of it. What a person has to resolve (tamper, a button) counts
whenever it comes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from tarazy.supervision.judging.quiet import CLOCK_FAULT, MOCK
from tarazy.supervision.judging.signs import level_of, rough, signs_after, told_of
from tarazy.supervision.judging.subjects import Arrival, Wearer
from tarazy.supervision.presence.constants import UNUSABLE_MARKS
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.rules import app_restricted, jamming, power_cut
from tarazy.supervision.rules.interface import Alarmed, Facts
from tarazy.supervision.rules.signs import Signs

STATES = frozenset(
    {
        *("power_cut", "power_restored", "charging_started", "charging_stopped", "jamming"),
        *("location_off", "permission_withdrawn", "battery_optimisation", "phone_in_order"),
    }
)
"""Alarms that say how something is, until something newer says otherwise."""
OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "power_cut": power_cut.RESTORED,
    **dict.fromkeys(app_restricted.STATUS, app_restricted.STATUS),
}
"""States that an order may ask to last, and what tells that one of them has ended. A status names
all that is wrong: what it does not name is in order."""


class Known(NamedTuple):
    """What any report may change. The fields are those of `Wearer` and of `Facts`."""

    heard_at: datetime | None
    clock_fault_at: datetime | None
    mock_at: datetime | None
    unplaced_at: datetime | None
    battery_percent: float | None
    battery_at: datetime | None
    alarms: tuple[Alarmed, ...]
    signs: Signs
    placed_at: datetime | None
    """Of the newest usable place; of a wearer it follows from the others."""


def known_of(one: Wearer | Facts) -> Known:
    """What is known of a person by now."""
    return Known(
        heard_at=one.heard_at,
        clock_fault_at=one.clock_fault_at,
        mock_at=one.mock_at,
        unplaced_at=one.unplaced_at,
        battery_percent=one.battery_percent,
        battery_at=one.battery_at,
        alarms=one.alarms,
        signs=one.signs,
        placed_at=one.placed_at,
    )


def hearing(before: Known, arrival: Arrival) -> Known:
    """What is known with one more report."""
    faulty = CLOCK_FAULT in arrival.marks
    mock_at, unplaced_at, dark_at = _unplaced_after(before, arrival)
    signs = signs_after(before.signs, arrival, before.battery_at)
    percent, told_at = before.battery_percent, before.battery_at
    told = arrival.battery_percent is not None and not faulty
    if told and (told_at is None or arrival.at >= told_at):
        percent, told_at = arrival.battery_percent, arrival.at
    place, placed_at = usable(arrival), before.placed_at
    if place is not None and (placed_at is None or place.at > placed_at):
        placed_at = place.at
    return Known(
        arrival.known_at,
        before.clock_fault_at or arrival.known_at if faulty else None,
        *(mock_at, unplaced_at, percent, told_at),
        alarms_after(before, arrival),
        signs if dark_at == signs.dark_at else replace(signs, dark_at=dark_at),
        placed_at,
    )


def _unplaced_after(
    before: Known, arrival: Arrival
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Since when places are invented, since when there is none, and the last report without one.

    Where it was heard late how it was earlier, it stays as it is.
    """
    mock_at, unplaced_at, dark_at = before.mock_at, before.unplaced_at, before.signs.dark_at
    faulty = CLOCK_FAULT in arrival.marks
    newest = before.placed_at
    if newest is None or (dark_at is not None and dark_at > newest):
        newest = dark_at
    if not faulty and newest is not None and arrival.at < newest:
        return mock_at, unplaced_at, dark_at
    if MOCK in arrival.marks:
        mock_at = mock_at or arrival.at
    elif arrival.place is not None:
        mock_at = None
    if located(arrival):
        return mock_at, None, None
    dark_at = dark_at if faulty else arrival.at
    return mock_at, unplaced_at or arrival.known_at, dark_at


def told(known: Known) -> tuple[object, ...]:
    """What a rule about the person may answer to, besides having heard at all.

    While no place is known it is also that the device goes on reporting.
    """
    level = level_of(known.battery_percent) if known.signs.left is None else None
    going_on = None if known.unplaced_at is None else known.heard_at
    marks = known.clock_fault_at, known.mock_at, known.unplaced_at, going_on
    placed = jamming.placed_since(known.alarms, known.placed_at)
    return (*marks, level, placed, known.alarms, *told_of(known.signs))


def usable(arrival: Arrival) -> Sighting | None:
    """Its place, if it is a witness."""
    return arrival.place if UNUSABLE_MARKS.isdisjoint(arrival.marks) else None


def located(arrival: Arrival) -> bool:
    """Whether it says where the device is: a mobile network's cell of some kilometres does not."""
    place = usable(arrival)
    return place is not None and not rough(place)


def alarms_after(known: Known, arrival: Arrival) -> tuple[Alarmed, ...]:
    """The last alarm of each kind, with those of one more report."""
    if not arrival.alarms:
        return known.alarms
    before = {one.name: one for one in known.alarms}
    alarms = dict(before)
    for name in arrival.alarms:
        last = alarms.get(name)
        if last is None or name not in STATES or arrival.at >= last.at:
            count = 1 if last is None else last.count + 1
            begun_at = None if last is None else _begun(last, before, known.signs)
            alarms[name] = Alarmed(name, arrival.at, arrival.known_at, count, begun_at)
    return tuple(alarms[name] for name in sorted(alarms))


def _begun(last: Alarmed, before: Mapping[str, Alarmed], signs: Signs) -> datetime | None:
    """Since when a state goes on that is told once more; None where it was otherwise meanwhile."""
    if last.name not in OTHERWISE:
        return None
    charged = last.name == "power_cut" and signs.charged_since(last.at)
    others = (before[name].at for name in OTHERWISE[last.name] if name in before)
    return None if charged or any(at > last.at for at in others) else last.begun
