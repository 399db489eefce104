# SPDX-License-Identifier: EUPL-1.2
"""K001: each subject with its answer, and what is not assessed."""

from typing import Any

from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import k001_failed_then_same_supplier as k001

FAILED = "Из одного источника по несостоявшимся закупкам"


def made(to: str, day: Any, details: Any = FAILED, **more: Any) -> Made:
    return {
        "buyer": {"id": "b"},
        "tender": {"procurementMethod": "limited", "procurementMethodDetails": details},
        "awards": [award(to, date=day and f"{day}T00:00:00+05:00", **more)],
    }


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(k001, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_three_failed_tenders_and_one_supplier() -> None:
    days = ["2026-01-01", "2026-02-01", "2026-03-01"]
    releases = [made("same", day) for day in days] + [made("parts", days[0])] * 3
    releases += [made("kazakh", day, "Өтпеген сатып алу бойынша бір көзден") for day in days]
    releases += [made("two", day) for day in days[:2]] + [made("undated", None)] * 3
    releases += [made("direct", day, "Прямой договор") for day in days]
    releases += [made("silent", day, None) for day in days]
    releases += [made("gone", day, status="cancelled") for day in days]
    assert found(*releases) == {
        "b → same": (True, None, 3),
        "b → kazakh": (True, None, 3),
        "b → parts": (False, None, 1),
        "b → two": (False, None, 2),
        "b → undated": (None, "the date of an award is not published", None),
    }
