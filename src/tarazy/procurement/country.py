# SPDX-License-Identifier: EUPL-1.2
"""A made-up country straight into the tables, by DuckDB: larger than any file we would make.

Deterministic by seed and DuckDB's version: every value is a hash of its row's number. The shares
are those of Kazakhstan's portal: of 11.1 million notices, 28 million lots, 40 million plan items,
18 million contracts, 18,000 buyers, 80,000 suppliers. The largest hundredth of the buyers holds a
tenth of the notices, that of the suppliers more; prices of one thing spread log-normally.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from tarazy.procurement.sources.interface import AMOUNT, COUNT, FLAG, MOMENT, TEXT, TEXTS
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.staging import READER_VERSION
from tarazy.procurement.store import ROW_GROUP, Folder, quoted, settle

PROCESSES = 11_100_000  # of the whole country
PART_PROCESSES = 400_000  # of each table's file, so that memory is bounded
BUYERS, SUPPLIERS = 18_000, 80_000
ORGANISATIONS_MIN = 50
THINGS = 3_000  # codes of what is bought
YEARS = 5
_TYPES: dict[pa.DataType, str] = {
    TEXT: "VARCHAR", TEXTS: "VARCHAR[]", MOMENT: "TIMESTAMPTZ", AMOUNT: "DECIMAL(28, 8)",
    COUNT: "BIGINT", FLAG: "BOOLEAN",
}  # fmt: skip

# Chance: `u(row, of)` is a number in [0, 1) for each row and each question.
MACROS = """
CREATE MACRO u(i, q) AS (hash(i * 1009 + q, {seed}) % 1000003) / 1000003.0;
CREATE MACRO spread(i, q) AS sqrt(-2 * ln(u(i, q) + 1e-7)) * cos(6.2831853 * u(i, q + 1));
CREATE MACRO bin(n) AS 'KZ-BIN-' || lpad(n::VARCHAR, 12, '0');
CREATE MACRO shown(t) AS strftime(t + INTERVAL 5 HOUR, '%Y-%m-%dT%H:%M:%S+05:00');
CREATE MACRO buyer_of(n) AS 'Мекеме №' || n;
CREATE MACRO supplier_of(n) AS '«Серіктес ' || n || '» ЖШС';
"""
# A notice; each of its lots, with a thing, a winner and bids; each item of a lot.
PROCESS = """
CREATE OR REPLACE TEMP TABLE notice AS
SELECT i, 'ocds-tarazy-{seed}-' || lpad(i::VARCHAR, 9, '0') AS ocid,
    floor({buyers} * u(i, 1) ** 2)::BIGINT AS buyer,
    CASE WHEN u(i, 2) < .30 THEN 'open' WHEN u(i, 2) < .60 THEN 'selective'
        WHEN u(i, 2) < .97 THEN 'direct' ELSE 'limited' END AS method,
    CASE WHEN u(i, 3) < .86 THEN 'complete' WHEN u(i, 3) < .95 THEN 'unsuccessful'
        ELSE 'active' END AS status,
    ['goods', 'goods', 'services', 'works'][1 + floor(4 * u(i, 4))::BIGINT] AS category,
    least(40, 1 + floor(-1.95 * ln(u(i, 5) + 1e-7)))::BIGINT AS lots,
    TIMESTAMP '2021-01-11 04:00:00' + INTERVAL (floor(
        {years} * 365 * 1440 * CASE WHEN u(i, 6) < .9 THEN u(i, 7) ELSE
        (floor({years} * u(i, 7)) + .92 + .08 * u(i, 8)) / {years} END)::BIGINT) MINUTE AS began,
    (5 + floor(25 * u(i, 9)))::BIGINT AS days
FROM range({start}, {stop}) numbers(i)
"""
LOT = """
CREATE OR REPLACE TEMP TABLE lot_made AS
SELECT *, i * 64 + k AS j, 'lot-' || k AS lot,
    floor({things} * u(i * 64 + k, 11) ** 2)::BIGINT AS thing,
    least(1e9, exp(13 + 1.4 * spread(i * 64 + k, 12)))::BIGINT + 1 AS estimate,
    status = 'complete' AND u(i * 64 + k, 14) < .76 AS awarded,
    CASE WHEN method = 'open' OR (method = 'selective' AND i % 3 = 0) THEN 1
        + (u(i * 64 + k, 15) < .55)::BIGINT + (u(i * 64 + k, 15) < .3)::BIGINT
        + (u(i * 64 + k, 15) < .15)::BIGINT ELSE 0 END AS bids,
    floor({suppliers} * u(i * 64 + k, 16) ** 2.5)::BIGINT AS winner,
    .80 + .2 * u(i * 64 + k, 17) AS discount
FROM notice, unnest(range(1, lots + 1)) numbered(k)
"""
ITEM = """
CREATE OR REPLACE TEMP TABLE item_made AS
SELECT *, j * 4 + h AS n, exp(6 + thing % 7 + .35 * spread(j * 4 + h, 21)) AS price
FROM lot_made, unnest(range(1, 2 + (u(j, 20) < .3)::BIGINT + (u(j, 20) < .13)::BIGINT)) held(h)
"""
BID = """
CREATE OR REPLACE TEMP TABLE bid_made AS
SELECT *, CASE WHEN h = 1 THEN winner ELSE (winner + h * 17 + floor(400 * u(j * 8 + h, 31)))::BIGINT
    % {suppliers} END AS bidder,
    (estimate * discount * (1 + (h - 1) * .12 * u(j * 8 + h, 32)))::BIGINT AS offer
FROM lot_made, unnest(range(1, bids + 1)) offered(h)
"""


def write_country(folder: Path, *, seed: int, processes: int, now: datetime) -> dict[str, int]:
    """Put a made-up country in force in a folder; how many rows each table has."""
    store = Folder(folder)
    with store.writing() as manifest, store.engine() as engine:
        version = manifest.version + 1
        name, target = store.fresh("tables", version)
        for table in SCHEMAS:
            (target / table).mkdir()
        engine.execute(MACROS.format(seed=int(seed)))
        rows = dict.fromkeys(SCHEMAS, 0)
        for part, start in enumerate(range(0, max(processes, 1), PART_PROCESSES), 1):
            stop = min(start + PART_PROCESSES, processes)
            for table, written in _part(engine, seed, processes, (start, stop)):
                path = target / table / f"{version:06}-{part:08}.parquet"
                [(found,)] = engine.execute(
                    f"COPY ({written}) TO {quoted(path)}"
                    f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
                ).fetchall()
                rows[table] += found
        settle(target)
        store.publish(
            msgspec.structs.replace(
                manifest,
                version=version,
                tables=name,
                reader=READER_VERSION,
                rows=rows,
                changed_at=now,
                findings=None,
            )
        )
    return rows


def _part(
    engine: duckdb.DuckDBPyConnection, seed: int, processes: int, of: tuple[int, int]
) -> Iterator[tuple[str, str]]:
    """A query of each table over some of the processes."""
    share = processes / PROCESSES
    sizes = {
        "seed": int(seed),
        "start": of[0],
        "stop": of[1],
        "years": YEARS,
        "things": THINGS,
        "buyers": max(ORGANISATIONS_MIN, int(BUYERS * share)),
        "suppliers": max(ORGANISATIONS_MIN, int(SUPPLIERS * share)),
    }
    for made in (PROCESS, LOT, ITEM, BID):
        engine.execute(made.format(**sizes))
    for table, schema in SCHEMAS.items():
        values, source = ROWS.get(table, ({}, "notice WHERE false"))
        columns = ", ".join(_column(field, values) for field in schema)
        yield table, f"SELECT {columns} FROM {source}"  # noqa: S608 - our own names


def _column(field: pa.Field, values: Mapping[str, str]) -> str:
    kind = _TYPES[field.type]
    value = "ocid" if field.name == "ocid" else values.get(field.name)
    stem, _, ending = field.name.rpartition("_")
    if value is None and ending in ("at", "published") and stem in values:
        value = values[stem] if ending == "at" else f"shown({values[stem]})"
    missing = "[]" if kind == "VARCHAR[]" else "NULL"
    return f"CAST({value or missing} AS {kind}) AS {field.name}"


_SIGNED = "began + INTERVAL (days + 3 + j % 6) DAY"
_CODE = (
    "lpad((100000 + thing * 37)::VARCHAR, 6, '0') || '.' || lpad((thing % 900)::VARCHAR, 3, '0')"
)
_WON = "(estimate * discount)::BIGINT"
ROWS: dict[str, tuple[dict[str, str], str]] = {
    "contracting_process": (
        {
            "release_id": "ocid || '-1'", "released": "began + INTERVAL 40 DAY", "language": "'kk'",
            "tender_id": "i::VARCHAR", "title": "'Сатып алу ' || thing", "status": "status",
            "method": "method", "category": "category", "award_criteria": "'priceOnly'",
            "bidders": "CASE WHEN bids > 0 THEN bids END", "value_amount": "estimate",
            "value_currency": "'KZT'", "tender_start": "began",
            "tender_end": "began + INTERVAL (days) DAY", "budget_amount": "estimate",
            "budget_currency": "'KZT'", "budget_id": "(100 + buyer % 900)::VARCHAR",
            "tags": "['compiled']", "buyer_id": "bin(buyer)", "buyer_name": "buyer_of(buyer)",
            "procuring_entity_id": "bin(buyer)", "procuring_entity_name": "buyer_of(buyer)",
            "source": "'imp_country'", "position": "i", "fingerprint": "lower(hex(hash(i)))",
        },
        "(SELECT ocid, i, any_value(began) AS began, any_value(days) AS days,"
        " any_value(status) AS status, any_value(method) AS method,"
        " any_value(category) AS category, any_value(buyer) AS buyer,"
        " min(thing) AS thing, max(bids) AS bids, sum(estimate) AS estimate FROM lot_made"
        " GROUP BY ocid, i ORDER BY i)",
    ),
    "lot": (
        {
            "lot_id": "lot", "title": "'Лот ' || thing", "status": "status",
            "value_amount": "estimate", "value_currency": "'KZT'",
            "item_ids": "list_transform(range(1, 2), lambda x: lot || '-' || x)",
        },
        "lot_made",
    ),
    "item": (
        {
            "item_id": "lot || '-' || h", "description": "'Зат ' || thing", "scheme": "'ENSTRU'",
            "classification_id": _CODE, "classification": "'Зат ' || thing",
            "quantity": "greatest(1, floor(estimate / price))",
            "unit": "['дана', 'кг', 'литр', 'ай'][1 + thing % 4]", "unit_price": "price",
            "unit_price_currency": "'KZT'", "lot_id": "lot", "part": "'tender'",
        },
        "item_made",
    ),
    "bid": (
        {
            "bid_id": "lot || '-' || h", "submitted": "began + INTERVAL (days * 24 - h) HOUR",
            "status": "CASE WHEN h > 1 AND u(j * 8 + h, 33) < .06 THEN 'disqualified'"
            " ELSE 'valid' END",
            "value_amount": "offer", "value_currency": "'KZT'",
            "tenderer_ids": "[bin(500000000 + bidder)]",
            "tenderer_names": "[supplier_of(bidder)]", "lot_ids": "[lot]",
        },
        "bid_made",
    ),
    "award": (
        {
            "award_id": "lot", "status": "'active'", "awarded": "began + INTERVAL (days + 2) DAY",
            "value_amount": _WON, "value_currency": "'KZT'",
            "supplier_ids": "[bin(500000000 + winner)]",
            "supplier_names": "[supplier_of(winner)]",
            "bid_ids": "CASE WHEN bids > 0 THEN [lot || '-1'] ELSE [] END", "lot_ids": "[lot]",
        },
        "lot_made WHERE awarded",
    ),
    "contract": (
        {
            "contract_id": "lot", "award_id": "lot", "status": "'active'", "signed": _SIGNED,
            "start": _SIGNED, "end": "began + INTERVAL (days + 190) DAY", "value_amount": _WON,
            "value_currency": "'KZT'", "amendments": "(u(j, 40) < .08)::BIGINT",
        },
        "lot_made WHERE awarded",
    ),
    "amendment": (
        {
            "amendment_id": "lot", "amended": "began + INTERVAL (days + 60) DAY",
            "rationale": "'Мерзімі ұзартылды'", "part": "'contract'", "part_id": "lot",
        },
        "lot_made WHERE awarded AND u(j, 40) < .08",
    ),
    "document": (
        {
            "document_id": "'1'", "type": "'biddingDocuments'", "published": "began",
            "part": "'tender'",
        },
        "notice WHERE u(i, 41) < .9",
    ),
    "party": (
        {
            "party_id": "bin(CASE WHEN role = 'buyer' THEN who ELSE 500000000 + who END)",
            "name": "CASE WHEN role = 'buyer' THEN buyer_of(who) ELSE supplier_of(who) END",
            "scheme": "'KZ-BIN'",
            "identifier": "lpad((CASE WHEN role = 'buyer' THEN who ELSE 500000000 + who END)"
            "::VARCHAR, 12, '0')",
            "region": "'KZ-' || (10 + who % 20)", "country": "'KZ'", "roles": "[role]",
        },
        "(SELECT ocid, buyer AS who, 'buyer' AS role FROM notice"
        " UNION ALL SELECT DISTINCT ocid, winner, 'supplier' FROM lot_made WHERE awarded)",
    ),
}  # fmt: skip
