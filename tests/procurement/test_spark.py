# SPDX-License-Identifier: EUPL-1.2
"""Spark, in local mode, answers as DuckDB does: every indicator, over the same made-up market."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tarazy.procurement.importing import import_files
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.run import run
from tarazy.procurement.simulate import write_market

pytest.importorskip("pyspark", reason="pip install tarazy[spark]")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java, and there is none here", allow_module_level=True)

from pyspark.sql import SparkSession

from tarazy.procurement import spark

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(1800),
    pytest.mark.filterwarnings("ignore"),  # of Spark's own parts
]
NOW = datetime(2026, 11, 23, tzinfo=UTC)
PROCESSES = 300
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
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("ERROR")
    yield made
    made.stop()


def test_every_indicator_answers_alike(session: SparkSession, tmp_path: Path) -> None:
    write_market(tmp_path / "market", tmp_path / "truth", seed=5, processes=PROCESSES)
    folder = tmp_path / "own"
    import_files(folder, [tmp_path / "market"], now=NOW)
    findings = run(folder, now=NOW)
    unlike, seen = {}, []
    for code, frame in spark.found(session, folder):
        seen.append(code)
        theirs = _rows(frame.toArrow().to_pylist())
        with duckdb.connect() as engine:
            files = f"{folder / findings.folder / code}.parquet"
            ours = _rows(engine.sql(f"FROM '{files}'").to_arrow_table().to_pylist())
        if ours != theirs:
            apart = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
            unlike[code] = (len(ours), len(theirs), apart[:2])
    assert unlike == {}
    assert seen == [one.CARD.code for one in INDICATORS]


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
