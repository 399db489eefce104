# SPDX-License-Identifier: EUPL-1.2
"""Amounts by the user's rates: of the day or the last before it, and otherwise as published."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from procurement.imported import NOW, Write

from tarazy.procurement import currencies, numbered
from tarazy.procurement.currencies import money_columns
from tarazy.procurement.importing import import_files
from tarazy.procurement.indicators import r022_wide_disparity as r022
from tarazy.procurement.references import REFERENCES
from tarazy.procurement.run import sql, tables
from tarazy.procurement.sources.tables import SHAPES
from tarazy.procurement.store import Folder

RATES = pa.Table.from_pylist(
    [
        {"currency": "USD", "day": datetime(2026, 1, 1, tzinfo=UTC), "rate": 500, "base": "KZT"},
        {"currency": "USD", "day": datetime(2026, 2, 1, tzinfo=UTC), "rate": 510, "base": "KZT"},
    ],
    REFERENCES["rates"].schema,
)


def made(ocid: str, *bids: tuple[Any, str], date: Any = "2026-01-15T00:00:00Z") -> dict[str, Any]:
    details = [
        {
            "id": str(number),
            "status": "valid",
            "value": {"amount": amount, "currency": currency},
            "tenderers": [{"id": f"t{number}"}],
        }
        for number, (amount, currency) in enumerate(bids)
    ]
    return {
        "ocid": ocid,
        "date": date,
        "tender": {"status": "complete"},
        "bids": {"details": details},
    }


def disparity(folder: Path, rates: pa.Table | None) -> dict[str, Any]:
    """What R022 says of each process."""
    query = sql(r022.assess(tables()))
    store = Folder(folder)
    with store.engine() as engine:
        currencies.show(engine, store.tables(store.manifest()), rates)
        engine.execute(f"ALTER VIEW {numbered.PROCESS} RENAME TO read")
        numbered.as_published(engine, "read")
        rows = engine.sql(f"SELECT ocid, raised, reason, round(value, 1) FROM ({query})").fetchall()
    return {ocid: answer for ocid, *answer in rows}


def test_every_pair_of_amount_and_currency_is_known() -> None:
    assert money_columns("item") == [("unit_price", "unit_price_currency")]
    assert money_columns("contract") == [
        ("value_amount", "value_currency"),
        ("final_amount", "final_currency"),
    ]
    for table in SHAPES:
        names = SHAPES[table].schema.names
        assert all(amount in names for amount, _ in money_columns(table))


@pytest.mark.parametrize(
    ("rate", "amount", "converted"),
    [
        ("0.0000789", 1_000_000, "78.9"),
        ("0.0000789123", 1_000_000, "78.9123"),
        ("0.00193052", 1_000_000, "1930.52"),
        ("0.00000001", 10**12, "10000"),
        ("0.5", 3, "1.5"),
        ("1", 3, "3"),
        ("512.812345", 2, "1025.62469"),
        ("9999.999999", 10**13, "99999999990000000"),
        ("9999.9999996", 10**13, "99999999990000000"),
        ("0.99999999996", 10**10, "9999999999"),
    ],
)
def test_rates_of_any_size_count_exactly(
    rate: str, amount: int, converted: str, folder: Path, write: Write
) -> None:
    import_files(folder, [write("a.jsonl", made("a", (amount, "UZS")))], now=NOW)
    row = {**RATES.to_pylist()[0], "currency": "UZS", "rate": Decimal(rate), "base": "USD"}
    store = Folder(folder)
    with store.engine() as engine:
        given = pa.Table.from_pylist([row], REFERENCES["rates"].schema)
        currencies.show(engine, store.tables(store.manifest()), given)
        found = engine.sql("SELECT value_amount, value_currency FROM bid").fetchall()
    assert found == [(Decimal(converted), "USD")]


@pytest.mark.parametrize("given", [False, True])
def test_bids_of_several_currencies(given: bool, folder: Path, write: Write) -> None:
    releases = [
        made("january", (50_000, "KZT"), (200, "USD")),
        made("february", (51_000, "KZT"), (200, "USD"), date="2026-02-01T00:00:00Z"),
        made("before", (50_000, "KZT"), (200, "USD"), date="2025-12-31T00:00:00Z"),
        made("long-after", (50_000, "KZT"), (200, "USD"), date="2026-06-01T00:00:00Z"),
        made("undated", (50_000, "KZT"), (200, "USD"), date=None),
        made("other", (50_000, "KZT"), (200, "EUR")),
        made("huge", (10**19, "USD"), (2 * 10**19, "USD")),
        made("alone", (100, "USD"), (400, "USD"), date="2025-01-01T00:00:00Z"),
    ]
    import_files(folder, [write("all.jsonl", *releases)], now=NOW)
    found = disparity(folder, RATES if given else None)
    mixed = [None, "the bids are in several currencies", None]
    assert found["january"] == ([True, None, 50.0] if given else mixed)
    assert found["february"] == ([True, None, 50.0] if given else mixed)
    assert found["before"] == found["long-after"] == found["undated"] == found["other"] == mixed
    assert found["huge"] == [True, None, 50.0]
    assert found["alone"] == [True, None, 75.0]
    files = Folder(folder).tables(Folder(folder).manifest())["bid"]
    with duckdb.connect() as engine:
        kept = engine.sql(f"SELECT count(*) FROM '{files}' WHERE value_currency = 'USD'").fetchall()
    assert kept == [(9,)]  # the tables stay as published
