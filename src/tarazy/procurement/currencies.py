# SPDX-License-Identifier: EUPL-1.2
"""Amounts in other currencies, by the user's exchange rates, into the one of these.

A rate is that of the day on which the tender began, or of the last day before it that has one, up
to RATE_DAYS_MAX days back. What no rate covers stays as it was published, and is *not assessed*
where it would have to be compared with another currency. The tables on the disk stay as published.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from tarazy.procurement.sources.interface import AMOUNT
from tarazy.procurement.sources.tables import SHAPES
from tarazy.procurement.store import quoted

RATE_DAYS_MAX = 31
FACTOR_MAX = "9999.999999"  # the next one has a digit more than a factor holds
PROCESS = "contracting_process"

# DuckDB's widest decimal holds an amount times a number of ten digits. So a rate is written as such
# a number from 1 to 10,000 and a power of ten: seven of its digits count at least.
DAILY = """
CREATE TABLE daily_rates AS
WITH sized AS (
    SELECT *, CASE WHEN rate >= 1 THEN 0 WHEN rate >= 0.0001 THEN 4 ELSE 8 END AS places FROM rates
), dated AS (
    SELECT currency, base, CAST(day AS DATE) AS day,
        CAST(least(rate * CAST(10 ** places AS DECIMAL(10, 0)), {most})
            AS DECIMAL(10, 6)) AS factor,
        CAST(10.0 ** -places AS DECIMAL(9, 8)) AS unit,
        lead(CAST(day AS DATE)) OVER (PARTITION BY currency ORDER BY day) AS next_day
    FROM sized
)
SELECT currency, factor, unit, base, CAST(unnest(generate_series(
    day, least(coalesce(next_day - 1, day + {days}), day + {days}),
    INTERVAL 1 DAY)) AS DATE) AS day
FROM dated
"""
DAYS = """
CREATE TABLE days AS
SELECT ocid, CAST(coalesce(tender_start_at, released_at) AS DATE) AS day FROM read_parquet({files})
"""


def money_columns(table: str) -> list[tuple[str, str]]:
    """(amount, currency) columns of a table."""
    names = SHAPES[table].schema.names
    pairs = []
    for currency in names:
        stem = currency.removesuffix("_currency")
        if stem != currency:
            pairs.append((f"{stem}_amount" if f"{stem}_amount" in names else stem, currency))
    return pairs


def show(
    engine: duckdb.DuckDBPyConnection, files: dict[str, Path], rates: pa.Table | None = None
) -> None:
    """Give DuckDB the files under the names of their tables, in one currency as far as known."""
    converts = rates is not None and len(rates) > 0
    if converts:
        engine.register("rates", rates)
        engine.execute(DAILY.format(days=RATE_DAYS_MAX, most=FACTOR_MAX))
        engine.execute(DAYS.format(files=quoted(files[PROCESS])))
    for name, path in files.items():
        pairs = money_columns(name) if converts else []
        engine.execute(f"CREATE VIEW {name} AS {_converted(pairs, path)}")


def _converted(pairs: list[tuple[str, str]], path: Path) -> str:
    source = f"read_parquet({quoted(path)})"
    if not pairs:
        return f"FROM {source}"
    replaced, joins = [], []
    for number, (amount, currency) in enumerate(pairs):
        # TRY: an absurd amount stays as published instead of stopping the run
        rate = f"r{number}"
        times = f"CAST(t.{amount} * {rate}.factor AS DECIMAL(29, {AMOUNT.scale}))"
        kept = f"DECIMAL({AMOUNT.precision}, {AMOUNT.scale})"
        exact = f"TRY(CAST({times} * {rate}.unit AS {kept}))"
        replaced.append(f"coalesce({exact}, t.{amount}) AS {amount}")
        replaced.append(
            f"CASE WHEN {exact} IS NULL THEN t.{currency} ELSE r{number}.base END AS {currency}"
        )
        joins.append(
            f"LEFT JOIN daily_rates r{number} ON r{number}.day = d.day"
            f" AND r{number}.currency = t.{currency} AND r{number}.base <> t.{currency}"
        )
    return (
        f"SELECT t.* REPLACE ({', '.join(replaced)}) FROM {source} t"  # noqa: S608 - our own names
        f" LEFT JOIN days d ON d.ocid = t.ocid {' '.join(joins)}"
    )
