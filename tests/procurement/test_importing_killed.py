# SPDX-License-Identifier: EUPL-1.2
"""An import killed beside the moment at which its tables come in force: all of it, or nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
from procurement.imported import NOW, Write, bring, fate, release, titles

from tarazy.procurement import importing
from tarazy.procurement.deciding import aliases
from tarazy.procurement.reported import reports
from tarazy.procurement.run import run
from tarazy.procurement.staging import READER_VERSION
from tarazy.procurement.store import Folder

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from tarazy.procurement import importing
from tarazy.procurement.store import Folder

def killed(step, first):
    def until_here(self, *of):
        if not first:
            step(self, *of)
        os.kill(os.getpid(), signal.SIGKILL)
    return until_here

own, file, first = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "before"
Folder.publish = killed(Folder.publish, first)
importing.import_files(own, [file], now=datetime.now(UTC))
"""


def kill_an_import(folder: Path, file: Path, when: str) -> None:
    """Import in a process that is killed `before` its tables are in force, or right `after`."""
    env = {**os.environ, "PYTHONPATH": str(Path(importing.__file__).parents[2])}
    words = [sys.executable, "-c", KILLED, str(folder), str(file), when]
    assert subprocess.run(words, env=env, check=False).returncode == -signal.SIGKILL


def sold(ocid: str, supplier: str) -> dict[str, Any]:
    """An award to one who has a BIN beside an id of its publisher's."""
    party = {"id": supplier, "name": "S", "identifier": {"id": "971240001315"}}
    award = {"id": "a", "status": "active", "suppliers": [{"id": supplier}]}
    return {**release(ocid), "awards": [award], "parties": [party]}


def test_a_kill_after_the_tables_are_in_force_loses_neither_record_nor_equal_numbers(
    folder: Path, write: Write
) -> None:
    bring(folder, write("a.jsonl", sold("p1", "X-1")))
    kill_an_import(folder, write("b.jsonl", sold("p2", "KZ-BIN-971240001315")), "after")
    store = Folder(folder)
    assert store.manifest().version == 2
    run(folder, now=NOW)
    assert aliases(folder) == {"X-1": "KZ-BIN-971240001315"}
    names = [report.name for report in reports(folder).rows]
    assert sorted(names) == ["a.jsonl", "b.jsonl"]
    assert not list(store.pending.iterdir())
    [again] = bring(folder, write("b.jsonl", sold("p2", "KZ-BIN-971240001315")))
    assert fate(again) == (0, 0, 1, 0)
    with store.writing() as manifest:
        store.publish(msgspec.structs.replace(manifest, reader=READER_VERSION - 1))
    bring(folder, write("c.jsonl", release("p3")))
    assert set(titles(folder)) == {"p1", "p2", "p3"}  # all that was received, read anew


def test_a_kill_before_the_tables_are_in_force_leaves_no_record(folder: Path, write: Write) -> None:
    bring(folder, write("a.jsonl", release("p1", title="A")))
    file = write("b.jsonl", release("p2", title="B"))
    kill_an_import(folder, file, "before")
    assert Folder(folder).manifest().version == 1
    bring(folder, write("c.jsonl", release("p3", title="C")))
    assert titles(folder) == {"p1": "A", "p3": "C"}
    assert sorted(one.name for one in reports(folder).rows) == ["a.jsonl", "c.jsonl"]
    [report] = bring(folder, file)
    assert fate(report) == (1, 0, 0, 0)
    assert titles(folder) == {"p1": "A", "p2": "B", "p3": "C"}
