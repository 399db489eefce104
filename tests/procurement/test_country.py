# SPDX-License-Identifier: EUPL-1.2
"""A made-up country: the shares that it states, our columns, the same by the same seed."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tarazy.procurement.country import write_country
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.store import Folder

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PROCESSES = 3000


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write_country(folder, seed=1, processes=PROCESSES, now=NOW)
    return folder


def test_the_shares_are_those_of_the_portal(country: Path) -> None:
    rows = Folder(country).manifest().rows
    assert rows["contracting_process"] == PROCESSES
    for table, share in (("lot", 28.0), ("item", 40.0), ("contract", 18.2), ("bid", 22.0)):
        assert rows[table] / PROCESSES == pytest.approx(share / 11.1, rel=0.1)


def test_the_columns_are_those_of_an_import(country: Path) -> None:
    store = Folder(country)
    for name, files in store.tables(store.manifest()).items():
        [file] = files.parent.iterdir()
        with pq.ParquetFile(file) as opened:  # type: ignore[no-untyped-call]
            written = opened.schema_arrow
        assert written.names == SCHEMAS[name].names
        assert [str(one) for one in written.types] == [
            str(one).replace("item: string", "element: string") for one in SCHEMAS[name].types
        ]


def test_every_row_is_of_a_process_and_every_contract_of_an_award(country: Path) -> None:
    with duckdb.connect() as engine:
        for name, files in Folder(country).tables(Folder(country).manifest()).items():
            engine.execute(f"CREATE VIEW {name} AS FROM '{files}'")
        for name in ("lot", "item", "bid", "award", "party", "document"):
            lost = f"FROM {name} ANTI JOIN contracting_process USING (ocid)"
            assert engine.execute(lost).fetchall() == []
        lost = "FROM contract ANTI JOIN award USING (ocid, award_id)"
        assert engine.execute(lost).fetchall() == []


def test_the_same_seed_gives_the_same(country: Path, tmp_path: Path) -> None:
    for seed in (1, 2):
        write_country(tmp_path / str(seed), seed=seed, processes=50, now=NOW)
    write_country(tmp_path / "again", seed=1, processes=50, now=NOW)
    with duckdb.connect() as engine:
        found = [
            engine.execute(
                "SELECT bit_xor(hash(t)) FROM"
                f" '{tmp_path / name}/tables/000001/contracting_process/*.parquet' t"
            ).fetchall()
            for name in ("1", "2", "again")
        ]
    assert found[0] == found[2] != found[1]
