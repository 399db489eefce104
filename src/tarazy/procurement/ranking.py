# SPDX-License-Identifier: EUPL-1.2
"""Which processes to open first: those in which flags meet that few others have.

A flag weighs its surprise in bits, log2((assessed + 1) / (raised + 1)) from the base rate of its
indicator in this market, and never more than WEIGHT_MAX: a flag that one process in two has weighs
one, one of a thousand and all rarer ones weigh ten. A process weighs what its different flags
weigh together. Indicators that are made of other flags (COMPOSITE) are left out, so that nothing
counts twice; flags of an organisation belong to no single process. Flags are not independent, so
this is an order in which to read, not a probability of anything.

It stands beside the other lists of the pages, heaviest first, so that a page of a country's list
reads one file from its beginning.
"""

import math
from pathlib import Path

import duckdb

from tarazy.procurement.listing import FACTS, PACKED, RAISED, ROW_GROUP, write_of_buyers
from tarazy.procurement.store import BaseRate, quoted

WEIGHT_MAX = 10.0
COMPOSITE = frozenset({"CRI"})
FILE = "first.parquet"
RANKED = "weight DESC, value_amount DESC NULLS LAST, ocid"


def weights(rates: list[BaseRate]) -> dict[str, float]:
    """Bits by code, of the indicators that count, in the order of the rates."""
    return {rate.code: weight_of(rate) for rate in rates if rate.code not in COMPOSITE}


def weight_of(rate: BaseRate) -> float:
    """What a flag of this indicator weighs, in bits; 0 where every subject is flagged."""
    return min(WEIGHT_MAX, math.log2((rate.assessed + 1) / (rate.raised + 1)))


def write(engine: duckdb.DuckDBPyConnection, pages: Path, rates: list[BaseRate]) -> None:
    """Write the ranking beside the lists that `listing` has written into the folder `pages`."""
    by_code = weights(rates)
    codes = list(by_code)
    heaviest_first = sorted(range(len(codes)), key=lambda place: -by_code[codes[place]])
    engine.execute("SET VARIABLE places = ?", [heaviest_first])
    engine.execute("SET VARIABLE codes = ?", [codes])
    engine.execute("SET VARIABLE weights = ?", [list(by_code.values())])
    # A process's flags are bits of one number while they are gathered: lists of a country's
    # processes would not fit into the memory of a small server, numbers do.
    engine.execute(f"""
        COPY (
            WITH gathered AS (
                SELECT ocid, bit_or(
                    1::HUGEINT << list_position(getvariable('codes')::VARCHAR[], code) - 1
                ) AS flags
                FROM read_parquet({quoted(pages / RAISED)})
                WHERE ocid NOT NULL AND list_contains(getvariable('codes')::VARCHAR[], code)
                GROUP BY ocid
            ), listed AS (
                SELECT ocid, list_filter(
                    getvariable('places')::INTEGER[], lambda p: (flags >> p) & 1 = 1
                ) AS places
                FROM gathered
            )
            SELECT
                list_sum(list_transform(
                    places, lambda p: (getvariable('weights')::DOUBLE[])[p + 1]
                )) AS weight,
                list_transform(places, lambda p: (getvariable('codes')::VARCHAR[])[p + 1]) AS codes,
                facts.*
            FROM listed JOIN read_parquet({quoted(pages / FACTS)}) AS facts USING (ocid)
            ORDER BY {RANKED}
        ) TO {quoted(pages / FILE)} ({PACKED}, ROW_GROUP_SIZE {ROW_GROUP})
        """)  # noqa: S608 - our own names, numbers and paths
    write_of_buyers(engine, pages / FILE, RANKED)
