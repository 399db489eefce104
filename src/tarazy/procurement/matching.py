# SPDX-License-Identifier: EUPL-1.2
"""Which parties may be one organisation: equal BIN or IIN at once, the rest as proposals.

1. Parties with the same BIN or IIN, whose check digit is right, or the same number of one register
   abroad, are one, whatever their ids; since their import already (`identities`).
2. Of the others Splink (Fellegi and Sunter's model) proposes pairs, each with the weight of every
   field. A person decides (`deciding`); nothing is merged by likeness alone.
3. Two different valid numbers are never proposed: they are two organisations. Nor is an id under
   which several stand: it is a different one in each release.

Pairs are sought only where something is shared: a telephone, an e-mail address, a name, or the
start of a name and the place. What more than BLOCK_MAX parties share tells nobody apart and is not
used, so that the work is bounded by the number of parties. The weights of fields are ours, not
learned: the same data give the same proposals, and small data are judged like large.
"""

import logging
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator
from splink import comparison_level_library as levels
from splink.blocking_rule_library import CustomRule
from splink.comparison_library import CustomComparison

from tarazy.procurement import identities
from tarazy.procurement.sources.interface import TEXT
from tarazy.procurement.sources.names import latin, parted
from tarazy.procurement.staging import write_parquet
from tarazy.procurement.store import Folder, quoted

BLOCK_MAX = 50
WEIGHT_MIN = 0.0  # in bits: from here on "the same" is the likelier half
PROPOSALS_MAX = 100_000
ROWS_AT_ONCE = 20_000
START_LENGTH = 6  # letters of a name
PRIOR = 1e-4  # that two parties which share something are one
FIELDS = ("name", "form", "address", "region", "telephone", "email")

PARTIES = """
CREATE TABLE found AS
SELECT party_id,
    mode(coalesce(name, legal_name)) AS shown,
    {numbers} AS numbers, count(*) AS times,
    mode(concat_ws(', ', street, locality)) AS address_shown,
    mode(coalesce(region, locality)) AS region_shown,
    mode(telephone) AS telephone, mode(email) AS email,
    count(DISTINCT ocid) AS processes,
    list_sort(list_distinct(flatten(list(roles)))) AS roles
FROM read_parquet({files}) WHERE party_id IS NOT NULL GROUP BY party_id
"""
BLOCKED = """
CREATE TABLE parties AS
WITH keyed AS (
    SELECT f.party_id AS unique_id, n.name, n.form, n.address, n.region, f.telephone, f.email,
        v.number, f.shown, f.address_shown, f.region_shown, f.processes, f.roles,
        n.name AS by_name, f.telephone AS by_telephone, f.email AS by_email,
        CASE WHEN length(n.name) >= {start} THEN n.name[:{start}] || '|' || n.region END AS by_start
    FROM found f JOIN names n USING (party_id) LEFT JOIN known v USING (party_id)
    WHERE f.party_id NOT IN (SELECT party_id FROM same_number) AND v.several IS NOT true
)
SELECT * REPLACE ({rare}) FROM keyed
"""
RARE = "CASE WHEN count(*) OVER (PARTITION BY {key}) <= {most} THEN {key} END AS {key}"
KEYS = ("by_name", "by_telephone", "by_email", "by_start")
PROPOSED = """
SELECT unique_id_l, unique_id_r, match_weight AS weight, match_probability AS probability, {told},
    l.shown AS name_l, r.shown AS name_r,
    l.address_shown AS address_l, r.address_shown AS address_r,
    l.region_shown AS region_l, r.region_shown AS region_r, l.processes AS processes_l,
    r.processes AS processes_r, l.roles AS roles_l, r.roles AS roles_r
FROM {predicted} JOIN parties l ON l.unique_id = unique_id_l
    JOIN parties r ON r.unique_id = unique_id_r
WHERE NOT coalesce(l.number <> r.number, false)
ORDER BY weight DESC, unique_id_l, unique_id_r LIMIT {most}
"""


def propose(folder: Path) -> int:
    """Seek parties that may be one; how many pairs are proposed. Decisions are left as they are.

    Raises Refused where nothing was imported, or by an earlier version.
    """
    store = Folder(folder)
    with store.writing() as manifest:
        files = store.readable(manifest)
        with store.engine() as engine:
            salt = store.salt()
            same, numbers = _gather(engine, files["party"], salt)
            pairs = _pairs(engine, salt)
        identities.write(store.path, same, numbers)
        target = store.path / identities.FOLDER / "proposals"
        write_parquet(pairs, target.with_suffix(".new"))
        target.with_suffix(".new").replace(target.with_suffix(".parquet"))
    return len(pairs)


def pair_id(left: str, right: str, salt: bytes) -> str:
    """What a pair is called in addresses and in the audit log: nobody's number can be read off."""
    text = "\0".join(sorted((left, right))).encode()
    return f"pair-{blake2b(text, digest_size=12, key=salt).hexdigest()}"


def _gather(
    engine: duckdb.DuckDBPyConnection, file: Path, salt: bytes
) -> tuple[pa.Table, pa.Table]:
    """Parties with what they are compared by: (which are one by their numbers, numbers hashed)."""
    engine.execute("SET threads = 2")
    engine.execute(PARTIES.format(numbers=identities.NUMBERS_OF, files=quoted(file)))
    same, numbers = identities.told(engine, file, salt)
    engine.register("same_number", same)
    asked = engine.cursor().execute(
        "SELECT party_id, shown, address_shown, region_shown FROM found"
    )
    compared = [_compared([])]
    while rows := asked.fetchmany(ROWS_AT_ONCE):
        compared.append(_compared(rows))
    engine.register("names", pa.concat_tables(compared))
    rare = ", ".join(RARE.format(key=key, most=BLOCK_MAX) for key in KEYS)
    engine.execute(BLOCKED.format(start=START_LENGTH, rare=rare))
    return same, numbers


def _compared(rows: list[tuple[Any, ...]]) -> pa.Table:
    """What names and places are compared by."""
    parts = [parted(shown or "") for _, shown, _, _ in rows]
    return pa.table(
        {
            "party_id": pa.array([row[0] for row in rows], TEXT),
            "form": pa.array([form or None for form, _ in parts], TEXT),
            "name": pa.array([name or None for _, name in parts], TEXT),
            "address": pa.array([latin(row[2] or "") or None for row in rows], TEXT),
            "region": pa.array([latin(row[3] or "") or None for row in rows], TEXT),
        }
    )


def _comparison(field: str, *steps: tuple[Any, float, float], rest: float) -> CustomComparison:
    """Levels of likeness from the closest down: (level, how often of one, how often of two)."""
    told = [level.configure(m_probability=m, u_probability=u) for level, m, u in steps]
    others = levels.ElseLevel().configure(
        m_probability=rest, u_probability=1 - sum(u for _, _, u in steps)
    )
    return CustomComparison(
        output_column_name=field, comparison_levels=[levels.NullLevel(field), *told, others]
    )


def _settings() -> SettingsCreator:
    exact, alike = levels.ExactMatchLevel, levels.JaroWinklerLevel
    apart = "NOT coalesce(l.number <> r.number, false)"
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=PRIOR,
        comparisons=[
            _comparison(
                "name",
                (exact("name"), 0.6, 0.0002),
                (alike("name", 0.94), 0.2, 0.0005),
                (alike("name", 0.88), 0.1, 0.005),
                rest=0.1,
            ),
            _comparison("form", (exact("form"), 0.9, 0.4), rest=0.1),
            _comparison(
                "address",
                (exact("address"), 0.5, 0.0005),
                (alike("address", 0.92), 0.2, 0.01),
                rest=0.3,
            ),
            _comparison("region", (exact("region"), 0.9, 0.1), rest=0.1),
            _comparison("telephone", (exact("telephone"), 0.6, 0.0005), rest=0.4),
            _comparison("email", (exact("email"), 0.6, 0.0003), rest=0.4),
        ],
        blocking_rules_to_generate_predictions=[
            CustomRule(f"l.{key} = r.{key} AND {apart}") for key in KEYS
        ],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )


def _pairs(engine: duckdb.DuckDBPyConnection, salt: bytes) -> pa.Table:
    linker = Linker(DuckDBAPI(engine).register("parties"), _settings(), log_level=logging.ERROR)
    predicted = linker.inference.predict(threshold_match_weight=WEIGHT_MIN)
    told = ", ".join(
        f"gamma_{field} AS {field}_level, mw_{field} AS {field}_weight" for field in FIELDS
    )
    query = PROPOSED.format(told=told, predicted=predicted.physical_name, most=PROPOSALS_MAX)
    found = engine.sql(query).to_arrow_table()
    sides = zip(found["unique_id_l"].to_pylist(), found["unique_id_r"].to_pylist(), strict=True)
    pairs = pa.array([pair_id(left, right, salt) for left, right in sides], TEXT)
    return found.append_column("pair", pairs)
