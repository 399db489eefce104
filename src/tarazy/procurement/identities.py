# SPDX-License-Identifier: EUPL-1.2
"""Parties that are one by their BIN or IIN, found anew at every import that changed the tables.

    parties/same_number.parquet   the ids of a party with a valid number but for one, and that one
    parties/numbers.parquet       the number of each party that has one, as a salted hash; several
                                  together, so that they equal none of them

A number counts where its check digit is right. An id under which several numbers stand is of none
of them: some publishers count the parties of each release anew. Of several ids of one number that
of a register (KZ-…) is kept, else the commonest. Likeness is another matter (`matching`).
"""

from hashlib import blake2b
from pathlib import Path

import duckdb
import pyarrow as pa

from tarazy.procurement.identifiers import NUMBER
from tarazy.procurement.sources.flat_cells import checks
from tarazy.procurement.sources.interface import TEXT
from tarazy.procurement.staging import write_parquet
from tarazy.procurement.store import Folder, Manifest, quoted

FOLDER = "parties"
NUMBERS_OF = f"list(DISTINCT regexp_extract(coalesce(identifier, party_id), '{NUMBER}', 1))"
FOUND = """
CREATE TABLE found AS SELECT party_id, {numbers} AS numbers, sum(times)::BIGINT AS times FROM (
    SELECT party_id, identifier, count(*) AS times
    FROM read_parquet({files}) WHERE party_id IS NOT NULL GROUP BY ALL
) GROUP BY party_id
"""
KNOWN = """
CREATE TABLE known AS
SELECT party_id, max(times) AS times, string_agg(number, ' ' ORDER BY number) AS number,
    string_agg(mark, ' ' ORDER BY number) AS mark, count(*) > 1 AS several
FROM (SELECT party_id, times, unnest(numbers) AS number FROM found) JOIN valid USING (number)
GROUP BY party_id
"""
SAME_NUMBER = """
SELECT party_id, first_value(party_id) OVER (
    PARTITION BY number ORDER BY (party_id NOT LIKE 'KZ-%'), times DESC, party_id) AS id
FROM known WHERE NOT several
QUALIFY party_id <> id ORDER BY ALL
"""
NUMBERS = "SELECT party_id, mark FROM known ORDER BY party_id"


def find(store: Folder, manifest: Manifest) -> None:
    """Write down which parties of the tables of a manifest are one by their numbers."""
    with store.engine() as engine:
        engine.execute(
            FOUND.format(numbers=NUMBERS_OF, files=quoted(store.tables(manifest)["party"]))
        )
        write(store.path, *told(engine, store.salt()))


def told(engine: duckdb.DuckDBPyConnection, salt: bytes) -> tuple[pa.Table, pa.Table]:
    """(which are one by their numbers, numbers hashed), of an engine's table `found`.

    That has party_id, numbers and times; the engine gets `known`, the parties with a number that
    counts.
    """
    numbers = engine.sql("SELECT DISTINCT unnest(numbers) FROM found").fetchall()
    right = [one for (one,) in numbers if one and checks(one)]
    marks = [blake2b(one.encode(), digest_size=12, key=salt).hexdigest() for one in right]
    valid = pa.table({"number": pa.array(right, TEXT), "mark": pa.array(marks, TEXT)})
    engine.register("valid", valid)
    engine.execute(KNOWN)
    return engine.sql(SAME_NUMBER).to_arrow_table(), engine.sql(NUMBERS).to_arrow_table()


def write(folder: Path, same: pa.Table, numbers: pa.Table) -> None:
    """Put both tables in force."""
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    for name, table in (("same_number", same), ("numbers", numbers)):
        new = target / f"{name}.new"
        write_parquet(table, new)
        new.replace(target / f"{name}.parquet")
