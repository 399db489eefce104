# SPDX-License-Identifier: EUPL-1.2
"""R040: one row a buyer, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import award, process

from tarazy.procurement.indicators import r040_dependent_buyer as r040

SMALL = "it has too few processes to say anything of it"
MISSING = "the supplier or the value of an award is not published"
CURRENCIES = "the amounts are in several currencies"
USD = {"value": {"amount": 1, "currency": "USD"}}


def bought(buyer: Any, *awards: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**process([], one), "buyer": {"id": buyer}} for one in awards]


CASES = [
    ([award("a", amount=10)] * 5 + [award(f"s{n}", amount=10) for n in range(5)], True, None, 50),
    ([award("a", amount=10)] * 4 + [award(f"s{n}", amount=10) for n in range(6)], False, None, 40),
    ([award("a", "b", amount=10)] * 5 + [award("b", "a", amount=10)] * 5, True, None, 100),
    ([award("a", amount=10)] * 9, None, SMALL, None),
    ([award("a", amount=10)] * 9 + [award("a", status="cancelled")], None, SMALL, None),
    ([award("a", amount=10)] * 9 + [award("a", amount=None)], None, MISSING, None),
    ([award("a", amount=10)] * 9 + [award(amount=10)], None, MISSING, None),
    ([award("a", amount=0)] * 10, None, MISSING, None),
    ([award("a", amount=10)] * 9 + [award("b", amount=-50)], None, MISSING, None),
    ([award("a", amount=10)] * 9 + [award("b", amount=0)], True, None, 100),
    ([award("a", amount=10)] * 9 + [award("a", **USD)], None, CURRENCIES, None),
]


@pytest.fixture(scope="module")
def found() -> dict[Any, dict[str, Any]]:
    releases = [
        one for number, (awards, *_) in enumerate(CASES) for one in bought(f"b{number}", *awards)
    ]
    return {row["party_id"]: row for row in answers(r040, *releases, *bought(None, award("a")))}


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r040(number: int, found: dict[Any, dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[f"b{number}"]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert len(found) == len(CASES)
