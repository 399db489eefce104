# SPDX-License-Identifier: EUPL-1.2
"""What tests of imports share: releases, a folder, what is in its tables."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from tarazy.procurement.importing import FileReport, import_files
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.store import Folder

NOW = datetime(2026, 11, 23, tzinfo=UTC)
Write = Callable[..., Path]


def release(ocid: str, date: str | None = "2026-01-01T00:00:00Z", **tender: Any) -> dict[str, Any]:
    bids = {"details": [{"id": "b", "value": {"amount": tender.get("price", 1)}}]}
    return {"ocid": ocid, "date": date, "tender": {"id": "t", **tender}, "bids": bids}


def bring(folder: Path, *files: Path) -> list[FileReport]:
    return import_files(folder, files, now=NOW).files


def contents(folder: Path) -> dict[str, list[dict[str, Any]]]:
    store = Folder(folder)
    files = store.tables(store.manifest())
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        return {
            name: engine.sql(f"FROM '{files[name]}' ORDER BY ALL").to_arrow_table().to_pylist()
            for name in SCHEMAS
        }


def without_source(one: Path) -> dict[str, list[dict[str, Any]]]:
    tables = contents(one)
    for row in tables["contracting_process"]:
        row.pop("source")
    return tables


def titles(folder: Path) -> dict[str, str]:
    return {row["ocid"]: row["title"] for row in contents(folder)["contracting_process"]}


def fate(report: FileReport) -> tuple[int, int, int, int]:
    return report.imported, report.replaced, report.unchanged, report.superseded


def until(done: Callable[[], bool]) -> None:
    """Wait for something that takes a moment in another process."""
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


def parts(folder: Path) -> list[Path]:
    files = Folder(folder).tables(Folder(folder).manifest())["contracting_process"]
    return sorted(files.parent.iterdir())
