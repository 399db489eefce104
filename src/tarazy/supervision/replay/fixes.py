# SPDX-License-Identifier: EUPL-1.2
"""Lines of fixes, one JSON object each, into arrivals; what cannot be one is refused by its line.

1. `known_at` is when the centre had it, and `at` where it is left out. Lines may come in any order.
2. Without `lat` and `lon` a line is a sign of life. Unknown fields are passed over.
3. Times are repaired or called a clock fault as at the gate (gateway/times.py); of a clock fault
   nothing about the place is used. Accuracy, speed and battery count to the seven digits or so that
   the fix store keeps.
4. A mark of byte order before the first line is passed over.
5. The same again is a duplicate, and counts once. A line that names another person is not ours.
6. A fix from outside the order's period is refused: the gate would not have kept it.
7. A file of which no line at all can be read is refused as a whole, by its first line.
8. An alarm that we have no name for is told and passed over; the rest of its line is used: a cut
   strap must not be lost for it. An unknown mark is told too; it may mean anything about the place,
   so that is not used.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, BinaryIO, Protocol

import msgspec
import numpy as np

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import reading
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.interface import Mark
from tarazy.supervision.gateway.times import settle
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.replay.terms import YEARS

LINE_BYTES_MAX = 64 * 1024
FIXES_MAX = 20_000_000
MARKS_MAX = 20
MEASURES_CACHED = 10_000
"""Accuracies, speeds and batteries come again and again."""

Meta = msgspec.Meta
Aware = Annotated[datetime, Meta(tz=True)]


class Fix(msgspec.Struct, frozen=True):
    """One report of a device. Leave out what is not known; never give zero for it."""

    at: Annotated[Aware, Meta(description="When it happened, with its zone.")]
    known_at: Annotated[
        Aware | None, Meta(description="When the centre had it; `at` if absent.")
    ] = None
    lat: Annotated[float | None, Meta(description="Degrees north, WGS 84, -90 to 90.")] = None
    lon: Annotated[float | None, Meta(description="Degrees east, -180 to 180.")] = None
    accuracy_m: Annotated[
        float | None, Meta(description="68 % radius, metres; absent or 0 is unknown.")
    ] = None
    speed_kmh: float | None = None
    course_deg: float | None = None
    altitude_m: float | None = None
    battery_percent: float | None = None
    satellites: int | None = None
    hdop: float | None = None
    charging: bool | None = None
    moving: bool | None = None
    stored: Annotated[bool, Meta(description="It waited in the device's memory.")] = False
    marks: Annotated[
        tuple[Mark, ...], Meta(description="What is doubtful about it.", max_length=MARKS_MAX)
    ] = ()
    alarms: Annotated[
        tuple[Alarm, ...], Meta(description="What the device calls out.", max_length=MARKS_MAX)
    ] = ()
    sim: Annotated[
        str | None,
        Meta(
            description="Any sign of the SIM card that is in the device, such as its number: only "
            "compared with the one before."
        ),
    ] = None
    person: Annotated[str | None, Meta(description="Whose, as in the order.")] = None
    device: str | None = None


class _Loose(Fix, frozen=True):
    """The same, with marks and alarms of any name."""

    marks: Annotated[tuple[str, ...], Meta(max_length=MARKS_MAX)] = ()  # type: ignore[assignment]
    alarms: Annotated[tuple[str, ...], Meta(max_length=MARKS_MAX)] = ()  # type: ignore[assignment]


ALARMS = {str(one): one for one in Alarm}
MARKS = {str(one): one for one in Mark}
UNNAMED = ("$.alarms[", "$.marks[")


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that is not used, or a field of one, and why."""

    number: int
    name: str
    field: str | None = None
    rest_used: bool = False


@dataclass(slots=True)
class Trail:
    """What was read of a file for one order."""

    arrivals: list[Arrival] = field(default_factory=list)
    """By `known_at`, then `at`, then line."""
    refused: list[RefusedLine] = field(default_factory=list)
    lines: int = 0
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A readable line and its number."""

    number: int
    fix: Fix
    unnamed: tuple[str, ...] = ()
    """Fields that tell something which has no name here."""


def read_lines(file: BinaryIO) -> Iterator[Line | RefusedLine]:
    """Each line that is not blank, read or refused. Raises Refused where there are too many."""
    number = 0
    while text := file.readline(LINE_BYTES_MAX + 1):
        number += 1
        text = text.removeprefix(BOM_UTF8) if number == 1 else text
        if number > FIXES_MAX:
            raise Refused(Refusal.TOO_MANY_PARTS, parts_max=FIXES_MAX)
        if len(text) > LINE_BYTES_MAX:
            while text and not text.endswith(b"\n"):
                text = file.readline(LINE_BYTES_MAX)
            yield RefusedLine(number, Refusal.BODY_TOO_LARGE)
        elif text.strip():
            yield _line(number, text)


def readable(lines: Iterable[Line | RefusedLine]) -> list[Line | RefusedLine]:
    """The same, once they are of this form at all. Raises Refused with the first line's reason."""
    found = list(lines)
    refused = [one for one in found if isinstance(one, RefusedLine)]
    if refused and len(refused) == len(found):
        first = refused[0]
        where = {} if first.field is None else {"field": first.field}
        raise Refused(Refusal(first.name), line=first.number, **where)
    return found


class Ground(Protocol):
    """When a fix may be taken in: an order's period, or the times of a consent."""

    def contains(self, moment: datetime, /) -> bool:
        """Whether a moment is in it."""


def trail_of(
    lines: Iterable[Line | RefusedLine],
    person: str,
    ground: Ground,
    otherwise: Refusal = Refusal.NO_ORDER,
) -> Trail:
    """The arrivals of one person under one order, or one consent."""
    trail, kept = Trail(), list[tuple[Arrival, int, Fix]]()
    for line in lines:
        if isinstance(line, RefusedLine):
            trail.refused.append(line)
        elif line.fix.person in (None, person):
            trail.lines += 1
            trail.refused += [
                RefusedLine(line.number, Refusal.BAD_FIELD, field, rest_used=True)
                for field in line.unnamed
            ]
            arrival = _arrival(line.fix)
            if ground.contains(arrival.at):
                kept.append((arrival, line.number, line.fix))
            else:
                trail.refused.append(RefusedLine(line.number, otherwise))
    kept.sort(key=lambda one: (one[0].known_at, one[0].at, one[1]))
    kept = _with_changed_cards(kept)
    trail.arrivals = _once(kept)
    trail.duplicates = len(kept) - len(trail.arrivals)
    return trail


def _with_changed_cards(
    kept: Sequence[tuple[Arrival, int, Fix]],
) -> list[tuple[Arrival, int, Fix]]:
    """The alarm of another SIM card than before, as the gate adds it (actions/intake.py)."""
    last, told_at, found = dict[str | None, str](), dict[str | None, datetime](), []
    for arrival, number, fix in kept:
        one, device, told = arrival, fix.device, fix.sim
        if told and not fix.stored and Mark.CLOCK_FAULT not in arrival.marks:
            before = told_at.get(device)
            if before is None or arrival.at >= before:
                if last.get(device, told) != told and Alarm.SIM_CHANGED not in arrival.alarms:
                    alarms = (*arrival.alarms, str(Alarm.SIM_CHANGED))
                    one = msgspec.structs.replace(arrival, alarms=alarms)
                last[device], told_at[device] = told, arrival.at
        found.append((one, number, fix))
    return found


def _once(kept: Sequence[tuple[Arrival, int, Fix]]) -> list[Arrival]:
    """Each message once, at the first time at which it was known."""
    seen: set[Fix] = set()
    found = []
    for arrival, _, fix in kept:
        message = msgspec.structs.replace(fix, known_at=None)
        if message not in seen:
            seen.add(message)
            found.append(arrival)
    return found


def _line(number: int, text: bytes) -> Line | RefusedLine:
    try:
        fix, unnamed = _read(text)
        return Line(number, _checked(fix), unnamed)
    except Refused as refused:
        where = refused.facts.get("field")
        return RefusedLine(number, str(refused.name), None if where is None else str(where))


def _read(text: bytes) -> tuple[Fix, tuple[str, ...]]:
    """What a line says, and its fields that tell something without a name here. Raises Refused."""
    try:
        return reading.read_json(Fix, text, strict=True), ()
    except Refused as refused:
        if not str(refused.facts.get("field")).startswith(UNNAMED):
            raise
    told = reading.read_json(_Loose, text, strict=True)
    unnamed = [f"$.marks[{n}]" for n, one in enumerate(told.marks) if one not in MARKS]
    marks = [MARKS[one] for one in told.marks if one in MARKS]
    if unnamed and Mark.INVALID_FIX not in marks:
        marks.append(Mark.INVALID_FIX)
    unnamed += [f"$.alarms[{n}]" for n, one in enumerate(told.alarms) if one not in ALARMS]
    alarms = tuple(ALARMS[one] for one in told.alarms if one in ALARMS)
    known = {one: getattr(told, one) for one in Fix.__struct_fields__}
    return Fix(**known | {"marks": tuple(marks), "alarms": alarms}), tuple(unnamed)


def _checked(told: Fix) -> Fix:
    """With possible values only. Raises Refused."""
    for time in (told.at, told.known_at or told.at):
        if not YEARS[0] <= time.year <= YEARS[1]:
            raise Refused(Refusal.BAD_TIME, field="$.at")
    if told.lat is not None or told.lon is not None:
        reading.place(told.lat, told.lon)
    return msgspec.structs.replace(
        told,
        accuracy_m=_kept(reading.accuracy(told.accuracy_m, "$.accuracy_m")),
        speed_kmh=_kept(reading.speed(told.speed_kmh, "$.speed_kmh")),
        battery_percent=_kept(reading.battery(told.battery_percent, "$.battery_percent")),
    )


@lru_cache(maxsize=MEASURES_CACHED)
def _kept(value: float | None) -> float | None:
    """As the fix store has it: a `real` number, by its shortest decimals (engine/batch.py)."""
    return None if value is None else float(str(np.float32(value)))


def _arrival(fix: Fix) -> Arrival:
    """As the engine reads it out of the fix store: nothing happens after it is known."""
    known_at = (fix.known_at or fix.at).astimezone(UTC)
    moment = settle(fix.at.astimezone(UTC), known_at)
    at = min(moment.at, known_at)
    place = None
    invalid = (Mark.INVALID_FIX,) if reading.nowhere(fix.lat, fix.lon) else ()
    marks = frozenset(str(mark) for mark in (*fix.marks, *moment.marks, *invalid))
    if fix.lat is not None and fix.lon is not None and Mark.CLOCK_FAULT not in marks:
        place = Sighting(at, fix.lat, fix.lon, fix.accuracy_m)
    alarms = tuple(str(alarm) for alarm in fix.alarms)
    return Arrival(
        0,
        at,
        known_at,
        place,
        fix.speed_kmh,
        fix.battery_percent,
        marks,
        alarms,
        fix.charging,
        fix.moving,
    )
