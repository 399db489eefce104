# SPDX-License-Identifier: EUPL-1.2
"""The part of a release that Cardinal reads, decoded with its tolerance.

A value of another type than Cardinal looks for counts as absent, and nothing else of its line is
lost. The typed decoder takes the lines without such values; the few others are decoded whole and
then sorted out value by value.
"""

import json
import math
import re
from functools import cache
from itertools import count
from types import NoneType
from typing import Any, get_args, get_origin

import msgspec

LONG_INTEGER_DIGITS = 4000  # Python's own limit is 4300; a float holds 309


class NotJson(Exception):
    """The line holds no JSON text; the message says why."""


class _Part(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """Some object of a release; None is absent, or of another type."""


class Reference(_Part, frozen=True, gc=False):
    id: str | None = None


class Value(_Part, frozen=True, gc=False):
    amount: float | None = None
    currency: str | None = None


class Period(_Part, frozen=True, gc=False):
    start_date: str | None = None
    end_date: str | None = None


class Tender(_Part, frozen=True, gc=False):
    status: str | None = None
    procurement_method: str | None = None
    procurement_method_details: str | None = None
    number_of_tenderers: int | float | None = None
    tender_period: Period | None = None
    procuring_entity: Reference | None = None


class Bid(_Part, frozen=True, gc=False):
    status: str | None = None
    date: str | None = None
    tenderers: list[Reference] | None = None
    value: Value | None = None


class Bids(_Part, frozen=True, gc=False):
    details: list[Bid] | None = None


class Classification(_Part, frozen=True, gc=False):
    id: str | None = None


class Item(_Part, frozen=True, gc=False):
    classification: Classification | None = None


class Award(_Part, frozen=True, gc=False):
    status: str | None = None
    suppliers: list[Reference] | None = None
    items: list[Item] | None = None


class Release(_Part, frozen=True, gc=False):
    ocid: str | None = None
    buyer: Reference | None = None
    tender: Tender | None = None
    bids: Bids | None = None
    awards: list[Award] | None = None


LEVELS_MAX = 127  # of brackets within brackets: Cardinal's decoder gives up at the next one
_TOO_DEEP = "recursion limit exceeded"
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_BRACKETS = re.compile(rb'"[^"]*"|[\[\]{}]')
_PLAIN = bytes(one for one in range(256) if one not in b'{}[]"')

_decode = msgspec.json.Decoder(Release).decode
_check = msgspec.json.Decoder(msgspec.Raw).decode
NO_RELEASE = Release()


def decode(line: bytes) -> Release:
    """The release of a line; NO_RELEASE where its JSON is no object. Raises NotJson."""
    if line.count(b"{") + line.count(b"[") > LEVELS_MAX and is_too_deep(line):
        raise NotJson(_TOO_DEEP)
    try:
        if not line.isascii():
            line.decode()  # the decoder does not look into the texts that it skips
        release = _decode(line)
    except msgspec.ValidationError:
        return _sorted_out(line)
    except UnicodeDecodeError as error:
        raise NotJson("the text is not in UTF-8") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotJson(str(error)) from error
    return release


def is_too_deep(line: bytes) -> bool:
    """Whether brackets stand within more brackets than Cardinal reads; a line is rarely counted.

    Pairs with nothing between them are taken away, two levels at a time at the most, until too few
    brackets are left for such a depth. A text with brackets in it keeps its quotes, and stands in
    the way of that.
    """
    bare = _ESCAPED.sub(b"", line) if b'\\"' in line or b"\\\\" in line else line
    left = bare.translate(None, _PLAIN).replace(b'""', b"")
    for levels in count(0, 2):
        if levels + len(left) // 2 <= LEVELS_MAX:
            return False
        fewer = left.replace(b"{}", b"").replace(b"[]", b"").replace(b'""', b"")
        if len(fewer) == len(left):
            break
        left = fewer
    return _levels(bare) > LEVELS_MAX


def _levels(line: bytes) -> int:
    """The depth, bracket by bracket."""
    depth = deepest = 0
    for found in _BRACKETS.finditer(line):
        if found[0] in (b"{", b"["):
            depth += 1
            deepest = max(deepest, depth)
        elif found[0] in (b"}", b"]"):
            depth -= 1
    return deepest


def _sorted_out(line: bytes) -> Release:
    try:
        _check(line)  # refuses NaN and halves of surrogate pairs, which Python takes
        node = json.loads(line.decode(), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error
    release: Release = _part(node, Release)
    return release


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < LONG_INTEGER_DIGITS else float(digits)


def _part(node: Any, kind: Any) -> Any:
    """The part out of decoded JSON; an empty one where there is no object."""
    if not isinstance(node, dict):
        return kind()
    return kind(**{name: _fitting(node.get(key), inner) for name, key, inner in _fields(kind)})


@cache
def _fields(part: type[msgspec.Struct]) -> tuple[tuple[str, str, tuple[Any, ...]], ...]:
    return tuple(
        (
            field.name,
            field.encode_name,
            tuple(kind for kind in get_args(field.type) if kind is not NoneType),
        )
        for field in msgspec.structs.fields(part)
    )


def _fitting(value: Any, kinds: tuple[Any, ...]) -> Any:
    if isinstance(value, str):
        return value if str in kinds else None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _number(value, kinds)
    if isinstance(value, list):
        inner = [get_args(kind)[0] for kind in kinds if get_origin(kind) is list]
        return [_part(one, inner[0]) for one in value] if inner else None
    struct = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
    return _part(value, struct[0]) if struct else None


def _number(value: int | float, kinds: tuple[Any, ...]) -> int | float | None:
    if int in kinds and isinstance(value, int):
        return value
    if float not in kinds:
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
