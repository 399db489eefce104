# SPDX-License-Identifier: EUPL-1.2
"""A line that is a release of the right types, as nearly all are: checked, and spelt in one way.

The types of `release`, narrowed: every text a text, every object an object, no package around it.
What does not fit is no error here; it takes the slower way in `ocds`, where it is looked at.

Decoding and encoding again leaves the same bytes for the same content (which is hashed), one line a
release, and nothing that `columnar` does not know. Fractions come out as texts, so that Arrow makes
decimals of them, never binary fractions.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import Any, get_args, get_origin

import msgspec
import pyarrow as pa

from tarazy.procurement.sources.interface import FLAG, TEXT
from tarazy.procurement.sources.release import Organisation, Release

WIDE = pa.decimal128(38, 18)  # twenty places before the point as in `values`, and room to round
AMOUNTS = frozenset(
    {"amount", "quantity", "minimumPercentage", "maximumPercentage", "shareholding"}
)
COUNTS = frozenset({"numberOfTenderers"})
FLAGS = frozenset({"hasSubcontracting"})
ABSENT = frozenset({"releases", "records", "compiledRelease", "amendment"})  # not on a plain line
UNREAD = ABSENT | {"version"}
NAMED_BY = frozenset({"id", "name", "identifier"})  # of a buyer, tenderer, supplier

# What Arrow reads exactly as `values` does; anything else `values` must judge.
_WELL_TEXT = rb'-?\d{1,20}(?:\.\d{0,18})?"|-?\d{1,10}(?:\.\d{1,18})?[eE]\+?\d"'
# An amount of money has the name of its number where a budget or OCDS 1.0 calls it `amount`.
_WELL = rb'-?\d{1,20}[,}]|"(?:%s)|{"(?:amount|currency)"' % _WELL_TEXT
# Arrow takes these without a word: texts that are no amounts, whole numbers wider than it can hold.
_MISREAD = {
    name.encode(): re.compile(rb'"%s":(?:"(?!%s)|-?\d{21})' % (name.encode(), _WELL_TEXT))
    for name in AMOUNTS
}
_ODD = {name.encode(): re.compile(b'"%s":(?!%s)' % (name.encode(), _WELL)) for name in AMOUNTS} | {
    name.encode(): re.compile(rb'"%s":(?!\d{1,9}[,}])' % name.encode()) for name in COUNTS
}


def _narrowed(name: str, kind: Any) -> Any:
    if name in FLAGS:
        return bool | None
    if name in ABSENT:
        return None
    if kind is Any:
        return Any if name in AMOUNTS | COUNTS else str | None
    if kind is str:
        return str
    if get_origin(kind) is list:
        (inner,) = get_args(kind)
        return list[_narrowed("", inner)]  # type: ignore[misc]
    return _struct(kind)


@cache
def _struct(part: type[msgspec.Struct]) -> type[msgspec.Struct]:
    fields = []
    for field in msgspec.structs.fields(part):
        kind = _narrowed(field.encode_name, field.type)
        if field.required:
            given = msgspec.field(name=field.encode_name)
        elif isinstance(field.default, msgspec.Struct):
            given = msgspec.field(default=kind(), name=field.encode_name)
        elif field.default is None:
            given = msgspec.field(default=None, name=field.encode_name)
        else:
            given = msgspec.field(default_factory=list, name=field.encode_name)
        fields.append((field.name, kind, given))
    return msgspec.defstruct(
        f"Strict{part.__name__}", fields, frozen=True, gc=False, omit_defaults=True
    )


def _arrow(name: str, kind: Any, *, inside: bool = True) -> pa.DataType:
    if kind is Any or kind is str:
        return _leaf(name)
    if get_origin(kind) is list:
        return pa.list_(_arrow("", get_args(kind)[0], inside=inside))
    if inside and kind is Organisation:
        return pa.struct(field for field in _arrow_fields(kind) if field.name in NAMED_BY)
    return pa.struct(_arrow_fields(kind))


def _leaf(name: str) -> pa.DataType:
    if name in AMOUNTS:
        return WIDE
    if name in COUNTS:
        return pa.int64()
    return FLAG if name in FLAGS else TEXT


def _arrow_fields(part: type[msgspec.Struct]) -> list[pa.Field]:
    return [
        pa.field(name, _arrow(name, field.type, inside=name != "parties"))
        for field in msgspec.structs.fields(part)
        if (name := field.encode_name) not in UNREAD
    ]


NESTED = pa.schema(_arrow_fields(Release))
decode = msgspec.json.Decoder(_struct(Release), float_hook=str).decode
"""A line into a release. Raises msgspec.DecodeError and UnicodeDecodeError where it is none."""
encode = msgspec.json.Encoder().encode


def odd_lines(text: bytes, lines: Sequence[bytes], *, thoroughly: bool) -> list[int]:
    """Which of the lines, joined in `text`, hold an amount or a count that `values` must judge.

    `thoroughly` is for after Arrow has refused something: then all that it may refuse is found.
    """
    odd = _ODD if thoroughly else _MISREAD
    found = [hit.start() for name, one in odd.items() if name in text for hit in one.finditer(text)]
    if not found:
        return []
    ends = list(accumulate(len(line) + 1 for line in lines))
    return sorted({bisect_right(ends, offset) for offset in found})
