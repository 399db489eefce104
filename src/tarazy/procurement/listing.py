# SPDX-License-Identifier: EUPL-1.2
"""What pages list: findings with the few facts of their process by which people filter and sort.

A run writes the facts of all processes once, and all that was raised with its facts in the order in
which the list shows it: newest first. What is clear or was not assessed gets its facts when it is
asked for.
"""

from pathlib import Path

import duckdb

from tarazy.procurement.store import quoted

PAGES = "pages"  # of the findings' folder
FACTS = "facts.parquet"
RAISED = "raised.parquet"
ROW_GROUP = 20_000  # small, so that a page of the newest reads few of many
FACTS_QUERY = """
SELECT ocid, title, status, method, value_amount, value_currency,
    coalesce(buyer_id, buyer_name) AS buyer_id, coalesce(buyer_name, buyer_id) AS buyer_name,
    TRY_CAST(substr(coalesce(tender_start_published, released_published), 1, 4) AS INTEGER) AS year,
    coalesce(tender_start_at, released_at) AS happened_at
FROM contracting_process
"""
# An organisation has a name for its title, and none of the facts of a process. Two parts, so that
# what is asked of the facts (a word, a buyer, a year) leaves few processes to look up.
LISTED = """
SELECT f.* EXCLUDE (party_name), p.* EXCLUDE (ocid)
FROM answers f JOIN facts p ON p.ocid = f.ocid
UNION ALL BY NAME
SELECT f.* EXCLUDE (party_name), party_name AS title,
    CASE WHEN subject = 'buyer' THEN party_id END AS buyer_id,
    CASE WHEN subject = 'buyer' THEN party_name END AS buyer_name
FROM answers f WHERE ocid IS NULL
"""


def write(engine: duckdb.DuckDBPyConnection, target: Path) -> list[int]:
    """Write the lists of a run whose answers lie in `target`; which years there are."""
    pages = target / PAGES
    pages.mkdir()
    _copy(engine, f"{FACTS_QUERY} ORDER BY happened_at DESC NULLS LAST, ocid", pages / FACTS)
    show(engine, target, raised_only=False)
    raised = "FROM findings WHERE raised ORDER BY happened_at DESC NULLS LAST, ocid, code, lot_id"
    _copy(engine, raised, pages / RAISED)
    years = engine.sql("SELECT DISTINCT year FROM facts WHERE year IS NOT NULL ORDER BY 1 DESC")
    return [year for (year,) in years.fetchall()]


def has_lists(target: Path) -> bool:
    """False for findings of an earlier version of this program."""
    return (target / PAGES).is_dir()


def show(
    engine: duckdb.DuckDBPyConnection, target: Path, *, raised_only: bool, code: str = ""
) -> None:
    """Give DuckDB the view `findings`: those raised, or all of them, or all of one indicator."""
    pages = target / PAGES
    if raised_only:
        engine.execute(
            f"CREATE VIEW findings AS FROM read_parquet({quoted(pages / 'raised.parquet')})"
        )
        return
    own = target / f"{code}.parquet"
    answers = quoted(own if code and own.is_file() else target / "*.parquet")
    facts = quoted(pages / FACTS)
    engine.execute(f"CREATE VIEW answers AS FROM read_parquet({answers})")
    engine.execute(f"CREATE VIEW facts AS FROM read_parquet({facts})")
    engine.execute(f"CREATE VIEW findings AS {LISTED}")


def _copy(engine: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    engine.execute(
        f"COPY ({query}) TO {quoted(path)}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
