# SPDX-License-Identifier: EUPL-1.2
"""R018: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers

from tarazy.procurement.indicators import r018_single_bid as r018

COMPLETE = "the tender is not complete, or its status is not known"
METHOD = "the method promises no competition, or is not known"
NUMBER = "the number of bidders is not published"
DISAGREE = "the bids name more bidders than the published number says"


def tender(
    bidders: Any = 1, status: Any = "complete", method: Any = "open", named: tuple[str, ...] = ()
) -> dict[str, Any]:
    facts = {"status": status, "procurementMethod": method, "numberOfTenderers": bidders}
    bids = [{"id": str(number), "tenderers": [{"id": one}]} for number, one in enumerate(named)]
    return {"tender": facts, "bids": {"details": bids}}


def joint(*bids: tuple[Any, ...], bidders: int = 1) -> dict[str, Any]:
    """Bids of one bidder or several together, each with its status first."""
    made = [
        {"id": str(number), "status": status, "tenderers": [{"id": one} for one in who]}
        for number, (status, *who) in enumerate(bids)
    ]
    return {**tender(bidders), "bids": {"details": made}}


CASES = [
    (tender(), True, None, 1),
    (tender(2), False, None, 2),
    (tender(0), False, None, 0),
    (tender("1"), True, None, 1),
    (tender(method="selective"), True, None, 1),
    (tender(named=("a", "a")), True, None, 1),  # two bids of one bidder
    (tender(named=("a", "b")), None, DISAGREE, None),
    (joint(("valid", "a", "b")), True, None, 1),
    (joint(("valid", "a"), ("invited", "b"), ("withdrawn", "c")), True, None, 1),
    (joint(("valid", "a", "b"), ("valid", "b", "a")), True, None, 1),
    (joint(("valid", "a", "b"), ("disqualified", "c")), None, DISAGREE, None),
    (joint(("pending", "a"), (None, "b")), None, DISAGREE, None),
    (tender(3, named=("a", "b")), False, None, 3),
    (tender(None, named=("a",)), None, NUMBER, None),
    (tender("many"), None, NUMBER, None),
    (tender(-1), None, NUMBER, None),
    (tender(status="active"), None, COMPLETE, None),
    (tender(status=None), None, COMPLETE, None),
    (tender(method="direct"), None, METHOD, None),
    (tender(method=None), None, METHOD, None),
    ({}, None, COMPLETE, None),
    ({"tender": None, "bids": None}, None, COMPLETE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r018, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r018(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
