# SPDX-License-Identifier: EUPL-1.2
"""One published value -> one value of ours, or None where it cannot be read without guessing.

A wrong type that leaves no doubt is taken (the number 17 as an id, the text "12.50" as an amount).
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any

AMOUNT_DIGITS_MAX = 28
WHOLE_MAX = 10**20
COUNT_MAX = 1_000_000_000
TELEPHONE_DIGITS = 10
TELEPHONE_DIGITS_MIN = 6
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_EIGHT_PLACES = Decimal("1E-8")
_EXACT = Context(prec=AMOUNT_DIGITS_MAX)
# RFC 3339, seconds optional; a date alone is a moment whose zone (and hour) is not known.
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_NUMBER = re.compile(r"-?\d+(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)

Reader = Callable[[Any], Any]


def text(value: Any) -> str | None:
    """Text as it came, without the blanks around it; a whole number (an id) as its digits."""
    kind = value.__class__
    if kind is str:
        return str(value.strip())
    return str(value) if kind is int else None


def amount(value: Any) -> Decimal | None:
    """An exact amount. The decoder hands JSON fractions over as text, so no float is ever made."""
    kind = value.__class__
    if kind is int:
        return Decimal(value) if abs(value) < WHOLE_MAX else None
    if kind is not str or not _NUMBER.fullmatch(value := value.strip()):
        return None
    try:
        return Decimal(value).quantize(_EIGHT_PLACES, context=_EXACT)
    except InvalidOperation:  # more digits than the column holds
        return None


def share(value: Any) -> Decimal | None:
    """A share of one, as OCDS has it: 30 may be percent or a mistake, and nobody knows which."""
    exact = amount(value)
    return exact if exact is not None and 0 <= exact <= 1 else None


def flag(value: Any) -> bool | None:
    """Yes or no."""
    if value.__class__ is bool:
        return bool(value)
    return (
        {"true": True, "false": False}.get(value.strip().lower())
        if isinstance(value, str)
        else None
    )


def given(value: Any) -> bool:
    """Whether there is anything."""
    return bool(value)


def texts(value: Any) -> Any:
    """A list of texts, which `release` has made sure of."""
    return value


def telephone(value: Any) -> str | None:
    """Its last ten digits, so that +7 and 8 before a number make no difference; null for fewer."""
    digits = re.sub(r"\D", "", text(value) or "", flags=re.ASCII)
    return digits[-TELEPHONE_DIGITS:] if len(digits) >= TELEPHONE_DIGITS_MIN else None


def email(value: Any) -> str | None:
    """An e-mail address in small letters."""
    address = (text(value) or "").lower()
    return address if _EMAIL.fullmatch(address) else None


def folded(value: Any) -> str | None:
    """A text to be compared: letters and digits, case apart."""
    words = re.sub(r"[\W_]+", " ", text(value) or "").strip().casefold()
    return words or None


def count(value: Any) -> int | None:
    """A whole number that counts something."""
    if value.__class__ is int:
        return int(value) if 0 <= value <= COUNT_MAX else None
    exact = amount(value)
    if exact is None or exact != exact.to_integral_value() or not 0 <= exact <= COUNT_MAX:
        return None
    return int(exact)


def published(value: Any) -> str | None:
    """A moment as it came, before it is read."""
    return value if value.__class__ is str else None


def moment(value: Any) -> tuple[datetime | None, str] | None:
    """(UTC or None where no zone is named, the text as published); None where it is no date."""
    if value.__class__ is not str or not _RFC3339.fullmatch(value := value.strip()):
        return None
    try:
        if len(value) <= len("2026-01-01"):
            date.fromisoformat(value)
            return None, value
        at = datetime.fromisoformat(value)
        return (None if at.tzinfo is None else at.astimezone(UTC)), value
    except (ValueError, OverflowError):
        return None
