# SPDX-License-Identifier: EUPL-1.2
"""Cells as people write them: read exactly, or not at all."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import values
from tarazy.procurement.sources.flat_cells import Wrong, biin, checks, reader, scheme
from tarazy.procurement.sources.flat_mapping import ColumnMap

AMOUNT = "tender.value.amount"
START = "tender.tenderPeriod.startDate"
METHOD = "tender.procurementMethod"
EMPTY = frozenset({"-", "–"})


def read(cell: Any, to: str, **how: Any) -> Any:
    try:
        return reader(ColumnMap(header="x", to=to, **how), EMPTY)(cell)
    except Wrong as wrong:
        return wrong.why


@pytest.mark.parametrize(
    ("cell", "how", "expected"),
    [
        ("1234.5", {}, "1234.5"),
        ("1 234 567,50", {"decimal": ","}, "1234567.50"),
        ("1\u00a0234\u202f567,5", {"decimal": ","}, "1234567.5"),
        ("1.234.567,50", {"decimal": ",", "grouping": "."}, "1234567.50"),
        ("1'234.5", {"grouping": "'"}, "1234.5"),
        ("1 200 тг", {"without": ["тг"]}, "1200"),
        ("-5", {}, "-5"),
        ("0", {}, "0"),
        (0.1, {}, "0.1"),
        (12, {}, "12"),
        ("-", {}, None),
        ("  ", {}, None),
        (None, {}, None),
        ("1.234", {"decimal": ","}, Refusal.CELL_NUMBER),
        ("1,5", {}, Refusal.CELL_NUMBER),
        ("12 34", {}, Refusal.CELL_NUMBER),
        ("1e5", {}, Refusal.CELL_NUMBER),
        ("минус", {}, Refusal.CELL_NUMBER),
        ("١٢", {}, Refusal.CELL_NUMBER),
        ("9" * 40, {}, Refusal.CELL_NUMBER),
        (float("inf"), {}, Refusal.CELL_NUMBER),
        (True, {}, Refusal.CELL_NUMBER),
        ("=1+1", {}, Refusal.CELL_NUMBER),
        ("#N/A", {}, Refusal.CELL_ERROR),
        ("1\ufffd", {}, Refusal.CELL_ENCODING),
    ],
)
def test_amounts(cell: Any, how: dict[str, Any], expected: Any) -> None:
    assert read(cell, AMOUNT, **how) == expected


DAY = {"format": "%d.%m.%Y"}
HOUR = {"format": ["%d.%m.%Y %H:%M", "%d.%m.%Y"], "zone": "Asia/Almaty"}


@pytest.mark.parametrize(
    ("cell", "how", "expected"),
    [
        ("05.02.2026", DAY, "2026-02-05"),
        ("05.02.2026 09:00", HOUR, "2026-02-05T09:00:00+05:00"),
        ("05.02.2023 09:00", HOUR, "2023-02-05T09:00:00+06:00"),
        ("05.02.2026", HOUR, "2026-02-05"),
        ("05.02.2026", {**HOUR, "hour": "18:00"}, "2026-02-05T18:00:00+05:00"),
        ("2026-02-05T09:00:00Z", {"zone": "Asia/Almaty"}, "2026-02-05T09:00:00+00:00"),
        ("2026-02-05", {}, "2026-02-05"),
        (
            datetime.fromisoformat("2026-02-05T09:00"),
            {"zone": "Asia/Almaty"},
            "2026-02-05T09:00:00+05:00",
        ),
        (datetime.fromisoformat("2026-02-05T00:00"), {"zone": "Asia/Almaty"}, "2026-02-05"),
        (date(2026, 2, 5), {}, "2026-02-05"),
        ("31.02.2026", DAY, Refusal.CELL_DATE),
        ("05.02.26", DAY, Refusal.CELL_DATE),
        ("2026-02-05", DAY, Refusal.CELL_DATE),
        ("05.02.0026", DAY, Refusal.CELL_DATE),
        (45000, DAY, Refusal.CELL_DATE),
        ("скоро", {}, Refusal.CELL_DATE),
    ],
)
def test_dates(cell: Any, how: dict[str, Any], expected: Any) -> None:
    assert read(cell, START, **how) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Открытый  ТЕНДЕР", "open"),
        ("open", Refusal.CELL_CODE),
        ("иное", Refusal.CELL_CODE),
        ("", None),
    ],
)
def test_words_that_mean_a_code(cell: str, expected: Any) -> None:
    assert read(cell, METHOD, values={"открытый тендер": "open"}) == expected


def test_a_closed_code_is_taken_as_it_is_and_nothing_else() -> None:
    assert read("OPEN", METHOD) == "open"
    assert read("Открытый тендер", METHOD) == Refusal.CELL_CODE


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("041240002346", "041240002346"),
        (41240002346, "041240002346"),
        (41240002346.0, "041240002346"),
        ("0412 4000 2346", "041240002346"),
        ("041240002345", "041240002345"),
        (41240002345, Refusal.CELL_BIIN),
        ("12", Refusal.CELL_BIIN),
        ("0412400023461", Refusal.CELL_BIIN),
        ("04124000234x", Refusal.CELL_BIIN),
        ("٠٤١٢٤٠٠٠٢٣٤٦", Refusal.CELL_BIIN),
    ],
)
def test_a_bin_gets_back_only_zeros_that_its_check_digit_proves(cell: Any, expected: Any) -> None:
    assert read(cell, "buyer.identifier.id", kind="biin") == expected


def test_the_check_digit_and_the_register() -> None:
    # the second weights decide where the first give ten
    number = next(f"{n:012}" for n in range(41240002340, 41240002350) if checks(f"{n:012}"))
    assert biin(number) == number == "041240002346"
    assert scheme("041240002346") == "KZ-BIN"
    assert scheme("880101300123") == "KZ-IIN"
    assert not checks("0" * 12)  # stands where a number is not known


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("Иә", True), ("нет", False), (True, True), ("1", True), ("возможно", Refusal.CELL_FLAG)],
)
def test_yes_and_no(cell: Any, expected: Any) -> None:
    assert read(cell, "awards.hasSubcontracting") == expected


def test_an_address_is_one_or_is_told() -> None:
    assert read("a@b.kz", "buyer.contactPoint.email") == "a@b.kz"
    assert read("нет", "buyer.contactPoint.email") == Refusal.CELL_TEXT


@given(
    st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.datetimes()),
    st.sampled_from([AMOUNT, START, METHOD, "tender.title", "tender.numberOfTenderers"]),
)
def test_whatever_stands_in_a_cell_it_is_read_or_refused(cell: Any, to: str) -> None:
    leaf = read(cell, to)
    assert leaf is None or isinstance(leaf, (str, bool, Refusal))


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_an_amount_written_the_russian_way_is_read_exactly(amount: Decimal) -> None:
    written = f"{amount:,.2f}".replace(",", " ").replace(".", ",")
    kept = values.amount(read(written, AMOUNT, decimal=","))
    assert kept == amount
