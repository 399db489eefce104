# SPDX-License-Identifier: EUPL-1.2
"""Questions to the portal and its answers."""

import json

import pytest

from tarazy.core.errors import Refused
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.goszakup import (
    KINDS,
    BadPage,
    UnknownField,
    question,
    read_page,
    variables,
    without,
)

LOTS = next(kind for kind in KINDS if kind.root == "Lots")
BIDS = next(kind for kind in KINDS if kind.root == "TrdApp")
INFO = b'"extensions": {"pageInfo": {"hasNextPage": %s, "lastId": %s}}'


def test_a_question_is_whole_and_has_a_field_a_line() -> None:
    for one in KINDS:
        lines = question(one).split("\n")
        assert sum(line.endswith("{") for line in lines) == lines.count("}")
        assert one.changed in lines
        assert one.key in lines
        assert all(line == "}" or line.split()[0].isidentifier() for line in lines[2:])


def test_fields_are_left_out_with_what_is_below_and_above_them() -> None:
    query = "query {\nA(x) {\nid\nB {\nC {\nname\n}\n}\nD\n}\n}"
    assert without(query, 6) == "query {\nA(x) {\nid\nD\n}\n}"
    assert without(query, 4) == "query {\nA(x) {\nid\nD\n}\n}"
    assert without(query, 9) == "query {\nA(x) {\nid\nB {\nC {\nname\n}\n}\n}\n}"


@pytest.mark.parametrize("line", [-1, 0, 1, 2, 7, 10, 11, 99])
def test_what_is_no_field_is_not_left_out(line: int) -> None:
    with pytest.raises(BadPage):
        without("query {\nA(x) {\nid\nB {\nC {\nname\n}\n}\nD\n}\n}", line)


def test_the_day_the_cursor_and_the_limit_go_along() -> None:
    assert variables(None, LOTS, None, 200) == {"filter": {}, "limit": 200}
    asked = variables("2026-03-04", LOTS, "17", 50)
    assert asked == {"filter": {"lastUpdateDate": ["2026-03-04", ""]}, "limit": 50, "after": 17}
    of_bids = variables("2026-03-04", BIDS, None, 200)["filter"]
    assert of_bids == {"dateApply": ["2026-03-04 00:00:00.000000", ""]}


def test_items_stay_as_they_came() -> None:
    body = b'{"data": {"Lots": [{"id": 1,  "amount": 1.10}, 7]}, ' + INFO % (b"true", b'"5"') + b"}"
    page = read_page(LOTS, body)
    assert page.items == [b'{"id": 1,  "amount": 1.10}', b"7"]
    assert page.after == "5"
    last = b'{"data": {"Lots": []}, ' + INFO % (b"false", b"null") + b"}"
    assert read_page(LOTS, last).after is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", Refusal.PORTAL_CUT),
        (b'{"data": {"Lots": [', Refusal.PORTAL_CUT),
        (b"null", Refusal.PORTAL_BROKEN),
        (b"{}", Refusal.PORTAL_BROKEN),
        (b'{"errors": "many"}', Refusal.PORTAL_BROKEN),
        (b'{"data": {"Lots": null}, ' + INFO % (b"false", b"1") + b"}", Refusal.PORTAL_BROKEN),
        (b'{"data": {"Plans": []}, ' + INFO % (b"false", b"1") + b"}", Refusal.PORTAL_BROKEN),
        (b'{"data": {"Lots": []}, ' + INFO % (b'"yes"', b"1") + b"}", Refusal.PORTAL_BROKEN),
        (b'{"data": {"Lots": []}, ' + INFO % (b"true", b"-1") + b"}", Refusal.PORTAL_BROKEN),
        (b'{"data": {"Lots": []}, ' + INFO % (b"true", b'"1) {x"') + b"}", Refusal.PORTAL_BROKEN),
        (
            b'{"errors": [{"message": "x"}], "data": {"Lots": []}, '
            + INFO % (b"false", b"1")
            + b"}",
            Refusal.PORTAL_BROKEN,
        ),
    ],
)
def test_an_answer_that_is_no_page_is_named(body: bytes, why: Refusal) -> None:
    with pytest.raises(BadPage) as bad:
        read_page(LOTS, body)
    assert bad.value.name == why


def test_an_unknown_field_says_its_line() -> None:
    told = b'{"errors": [{"message": "Cannot query field \\"x\\".", "locations": [{"line": 4}]}]}'
    with pytest.raises(UnknownField) as unknown:
        read_page(LOTS, told)
    assert unknown.value.line == 4


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ('Cannot query field "Lots" on type "Query".', 2),
        ('Unknown type "LotsFiltersInput".', 1),
        ('Variable "$filter" got invalid value {"a":["",""]}; Field "a" is not defined.', 1),
    ],
)
def test_a_list_or_a_filter_that_the_portal_does_not_know_is_not_asked_again(
    message: str, line: int
) -> None:
    told = {"errors": [{"message": message, "locations": [{"line": line, "column": 1}]}]}
    with pytest.raises(Refused) as unknown:
        read_page(LOTS, json.dumps(told).encode())
    assert (unknown.value.name, isinstance(unknown.value, BadPage)) == (
        Refusal.PORTAL_UNKNOWN,
        False,
    )
