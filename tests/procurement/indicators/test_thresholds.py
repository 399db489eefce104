# SPDX-License-Identifier: EUPL-1.2
"""Which row of the law holds for a process: the one in force that says more."""

from datetime import UTC, datetime
from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import Made

from tarazy.procurement import references
from tarazy.procurement.indicators import r003_short_submission_period as r003
from tarazy.procurement.indicators import thresholds
from tarazy.procurement.run import statements

START, LATER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 11, tzinfo=UTC)


def row(days: int, **more: Any) -> dict[str, Any]:
    """Of the table, in tenge and in force for ever unless it says otherwise."""
    named = {"limits": "submission_days", "currency": "KZT", "valid_from": START}
    return {**named, "amount": days, **more}


LAW = (
    row(20),
    row(18, country="KZ|Қазақстан"),
    row(17, country="KZ|Қазақстан", category="works"),
    row(16, country="KZ|Қазақстан", method="selective"),
    row(14, country="KZ|Қазақстан", method="selective", category="works", valid_to=LATER),
    row(13, country="KZ|Қазақстан", method="selective", category="works", valid_from=LATER),
    row(5, country="KZ|Қазақстан", method="Запрос ценовых предложений|Баға ұсыныстары"),
    row(30, method="open"),
    row(3, currency="USD", country="Чили"),
    row(4, currency="USD", country="Peru"),
)


def made(country: Any = None, currency: Any = "KZT", **tender: Any) -> Made:
    """A tender of fifteen days."""
    period = {"startDate": "2026-01-10T23:59:00Z", "endDate": "2026-01-25T23:59:00Z"}
    buyer = {"id": "b", "name": "B", "roles": ["buyer"], "address": {"countryName": country}}
    other = {"id": "s", "name": "S", "roles": ["supplier"], "address": {"countryName": "Чили"}}
    facts = {"status": "complete", "procurementMethod": "selective", "tenderPeriod": period}
    value = {"amount": 5, "currency": currency}
    return {
        "buyer": {"id": "b"},
        "parties": [buyer, other],
        "tender": {**facts, "value": value, **tender},
    }


WORKS, OPEN = {"mainProcurementCategory": "works"}, {"procurementMethod": "open"}
WORDS = {"procurementMethodDetails": " запрос ценовых предложений "}
NEXT_DAY = {
    "tenderPeriod": {"startDate": "2026-01-11T00:00:00Z", "endDate": "2026-01-25T23:59:00Z"}
}
CASES: list[tuple[Made, str]] = [
    (made("KZ"), "16"),
    (made("қазақстан", **WORKS), "14"),
    (made("KZ", **WORKS, **NEXT_DAY), "13"),
    (made("KZ", **WORKS, **WORDS), "5"),  # the words come before the code with its category
    (made("KZ", **OPEN), "18"),  # the country comes before the method
    (made("KZ", **OPEN, **WORKS), "17"),
    (made("Peru", **OPEN), "30"),
    (made("Peru"), "20"),
    (made(), "16"),  # nobody else has rows in tenge
    (made(currency="USD"), "15"),  # two countries have: it is not known whose holds
    (made("Чили", currency="USD"), "3"),
    (made("KZ", currency=None), "15"),
]


@pytest.mark.parametrize("given", [LAW, LAW[::-1]], ids=["in order", "backwards"])
def test_the_row_that_says_more_is_taken(given: tuple[dict[str, Any], ...]) -> None:
    releases = [release for release, _ in CASES]
    found = answers(r003, *releases, given=reference("thresholds", *given))
    for answer, (_, days) in zip(found, CASES, strict=True):
        assert answer["raised"] == (answer["value"] < float(days))
        told = {one["field"]: one["value"] for one in answer["evidence"] or []}
        assert told.get("threshold.days_min", days) == days


@pytest.mark.parametrize(
    ("words", "year", "days"),
    [
        ("Открытый конкурс", 2024, "15"),
        ("Открытый конкурс", 2026, "5"),
        ("запрос ценовых предложений", 2024, "5"),
        ("Баға ұсыныстарын сұрату", 2026, "2"),
        ("Конкурс с использованием рейтингово-балльной системы", 2026, "15"),
    ],
)
def test_the_law_of_kazakhstan_that_comes_with_us(words: str, year: int, days: str) -> None:
    hours = {"startDate": f"{year}-02-01T00:00:00Z", "endDate": f"{year}-02-01T20:00:00Z"}
    [found] = answers(r003, made("Қазақстан", procurementMethodDetails=words, tenderPeriod=hours))
    told = {one["field"]: one["value"] for one in found["evidence"]}
    assert (found["raised"], told["threshold.days_min"]) == (True, days)


def test_the_indicators_that_ask_for_the_law_are_named() -> None:
    queries = statements().queries
    made_of = ('"shared_limits"', '"shared_direct_pairs"')
    asking = {code for code, query in queries.items() if any(one in query for one in made_of)}
    assert thresholds.LIMITS == references.LIMITS
    assert asking == {code for codes in thresholds.ASKED_BY.values() for code in codes}
