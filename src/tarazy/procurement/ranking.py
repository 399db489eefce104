# SPDX-License-Identifier: EUPL-1.2
"""Which processes to open first: those in which flags meet that few others have.

A flag weighs its surprise in bits, log2((assessed + 1) / (raised + 1)) from the base rate of its
indicator in this market, and never more than WEIGHT_MAX: a flag that one process in two has weighs
one, one of a thousand and all rarer ones weigh ten. A process weighs what its different flags
weigh together. Indicators that are made of other flags (COMPOSITE) are left out, so that nothing
counts twice; flags of an organisation belong to no single process. Flags are not independent, so
this is an order in which to read, not a probability of anything.

It stands beside the findings that it was made from, heaviest first, so that a page of a country's
list reads one file from its beginning.
"""

import math
from pathlib import Path

import duckdb

from tarazy.procurement.store import BaseRate, quoted

WEIGHT_MAX = 10.0
COMPOSITE = frozenset({"CRI"})
FILE = "ranking/processes.parquet"
RANKED = "weight DESC, value_amount DESC NULLS LAST, ocid"


def weights(rates: list[BaseRate]) -> dict[str, float]:
    """Bits by code, of the indicators that count, in the order of the rates."""
    return {rate.code: weight_of(rate) for rate in rates if rate.code not in COMPOSITE}


def weight_of(rate: BaseRate) -> float:
    """What a flag of this indicator weighs, in bits; 0 where every subject is flagged."""
    return min(WEIGHT_MAX, math.log2((rate.assessed + 1) / (rate.raised + 1)))


def make(engine: duckdb.DuckDBPyConnection, findings: Path, rates: list[BaseRate]) -> None:
    """Write the ranking of the findings in a folder. The engine holds the tables by name."""
    target = findings / FILE
    target.parent.mkdir()
    by_code = weights(rates)
    codes = list(by_code)
    # A process's flags are bits of one number while they are gathered: lists of a country's
    # processes would not fit into the memory of a small server, numbers do.
    flagged = " UNION ALL ".join(
        f"SELECT ocid, 1::HUGEINT << {place} AS flag"  # noqa: S608 - our own numbers and path
        f" FROM read_parquet({quoted(findings / f'{code}.parquet')}) WHERE raised AND ocid NOT NULL"
        for place, code in enumerate(codes)
    )
    heaviest_first = sorted(range(len(codes)), key=lambda place: -by_code[codes[place]])
    engine.execute("SET VARIABLE places = ?", [heaviest_first])
    engine.execute("SET VARIABLE codes = ?", [codes])
    engine.execute("SET VARIABLE weights = ?", [list(by_code.values())])
    engine.execute(f"""
        COPY (
            WITH gathered AS (
                SELECT ocid, bit_or(flag) AS flags FROM ({flagged}) GROUP BY ocid
            ), listed AS (
                SELECT ocid, list_filter(
                    getvariable('places')::INTEGER[], lambda p: (flags >> p) & 1 = 1
                ) AS places
                FROM gathered
            )
            SELECT
                ocid,
                list_sum(list_transform(
                    places, lambda p: (getvariable('weights')::DOUBLE[])[p + 1]
                )) AS weight,
                list_transform(places, lambda p: (getvariable('codes')::VARCHAR[])[p + 1]) AS codes,
                title, status, method, value_amount, value_currency,
                coalesce(buyer_id, buyer_name) AS buyer_id,
                coalesce(buyer_name, buyer_id) AS buyer_name,
                coalesce(tender_start_at, released_at) AS happened_at,
                try_cast(
                    substr(coalesce(tender_start_published, released_published), 1, 4) AS INTEGER
                ) AS year
            FROM listed JOIN contracting_process USING (ocid)
            ORDER BY {RANKED}
        ) TO {quoted(target)} (FORMAT parquet, COMPRESSION zstd)
        """)  # noqa: S608 - our own names, numbers and paths
