# SPDX-License-Identifier: EUPL-1.2
"""Parties that are one by their BIN or IIN, found anew at every import that changed the tables.

    parties/same_number.parquet   the ids of a party with one number but for one, and that one
    parties/numbers.parquet       the number of each party that has one, as a salted hash; several
                                  together, so that they equal none of them

A number counts where its check digit is right. An id under which several numbers stand is of none
of them: some publishers count the parties of each release anew. Of several ids of one number that
of a register (KZ-…) is kept, else the commonest. Likeness is another matter (`matching`).

Numbers of registers abroad have no check digit that we know. They join within one register, however
they are spelt (`identifiers`), where they have five letters or digits at least, a digit among them,
and are not one sign repeated. Where spellings part the same signs at different places (12-3456 and
123-456) nobody knows which number is meant, and none of them is joined. A party that has a BIN or
IIN as well is not joined by another number.
"""

from hashlib import blake2b
from pathlib import Path

import duckdb
import pyarrow as pa

from tarazy.procurement.identifiers import ABROAD, NUMBER, REGISTER
from tarazy.procurement.sources.flat_cells import checks
from tarazy.procurement.sources.interface import TEXT
from tarazy.procurement.staging import write_parquet
from tarazy.procurement.store import Folder, Manifest, quoted

FOLDER = "parties"
NUMBERS_OF = f"""
list(DISTINCT CASE WHEN {ABROAD} THEN ''
    ELSE regexp_extract(coalesce(identifier, party_id), '{NUMBER}', 1) END)
"""
FOUND = """
CREATE TABLE found AS SELECT party_id, {numbers} AS numbers, sum(times)::BIGINT AS times FROM (
    SELECT party_id, scheme, identifier, count(*) AS times
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
# An id's own rows may say more than one register or number: then it is of none of them.
ABROAD_OF = f"""
CREATE TABLE abroad AS
SELECT party_id, any_value(register) AS register, any_value(number) AS number,
    list_distinct(flatten(list(parted))) AS parted, sum(times) AS times
FROM (
    SELECT party_id, register, replace(words, ' ', '') AS number, times,
        CASE WHEN contains(words, ' ') THEN [words] ELSE [] END AS parted
    FROM (
        SELECT party_id, register, times, trim(regexp_replace(
            CASE WHEN regexp_matches(written[length(register) + 1:], '^[^A-Z0-9]')
                AND starts_with(written, register)
                THEN regexp_replace(written[length(register) + 1:], '^[^A-Z0-9]+', '')
                ELSE written END, '[\\s\\p{{Pd}}]+', ' ', 'g')) AS words
        FROM (
            SELECT party_id, {REGISTER} AS register, count(*) AS times,
                upper(trim(coalesce(identifier, party_id))) AS written
            FROM read_parquet(FILES) WHERE party_id IS NOT NULL AND {ABROAD} GROUP BY ALL
        )
    )
)
WHERE party_id NOT IN (SELECT party_id FROM known)
GROUP BY party_id HAVING count(DISTINCT register || '|' || number) = 1
"""  # noqa: S608 - our own names
SAME_ABROAD = """
WITH usable AS (
    SELECT register, number FROM abroad
    WHERE length(number) >= 5 AND regexp_matches(number, '[0-9]')
        AND replace(number, number[1], '') <> ''
    GROUP BY ALL HAVING len(list_distinct(flatten(list(parted)))) <= 1
)
SELECT party_id, first_value(party_id) OVER (
    PARTITION BY register, number
    ORDER BY NOT starts_with(upper(party_id), register), times DESC, party_id) AS id
FROM abroad JOIN usable USING (register, number)
QUALIFY party_id <> id ORDER BY ALL
"""
NUMBERS = "SELECT party_id, mark FROM known ORDER BY party_id"


def find(store: Folder, manifest: Manifest) -> None:
    """Write down which parties of the tables of a manifest are one by their numbers."""
    with store.engine() as engine:
        file = store.tables(manifest)["party"]
        engine.execute(FOUND.format(numbers=NUMBERS_OF, files=quoted(file)))
        write(store.path, *told(engine, file, store.salt()))


def told(engine: duckdb.DuckDBPyConnection, file: Path, salt: bytes) -> tuple[pa.Table, pa.Table]:
    """(which are one by their numbers, numbers hashed), of an engine's table `found`.

    That has party_id, numbers and times, of the parties in `file`; the engine gets `known`, the
    parties with a BIN or IIN that counts. Numbers of registers abroad are not among the hashes.
    """
    numbers = engine.sql("SELECT DISTINCT unnest(numbers) FROM found").fetchall()
    right = [one for (one,) in numbers if one and checks(one)]
    marks = [blake2b(one.encode(), digest_size=12, key=salt).hexdigest() for one in right]
    valid = pa.table({"number": pa.array(right, TEXT), "mark": pa.array(marks, TEXT)})
    engine.register("valid", valid)
    engine.execute(KNOWN)
    engine.execute(ABROAD_OF.replace("FILES", quoted(file)))
    same = [engine.sql(query).to_arrow_table() for query in (SAME_NUMBER, SAME_ABROAD)]
    return pa.concat_tables(same), engine.sql(NUMBERS).to_arrow_table()


def write(folder: Path, same: pa.Table, numbers: pa.Table) -> None:
    """Put both tables in force."""
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    for name, table in (("same_number", same), ("numbers", numbers)):
        new = target / f"{name}.new"
        write_parquet(table, new)
        new.replace(target / f"{name}.parquet")
