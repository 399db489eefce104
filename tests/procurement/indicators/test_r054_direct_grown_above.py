# SPDX-License-Identifier: EUPL-1.2
"""R054: one row a case, nulls included."""

from datetime import UTC, datetime
from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import Made, award, contract

from tarazy.procurement.indicators import r054_direct_grown_above as r054

CURRENCIES = "the amounts are in several currencies"
NO_AWARD = "no award is active"
METHOD = "the procedure is competitive, or its method is not known"
NONE = "no signed contract is published"
ALONE = "a contract cannot be told to which award it belongs"
PRICE = "the value of a contract or award is not published"
LIMIT = "no threshold of the law is given for this currency, category and time"
LAW = {
    "limits": "direct",
    "amount": 1000,
    "currency": "KZT",
    "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
}


def made(before: Any, now: Any, method: Any = "direct", **more: Any) -> Made:
    value = {"amount": 900, "currency": more.pop("currency", "KZT")}
    return {
        "date": "2026-01-01T00:00:00Z",
        "tender": {"procurementMethod": method, "value": value},
        "awards": [award("a", amount=before)],
        "contracts": [contract(now, **more)],
    }


def halves(before: Any, half: Any) -> Made:
    """An award in two contracts."""
    whole = made(before, half)
    whole["contracts"].append(contract(half, "d"))
    return whole


def dollars(before: Any, now: Any) -> Made:
    """An award and its contract in another currency than the law's, and the estimate."""
    own = {"amount": before, "currency": "USD"}, {"amount": now, "currency": "USD"}
    whole = made(before, now, value=own[1])
    return {**whole, "awards": [award("a", value=own[0])]}


GIVEN = reference("thresholds", LAW)

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(900, 1100), True, None, pytest.approx(110)),
    (made(1000, 1001), True, None, pytest.approx(100.1)),
    (made(900, 1000), False, None, pytest.approx(100)),
    (halves(900, 600), True, None, pytest.approx(120)),
    (halves(900, 450), False, None, pytest.approx(90)),
    (made(1100, 1200), False, None, pytest.approx(120)),
    (made(900, None), None, PRICE, None),
    (made(900, 1100, value={"amount": 1100, "currency": "USD"}), None, CURRENCIES, None),
    (made(900, 1100, currency="USD"), True, None, pytest.approx(110)),  # of the estimate
    (made(900, 1100, currency=None), True, None, pytest.approx(110)),
    (made(900, 1100, awardID="other"), None, ALONE, None),
    (dollars(900, 1100), None, LIMIT, None),
    (made(900, 1100, status="cancelled"), None, NONE, None),
    (made(900, 1100, "open"), None, METHOD, None),
    (made(900, 1100, None), None, METHOD, None),
    ({}, None, NO_AWARD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r054, *(release for release, *_ in CASES), given=GIVEN)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r054(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
