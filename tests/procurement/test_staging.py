# SPDX-License-Identifier: EUPL-1.2
"""Files into parts, on several processors, killed and gone on with."""

import gc
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from procurement.imported import (
    Write,
    bring,
    children_of,
    release,
    titles,
    until,
    without_source,
)

from tarazy.procurement import importing, staging
from tarazy.procurement.simulate import write_market
from tarazy.procurement.sources.interface import Account
from tarazy.procurement.store import Folder


def test_a_killed_import_leaves_the_version_before_and_is_gone_on_with(
    folder: Path, tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write("a.jsonl", release("a"))
    bring(folder, first)
    before = Folder(folder).manifest()
    market = tmp_path / "market.jsonl"
    write_market(market, tmp_path / "truth.jsonl", seed=1, processes=3000)
    code = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime\n"
        "from tarazy.procurement import importing, staging\n"
        "staging.PARALLEL_FROM_BYTES, staging.PART_BYTES_MIN = 0, 200_000\n"
        "if __name__ == '__main__':\n"
        "    own, file = map(Path, sys.argv[1:])\n"
        "    importing.import_files(own, [file], now=datetime.now(UTC))\n"
    )
    script = tmp_path / "import.py"
    script.write_text(code)
    env = {**os.environ, "PYTHONPATH": str(Path(importing.__file__).parents[2])}
    with subprocess.Popen([sys.executable, script, folder, market], env=env) as running:
        until(lambda: any((folder / "staging").glob("parts/*/done.json")))
        workers = children_of(running.pid)
        running.kill()
    assert workers
    assert Folder(folder).manifest() == before
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    finished = {part.parent.name for part in (folder / "staging").glob("parts/*/done.json")}
    made: list[str] = []
    whole = staging.make

    def counted(work: staging.Work) -> Account:
        made.append(work.folder.name)
        return whole(work)

    monkeypatch.setattr(staging, "PART_BYTES_MIN", 200_000)
    monkeypatch.setattr(staging, "make", counted)
    report = bring(folder, market)[0]
    assert finished
    assert finished.isdisjoint(made)
    assert (report.imported, report.read) == (3000, 3000)
    monkeypatch.undo()
    anew = folder.with_name("anew")
    bring(anew, market, first)
    assert without_source(folder) == without_source(anew)


def test_a_file_that_was_killed_halfway_and_has_changed_since_is_read_anew(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "merge", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    other = write("b.jsonl", release("x", title="x"), release("y"))
    with pytest.raises(KeyboardInterrupt):
        bring(folder, write("a.jsonl", release("a", title="before")), other)
    monkeypatch.undo()
    bring(folder, write("a.jsonl", release("a", title="after")))
    assert titles(folder) == {"a": "after"}


def test_on_several_processors_the_tables_are_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = tmp_path / "market.jsonl"
    write_market(market, tmp_path / "truth.jsonl", seed=1, processes=400)
    bring(folder, market)
    monkeypatch.setattr(staging, "PARALLEL_FROM_BYTES", 0)
    monkeypatch.setattr(staging, "PART_BYTES_MIN", 200_000)
    monkeypatch.setattr(staging, "DOCUMENTS_MAX", 7)  # in this process's parts
    other = folder.with_name("other")
    bring(other, market)

    assert without_source(other) == without_source(folder)


def test_what_was_staged_before_the_machine_went_down_is_not_trusted(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "merge", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        bring(folder, write("a.jsonl", release("a")))
    (part,) = (folder / "staging" / "parts").iterdir()
    assert staging.finished(part)
    monkeypatch.setattr(staging, "BOOT", "another")
    assert not staging.finished(part)


def test_an_import_leaves_the_collector_and_the_memory_pool_as_they_were(
    folder: Path, write: Write
) -> None:
    before = gc.isenabled(), pa.default_memory_pool().backend_name
    bring(folder, write("a.jsonl", release("a")))
    assert (gc.isenabled(), pa.default_memory_pool().backend_name) == before


def test_a_worker_does_not_load_pandas_on_its_way() -> None:
    code = f"import sys, {staging.__name__}; sys.exit('pandas' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": str(Path(staging.__file__).parents[2])}
    subprocess.run([sys.executable, "-c", code], env=env, check=True)


def test_parts_get_smaller_towards_the_end_of_a_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = tmp_path / "market.jsonl"
    write_market(market, tmp_path / "truth.jsonl", seed=1, processes=400)
    monkeypatch.setattr(staging, "PART_BYTES_MIN", 20_000)
    monkeypatch.setattr(staging, "PART_BYTES_MAX", 200_000)
    monkeypatch.setattr(importing, "merge", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        bring(folder, market)
    parts = sorted((folder / "staging" / "parts").iterdir())
    origins = [done.origin for part in parts if (done := staging.finished(part))]
    assert [one.first for one in origins] == [0, *(one.last for one in origins)][:-1]
    sizes = [one.last - one.first for one in origins]
    assert sum(sizes) == market.stat().st_size
    line = max(map(len, market.read_bytes().splitlines(keepends=True)))
    assert max(sizes) <= 200_000 + line
    assert sizes[-1] <= 20_000 + line < 2 * sizes[0]
    assert all(later <= earlier + line for earlier, later in pairwise(sizes))
