# SPDX-License-Identifier: EUPL-1.2
"""One item of the portal: what it is known by, which process it is of, and when it changed.

Days and times of the portal name no zone. We take them as the time of Kazakhstan's capital, in
which the portal runs its deadlines (UTC+6 until March 2024, since then UTC+5).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tarazy.procurement.sources import values
from tarazy.procurement.sources.goszakup import NUMBER, Kind

ZONE = ZoneInfo("Asia/Almaty")
WHOLE_MAX = 2**63
PARTIES = ("orgBin", "customerBin", "supplierBiin", "supplierBinIin")
_NAIVE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?", re.ASCII)
_ITEM = msgspec.json.Decoder(float_hook=Decimal)

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What an item is kept under."""

    key: str
    process: str
    """The process it belongs to, `of:BIN` for a subject, nothing where that is not said."""
    changed: str
    """UTC, so that the latest sorts last; nothing where that is not said."""
    parties: frozenset[str]
    """The BINs and IINs that it names."""


def item(body: bytes) -> Item | None:
    """An item decoded, fractions exact; None where it is no object."""
    try:
        found = _ITEM.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError, ArithmeticError):
        return None
    return found if isinstance(found, dict) else None


def known(kind: Kind, found: Item) -> Known | None:
    """Where an item belongs; None where it has no id."""
    key = word(found.get(kind.key))
    if not key:
        return None
    numbers = [word(found.get(name)) for name in PARTIES]
    parties = frozenset(one for one in numbers if NUMBER.fullmatch(one))
    return Known(key, _process(kind, key, found), _changed(found.get(kind.changed)), parties)


def _process(kind: Kind, key: str, found: Item) -> str:
    if kind.root == "TrdBuy":
        return key
    if kind.root == "TrdApp":
        return word(found.get("buyId"))
    if kind.root == "Subjects":
        number = word(found.get("bin")) or word(found.get("iin"))
        return f"of:{number}" if NUMBER.fullmatch(number) else ""
    process = word(found.get("trdBuyId"))
    if kind.root == "Contract" and not process:  # without a notice
        return f"contract-{root(found)}"
    return process if kind.root in {"Lots", "Contract"} else ""


def root(contract: Item) -> str:
    """The first contract that this one is a version of; itself where it is the first."""
    return word(contract.get("rootId")) or word(contract.get("id"))


def word(value: Any) -> str:
    """An id or a code as text; nothing where there is none. The portal writes 0 for none."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return ""
    written = str(value).strip()
    return "" if written == "0" else written


def leaf(value: Any) -> Any:
    """A value as it came; a whole number that JSON writers cannot hold, as text."""
    return str(value) if isinstance(value, int) and abs(value) >= WHOLE_MAX else value


def moment(value: Any) -> Any:
    """A time of the portal with its zone; anything else as it came, to be judged by the import."""
    if not isinstance(value, str) or not _NAIVE.fullmatch(value.strip()):
        return leaf(value)
    try:
        return datetime.fromisoformat(value.strip()).replace(tzinfo=ZONE).isoformat()
    except (ValueError, OverflowError):
        return value


def _changed(value: Any) -> str:
    try:
        at = datetime.fromisoformat(str(moment(value)))
        return (at if at.tzinfo else at.replace(tzinfo=ZONE)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return ""


def exact(value: Any) -> Decimal | None:
    """An amount of the portal; None where it is none."""
    return values.amount(str(value) if isinstance(value, Decimal) else value)


def full(value: Any) -> Any:
    """Without what is empty: OCDS leaves out what is not known."""
    if isinstance(value, dict):
        kept = {name: full(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in (None, "", {}, [])}
    if isinstance(value, list):
        listed = [full(one) for one in value]
        return [one for one in listed if one not in (None, "", {}, [])]
    return value
