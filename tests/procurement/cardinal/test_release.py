# SPDX-License-Identifier: EUPL-1.2
"""Lines: what is JSON for Cardinal, and what counts as absent."""

import json
import math
from typing import Any

import pytest

from tarazy.procurement.cardinal.release import NO_RELEASE, NotJson, decode


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"{} {}",
        b"\xef\xbb\xbf{}",
        b'{"ocid": "\xff"}',
        b'{"unread": "\xff"}',
        b'{"unread": "\\ud800"}',
        b'{"ocid": 1, "unread": "\\ud800"}',
        b'{"ocid": "\\ud800", "buyer": 1, "ocid": "p"}',
        b'{"unread": "\t"}',
        b'{"unread": NaN}',
        b'{"ocid": 1, "unread": NaN}',
        b'{"unread": 01}',
        b'{"ocid": 1, }',
        b"[" * 100_000,
    ],
)
def test_no_json(line: bytes) -> None:
    with pytest.raises(NotJson):
        decode(line)


@pytest.mark.parametrize("line", [b"[]", b"null", b"1", b'"x"', b"{}", b' {"ocid": 5}\r\n'])
def test_json_that_is_no_release(line: bytes) -> None:
    assert decode(line) == NO_RELEASE


def nested(levels: int, first: bytes = b"[", inner: bytes = b"") -> bytes:
    """A release with brackets within brackets, itself the first level."""
    last = {b"[": b"]", b'{"a":': b"}"}[first]
    inside = first * (levels - 1) + (inner or b"1") + last * (levels - 1)
    return b'{"ocid": "p", "unread": ' + inside + b"}"


LISTS = b"[" + b",".join([b'{"a": [{}, []]}'] * 200) + b"]"


@pytest.mark.parametrize("first", [b"[", b'{"a":'])
@pytest.mark.parametrize(
    "inner",
    [b"1", b'"' + b"]}" * 300 + b'"', b'"' + b"[{" * 300 + b'"', rb'"\"[[\\"', b'"", "{}", "[]"'],
)
def test_as_many_levels_as_cardinal_reads(first: bytes, inner: bytes) -> None:
    if b"," in inner:
        inner = b"1" if first != b"[" else inner
    assert decode(nested(127, first, inner)).ocid == "p"
    with pytest.raises(NotJson, match="recursion limit"):
        decode(nested(128, first, inner))


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert decode(nested(123, inner=LISTS)).ocid == "p"
    assert decode(nested(2, inner=b'"' + b"{[" * 5000 + b'"')).ocid == "p"
    with pytest.raises(NotJson, match="recursion limit"):
        decode(nested(124, inner=LISTS))


def amount(text: str, ocid: str = '"p"') -> float | None:
    line = f'{{"ocid": {ocid}, "bids": {{"details": [{{"value": {{"amount": {text}}}}}]}}}}'
    bids = decode(line.encode()).bids
    assert bids is not None
    assert bids.details is not None
    value = bids.details[0].value
    assert value is not None
    return value.amount


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1", 1.0),
        ("0.1", 0.1),
        ("-0", 0.0),
        ("1e3", 1000.0),
        ("1e400", None),  # a number, but not a finite one
        ("9" * 400, None),
        ("9" * 5000, None),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ('"1"', None),
        ("true", None),
        ("null", None),
        ("[1]", None),
    ],
)
def test_amounts(text: str, read: float | None) -> None:
    assert amount(text) == read


@pytest.mark.parametrize(
    ("text", "sign"),
    [("-0", 1), ("-0.0", -1), ("-0e5", -1), ("-1e-400", -1)],  # Cardinal: -0 is an integer
)
@pytest.mark.parametrize("ocid", ['"p"', "1"])  # of such an ocid each value is sorted out
def test_a_zero_has_the_sign_that_cardinal_reads(text: str, sign: int, ocid: str) -> None:
    read = amount(text, ocid)
    assert read == 0.0
    assert math.copysign(1, read) == sign


def test_a_value_of_another_type_takes_nothing_else_with_it() -> None:
    odd: dict[str, Any] = {
        "ocid": "p",
        "buyer": [],
        "tender": {"status": 1, "procurementMethod": "open", "numberOfTenderers": True},
        "bids": {"details": [7, {"status": "valid", "tenderers": [None, {"id": 5}, {"id": "a"}]}]},
        "awards": [{"suppliers": {"id": "a"}, "items": [{"classification": {"id": "1"}}]}],
    }
    found = decode(json.dumps(odd).encode())
    assert found.ocid == "p"
    assert found.buyer is None
    assert found.tender is not None
    assert (found.tender.status, found.tender.procurement_method) == (None, "open")
    assert found.tender.number_of_tenderers is None
    assert found.bids is not None
    assert found.bids.details is not None
    first, second = found.bids.details
    assert (first.status, second.status) == (None, "valid")
    assert [one.id for one in second.tenderers or ()] == [None, None, "a"]
    assert found.awards is not None
    assert found.awards[0].suppliers is None
    assert found.awards[0].items is not None
