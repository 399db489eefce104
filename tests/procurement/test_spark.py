# SPDX-License-Identifier: EUPL-1.2
"""Spark, in local mode, answers as DuckDB does, over the same made-up market.

Of a dozen indicators, chosen for what their SQL is made of; TARAZY_SPARK_ALL=1 takes every one, for
some minutes.
"""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import ibis
import msgspec
import pyarrow as pa
import pytest

from tarazy.procurement import identifiers
from tarazy.procurement.deciding import Answer, Decision, aliases
from tarazy.procurement.identities import FOLDER
from tarazy.procurement.importing import import_files
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.run import run, sql
from tarazy.procurement.simulate import write_market
from tarazy.procurement.store import Folder

pytest.importorskip("pyspark", reason="pip install tarazy[spark]")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java, and there is none here", allow_module_level=True)

from pyspark.sql import SparkSession

from tarazy.procurement import listing, spark

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("ignore"),  # of Spark's own parts
]
NOW = datetime(2026, 11, 23, tzinfo=UTC)
PROCESSES = 150
DOZEN = (
    "R003",  # moments, thresholds with dates
    "R011",  # sums before and after, by windows
    "R017",  # medians of strata, lists flattened
    "R023",  # windows over pairs of bidders
    "R024",  # quartiles and fences, small groups shrunk
    "R028",  # bids joined with bids
    "R030",  # evidence in an order: a sorted list and a lambda
    "R038",  # shares of buyers among buyers
    "R044",  # pairs by phone, address and e-mail, ordered lists flattened
    "R050",  # shares of markets
    "R057",  # sets of names, and who won before
    "K004",  # months in a time zone
)
ALL = tuple(one.CARD.code for one in INDICATORS)
TIED = "pair."  # which of several pairs that met as often is shown is up to the engine


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        # A few hundred rows: writing machine code for them would take most of the time.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.adaptive.enabled", "false")
        # The first compiler alone has room for 48 MB of code; when that is full, Java interprets.
        .config(
            "spark.driver.extraJavaOptions",
            "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m",
        )
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("ERROR")
    yield made
    made.stop()


def test_spark_answers_as_duckdb_does(session: SparkSession, tmp_path: Path) -> None:
    wanted = ALL if os.environ.get("TARAZY_SPARK_ALL") else DOZEN
    write_market(tmp_path / "market", tmp_path / "truth", seed=5, processes=PROCESSES)
    folder = tmp_path / "own"
    import_files(folder, [tmp_path / "market"], now=NOW)
    _merge(folder)
    findings = run(folder, now=NOW)
    unlike, seen, raised = {}, set(), 0
    for code, frame in spark.found(session, folder, tmp_path / "work", wanted):
        seen.add(code)
        theirs = _rows(frame.toArrow().to_pylist())
        with duckdb.connect() as engine:
            [rate] = [one for one in findings.base_rates if one.code == code]
            listing.show(engine, folder / findings.folder, [rate])
            columns = ", ".join(frame.columns)
            rows = engine.sql(f"SELECT {columns} FROM answers").to_arrow_table().to_pylist()
        ours = _rows(rows)
        raised += sum(row["raised"] is True for row in rows)
        if ours != theirs:
            apart = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
            unlike[code] = (len(ours), len(theirs), apart[:2])
    assert unlike == {}
    assert seen == set(wanted)
    assert raised > 0


def test_identifiers_are_compared_alike_in_spark_duckdb_and_python(session: SparkSession) -> None:
    written = [
        "971240001315",
        "БИН 971240001315",
        "KZ-BIN-971240001315",
        "БИН:\u00a0971240001315",
        "БИН\n971240001315",
        "9 971240001315",
        "97124000131",
        "9712400013150",
        "٩٧١٢٤٠٠٠١٣١٥",
        "",
    ]
    table = ibis.table({"text": "string"}, name="written")
    expression = table.select("text", number=table.text.re_extract(identifiers.NUMBER, 1))
    expected = {one: identifiers.number(one) for one in written}
    frame = session.createDataFrame([(one,) for one in written], "text string")
    frame.createOrReplaceTempView("written")
    ibis.pyspark.connect(session)
    answered = session.sql(spark.sql(expression)).toArrow().to_pylist()
    assert {row["text"]: row["number"] or "" for row in answered} == expected
    with duckdb.connect() as engine:
        engine.register("written", pa.table({"text": written}))
        rows = engine.sql(sql(expression)).fetchall()
    assert {text: number or "" for text, number in rows} == expected


def _merge(folder: Path) -> None:
    """Take every fourth party and the one after it for one."""
    file = Folder(folder).tables(Folder(folder).manifest())["party"]
    with duckdb.connect() as engine:
        query = f"SELECT DISTINCT party_id FROM '{file}' WHERE party_id IS NOT NULL ORDER BY 1"
        ids = [one for (one,) in engine.sql(query).fetchall()]
    made = [
        Decision(
            pair=f"pair-{left}",
            left=left,
            right=right,
            answer=Answer.SAME,
            who="usr_1",
            why="made up",
            at=NOW,
        )
        for left, right in zip(ids[::4], ids[1::4], strict=False)
    ]
    lines = b"\n".join(msgspec.json.encode(one) for one in made)
    (folder / FOLDER / "decisions.jsonl").write_bytes(lines + b"\n")
    assert len(aliases(folder)) > len(made) / 2


def _rows(rows: list[dict[str, Any]]) -> list[str]:
    """Rows in an order of their own, their evidence too; fractions to six digits."""
    return sorted(json.dumps([_plain(row[name]) for name in sorted(row)]) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, list):
        told = (
            {**one, "value": _number(one["value"])}
            for one in value
            if not one["field"].startswith(TIED)
        )
        return sorted(json.dumps(one, sort_keys=True) for one in told)
    return value


def _number(text: str | None) -> str | None:
    """Evidence is text: 14500000.0 for DuckDB, 1.45E7 for Spark."""
    try:
        return f"{float(text or ''):.6g}"
    except ValueError:
        return text
