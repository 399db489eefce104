# SPDX-License-Identifier: EUPL-1.2
"""Reading JSON, numbers, places and times of devices: a value, None for unknown, or a refusal."""

import math
import re
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from tarazy.core.errors import Refused
from tarazy.supervision.refusals import Refusal

T = TypeVar("T")

LAT_MAX = 90.0
LON_MAX = 180.0
ACCURACY_M_MAX = 100_000.0  # worse than that is no better known than that
SPEED_KMH_MAX = 2_000.0
COURSE_DEG_MAX = 360.0
ALTITUDE_M = (-1_000.0, 100_000.0)
BATTERY_PERCENT_MAX = 100.0

NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{0,30})?([eE][+-]?\d{1,3})?", re.ASCII)
FIELD_IN_ERROR = re.compile(r"at `(\$[^`]{0,60})`")


def read_json(kind: type[T], text: bytes | msgspec.Raw, *, strict: bool = False) -> T:
    """The text as this type; unless strict, numbers in quotes count as numbers: some send them."""
    try:
        return msgspec.json.decode(text, type=kind, strict=strict)
    except msgspec.ValidationError as error:
        found = FIELD_IN_ERROR.search(str(error))
        raise Refused(Refusal.BAD_FIELD, field=found[1] if found else "$") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Refusal.NOT_JSON) from error


def canonical_json(text: bytes | msgspec.Raw) -> bytes:
    """The same bytes for the same content, whatever the order of its keys and its spaces."""
    value = read_json(object, text)
    try:
        return msgspec.json.encode(value, order="sorted")
    except OverflowError:  # an integer beyond 64 bits somewhere: then as it came
        return bytes(text)


def read_number(text: str | None, field: str) -> float | None:
    """A decimal number in a form field; an empty one is unknown. NaN and infinity are refused."""
    if text is None or not text.strip():
        return None
    if not NUMBER.fullmatch(text.strip()):
        raise Refused(Refusal.BAD_FIELD, field=field)
    return finite(float(text), field)


def finite(value: float | None, field: str) -> float | None:
    """The value itself; NaN and infinity are refused."""
    if value is not None and not math.isfinite(value):
        raise Refused(Refusal.BAD_FIELD, field=field)
    return value


def place(lat: float | None, lon: float | None) -> tuple[float, float]:
    """A place on earth, in degrees."""
    if lat is None or lon is None:
        raise Refused(Refusal.NO_PLACE)
    if not (abs(lat) <= LAT_MAX and abs(lon) <= LON_MAX):  # NaN is not on earth either
        raise Refused(Refusal.BAD_PLACE)
    return lat, lon


def nowhere(lat: float | None, lon: float | None) -> bool:
    """Whether it is what a receiver says that has no fix: 0, 0 to the last digit, in the sea."""
    return lat == 0.0 and lon == 0.0


def known(value: float | None, low: float, high: float) -> float | None:
    """The value where it is possible, else unknown: clients say -1 or nonsense for "no idea"."""
    return value if value is not None and low <= value <= high else None


def accuracy(value: float | None, field: str) -> float | None:
    """A 68 % radius in metres. Zero and -1 are how clients say unknown."""
    number = finite(value, field)
    return min(number, ACCURACY_M_MAX) if number is not None and number > 0 else None


def speed(value: float | None, field: str, kmh_per_unit: float = 1.0) -> float | None:
    """A speed in km/h, from the client's own unit."""
    number = finite(value, field)
    return None if number is None else known(number * kmh_per_unit, 0, SPEED_KMH_MAX)


def course(value: float | None, field: str) -> float | None:
    """Degrees clockwise from true north."""
    return known(finite(value, field), 0, COURSE_DEG_MAX)


def altitude(value: float | None, field: str) -> float | None:
    """Metres."""
    return known(finite(value, field), *ALTITUDE_M)


def battery(value: float | None, field: str, percent_per_unit: float = 1.0) -> float | None:
    """What is left, in percent."""
    number = finite(value, field)
    return None if number is None else known(number * percent_per_unit, 0, BATTERY_PERCENT_MAX)


def epoch(seconds: float) -> datetime:
    """Seconds since 1970 as aware UTC."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise Refused(Refusal.BAD_TIME) from error


def iso_time(text: str) -> datetime:
    """ISO 8601; a time without a zone is UTC, as these clients mean it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(Refusal.BAD_TIME) from error
    return in_utc(at.replace(tzinfo=UTC) if at.tzinfo is None else at)


def digits_time(date: str, clock: str) -> datetime:
    """A time in UTC of digits alone: YYYYMMDD or YYMMDD, and HHMMSS.

    Years of two digits from 69 on are those from 1969 on, as POSIX has it: a receiver that lost
    2,048 weeks says in 2026 that it is 1987 (times.py, 2).
    """
    if len(date) == 6:
        date = ("19" if date >= "69" else "20") + date
    try:
        return datetime.fromisoformat(f"{date}T{clock}Z")
    except ValueError as error:
        raise Refused(Refusal.BAD_TIME) from error


def in_utc(at: datetime) -> datetime:
    """An aware time as UTC. At the calendar's ends a zone may lead beyond them: that is refused."""
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise Refused(Refusal.BAD_TIME) from error
