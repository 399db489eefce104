# SPDX-License-Identifier: EUPL-1.2
"""R067: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, contract

from tarazy.procurement.indicators import r067_late_delivery as r067

ZONE = "a date is missing, has no time zone, or cannot be read"
NONE = "no milestone of a contract is published with its date"


def made(due: Any, met: Any = None, status: Any = None, **more: Any) -> Made:
    one = {"id": "m", "dueDate": due, "dateMet": met, "status": status}
    own = {"implementation": {"milestones": [one]}} if not more else {"milestones": [one]}
    return {"date": "2026-06-01T00:00:00Z", "contracts": [contract(1, **own)]}


DUE = "2026-03-01T00:00:00Z"


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(DUE, "2026-03-02T00:00:00Z"), True, None, 1),
    (made(DUE, "2026-03-02T00:00:00Z", of="contract"), True, None, 1),
    (made(DUE, "2026-03-01T00:00:00Z"), False, None, 0),
    (made(DUE), True, None, 1),
    (made(DUE, status="met"), False, None, 0),
    (made("2026-07-01T00:00:00Z"), False, None, 0),
    (made("2026-07-01T00:00:00Z", status="notMet"), True, None, 1),
    (made("2026-03-01", "2026-03-02T00:00:00Z"), None, ZONE, None),
    (made(DUE, "2026-03-02"), None, ZONE, None),
    (made(None, "2026-03-02T00:00:00Z"), None, NONE, None),
    ({}, None, NONE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r067, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r067(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
