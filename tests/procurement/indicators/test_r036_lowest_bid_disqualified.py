# SPDX-License-Identifier: EUPL-1.2
"""R036: one row a case, nulls included; then lots."""

from typing import Any

import pytest
from procurement.factory import answers

from tarazy.procurement.indicators import r036_lowest_bid_disqualified as r036

OUT, IN, WAITING = "disqualified", "valid", "pending"
NO_BIDS = "no bids are published"
CRITERION = "the award does not go by the price alone"
LOTS = "the tender has lots, and the bids do not name theirs"
SEVERAL = "a bid names no lot, or several lots with one price"
STATUS = "the status of a bid is not known"
PRICE = "the price of a bid is not published"
NOT_POSITIVE = "the price of a bid is zero or negative"
CURRENCIES = "the bids are in several currencies"
NO_VALID = "no bid was found valid"
NO_AWARD = "no award is active"


def bid(amount: Any, status: Any = IN, currency: Any = "KZT", lots: Any = None) -> dict[str, Any]:
    value = {"amount": amount, "currency": currency}
    return {"id": f"{amount}", "status": status, "value": value, "relatedLots": lots}


def process(
    *bids: Any, criterion: Any = "priceOnly", lots: Any = None, award: Any = "active",
    award_lots: Any = None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "tender": {"awardCriteria": criterion, "lots": [{"id": lot} for lot in lots or ()]},
        "bids": {"details": list(bids)},
        "awards": [{"id": "a", "status": award, "relatedLots": award_lots}],
    }


CASES = [
    (process(bid(90, OUT), bid(100)), True, None, pytest.approx(100 / 9)),
    (process(bid(90), bid(100, OUT)), False, None, None),
    (process(bid(90), bid(100)), False, None, None),
    (process(bid(90, OUT), bid(90)), False, None, None),  # the same price remains
    (process(bid(90, OUT), bid(90, OUT), bid(95)), True, None, pytest.approx(5 / 0.9)),
    (process(bid(80, WAITING), bid(90, OUT), bid(95)), False, None, None),
    (process(bid(90, OUT), bid(95, WAITING), bid(100)), True, None, pytest.approx(5 / 0.9)),
    (process(bid(1, "withdrawn"), bid(None, "invited"), bid(90)), False, None, None),
    (process(bid("89.99999999", OUT), bid(90)), True, None, pytest.approx(0, abs=1e-6)),
    (process(bid(90, OUT), bid(100), criterion=None), True, None, pytest.approx(100 / 9)),
    (process(bid(90, OUT), bid(100), criterion="lowestCost"), True, None, pytest.approx(100 / 9)),
    (process(bid(90, OUT), bid(100), lots=["l1"]), True, None, pytest.approx(100 / 9)),
    (process(bid(90, OUT), bid(100), criterion="ratedCriteria"), None, CRITERION, None),
    (process(), None, NO_BIDS, None),
    (process(None), None, NO_BIDS, None),
    (process(bid(90, OUT), bid(100), lots=["l1", "l2"]), None, LOTS, None),
    (process(bid(90, OUT), bid(100, "qualified")), None, STATUS, None),  # Armenia's
    (process(bid(90, None), bid(100)), None, STATUS, None),
    (process(bid(None, OUT), bid(100)), None, PRICE, None),
    (process(bid("x", OUT), bid(100)), None, PRICE, None),
    (process(bid(90, OUT, None), bid(100)), None, PRICE, None),
    (process(bid(0, OUT), bid(100)), None, NOT_POSITIVE, None),
    (process(bid(-1, OUT), bid(100)), None, NOT_POSITIVE, None),
    (process(bid(90, OUT, "USD"), bid(100)), None, CURRENCIES, None),
    (process(bid(90, OUT), bid(100, OUT)), None, NO_VALID, None),
    (process(bid(90, OUT), bid(100), award="cancelled"), None, NO_AWARD, None),
    (process(bid(90, OUT), bid(100), award=None), None, NO_AWARD, None),
    ({"bids": {"details": [bid(90, OUT), bid(100)]}, "awards": None}, None, NO_AWARD, None),
    ({}, None, NO_BIDS, None),
    ({"tender": None, "bids": None, "awards": [None]}, None, NO_BIDS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r036, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r036(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["subject"] == "process"


def by_lot(release: dict[str, Any]) -> dict[str | None, tuple[bool | None, str | None]]:
    return {row["lot_id"]: (row["raised"], row["reason"]) for row in answers(r036, release)}


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        (  # each lot by itself; a lot without bids has its own answer
            process(
                bid(90, OUT, lots=["l1"]),
                bid(100, lots=["l1"]),
                bid(50, lots=["l2"]),
                lots=["l1", "l2", "l3"],
            ),
            {"l1": (True, None), "l2": (False, None), "l3": (None, NO_BIDS)},
        ),
        (  # an award for one lot is none for the other
            process(
                bid(90, OUT, lots=["l1"]),
                bid(100, lots=["l1"]),
                bid(90, OUT, lots=["l2"]),
                bid(100, lots=["l2"]),
                award_lots=["l2"],
            ),
            {"l1": (None, NO_AWARD), "l2": (True, None)},
        ),
        (  # one price for two lots says nothing of either
            process(bid(90, OUT, lots=["l1", "l2"]), bid(100, lots=["l1"])),
            {"l1": (None, SEVERAL), "l2": (None, SEVERAL)},
        ),
        (  # some bids name their lot, some do not
            process(bid(90, OUT), bid(100, lots=["l1"])),
            {"l1": (None, SEVERAL)},
        ),
        (  # an unknown status in one lot does not silence the other
            process(
                bid(90, OUT, lots=["l1"]),
                bid(100, lots=["l1"]),
                bid(70, "qualified", lots=["l2"]),
            ),
            {"l1": (True, None), "l2": (None, STATUS)},
        ),
    ],
)
def test_lots_are_judged_each_by_itself(
    release: dict[str, Any], expected: dict[str, tuple[bool | None, str | None]]
) -> None:
    assert by_lot(release) == expected


def test_the_evidence_lists_the_bids_cheapest_first(found: list[dict[str, Any]]) -> None:
    assert [(fact["id"], fact["value"]) for fact in found[0]["evidence"]] == [
        ("90", "90 KZT"),
        ("90", OUT),
        ("100", "100 KZT"),
        ("100", IN),
    ]
