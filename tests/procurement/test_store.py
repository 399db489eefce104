# SPDX-License-Identifier: EUPL-1.2
"""Versions of a folder: what is in force, what is kept, what a broken manifest means."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from procurement.imported import NOW, Write, bring, release
from typer.testing import CliRunner

from tarazy.core.errors import Misconfigured, Refused, Temporary
from tarazy.procurement import cli, counting
from tarazy.procurement.run import run
from tarazy.procurement.simulate import write_market
from tarazy.procurement.staging import READER_VERSION
from tarazy.procurement.store import Folder, Manifest, quoted


def test_an_absent_folder_is_empty_and_is_not_made(tmp_path: Path) -> None:
    store = Folder(tmp_path / "none")
    assert store.manifest() == Manifest()
    with pytest.raises(Refused):
        store.tables(store.manifest())
    assert not store.path.exists()


def test_the_version_before_stays_and_older_ones_go(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    for version in range(1, 5):
        with store.writing() as manifest:
            name, folder = store.fresh("tables", version)
            (folder / "bid.parquet").touch()
            store.publish(msgspec.structs.replace(manifest, version=version, tables=name))
    assert sorted(one.name for one in (tmp_path / "tables").iterdir()) == ["000003", "000004"]
    assert store.manifest().tables == "tables/000004"


def test_a_version_that_was_never_put_in_force_is_overwritten(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    _, folder = store.fresh("tables", 1)
    (folder / "half.parquet").touch()
    _, again = store.fresh("tables", 1)
    assert again == folder
    assert list(again.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": "x"}'])
def test_a_damaged_manifest_stops_with_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(Misconfigured, match=r"manifest\.json"):
        Folder(tmp_path).manifest()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(Misconfigured, match="file"), Folder(file).writing():
        pass


def test_a_quote_in_a_path_stays_inside_the_text() -> None:
    assert quoted(Path("/a'b")) == "'/a''b'"


@pytest.mark.parametrize("writing", [True, False])
def test_what_does_not_fit_into_memory_goes_to_the_disk(folder: Path, *, writing: bool) -> None:
    store = Folder(folder)
    if writing:
        store.staging.mkdir(parents=True)
    numbers = "SELECT i, md5(i::VARCHAR) AS word FROM range(1_500_000) t(i)"
    with store.engine("50MB") as engine:
        engine.execute("SET threads = 2")
        in_order = engine.execute(f"FROM ({numbers}) ORDER BY word")
        words = [word for _, word in in_order.fetchmany(100)]
    assert words == sorted(words)


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """No file may grow larger: what a full disk says, without one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 1, 2_000, 20_000])
def test_a_full_disk_is_told_and_the_import_is_gone_on_with(
    size: int, folder: Path, tmp_path: Path, write: Write
) -> None:
    bring(folder, write("a.jsonl", release("a")))
    before = Folder(folder).manifest()
    write_market(tmp_path / "m.jsonl", tmp_path / "truth.jsonl", seed=1, processes=300)
    with little_room(size), pytest.raises(Temporary, match=f"the disk of {folder} is full"):
        bring(folder, tmp_path / "m.jsonl")
    assert Folder(folder).manifest() == before
    [report] = bring(folder, tmp_path / "m.jsonl")
    assert (report.imported, report.refusal) == (300, None)


def test_a_full_disk_is_told_by_a_run_and_by_reading_anew(folder: Path, write: Write) -> None:
    bring(folder, write("a.jsonl", *(release(f"p{number}") for number in range(500))))
    before = Folder(folder).manifest()
    with little_room(4_000), pytest.raises(Temporary, match="is full"):
        run(folder, now=NOW)
    store = Folder(folder)
    assert store.manifest() == before
    assert run(folder, now=NOW).base_rates
    with little_room(400), pytest.raises(Temporary, match="is full"):
        counting.keep(folder)
    assert counting.keep(folder).is_dir()
    with store.writing() as manifest:
        store.publish(msgspec.structs.replace(manifest, reader=READER_VERSION - 1))
    with little_room(4_000), pytest.raises(Temporary, match="is full"):
        bring(folder, write("b.jsonl", release("b")))


def test_a_full_disk_is_told_by_a_dry_run(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(
        'prefix = "x"\nkey = ["a"]\n[[column]]\nheader = "b"\nto = "tender.title"\n'
    )
    (tmp_path / "a.csv").write_text("a,b\n1,x\n")
    words = ["import", str(tmp_path / "a.csv"), "--mapping", str(tmp_path / "m.toml"), "--dry-run"]
    with little_room(8):
        told = CliRunner().invoke(cli.app, words)
    assert told.exit_code == 1
    assert "a.csv: File too large" in told.output
