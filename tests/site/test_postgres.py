# SPDX-License-Identifier: EUPL-1.2
"""Whether the embedded server is alive, as the watcher of processes asks."""

import os
import subprocess
from pathlib import Path

from tarazy.site.postgres import Postgres


def with_process(folder: Path, pid: int) -> Postgres:
    (folder / "postmaster.pid").write_text(f"{pid}\n{folder}\n")
    return Postgres(folder)


def test_a_process_that_is_there_is_alive(tmp_path: Path) -> None:
    assert not Postgres(tmp_path).alive()
    assert with_process(tmp_path, os.getpid()).alive()


def test_one_that_ended_is_not_alive_though_nobody_has_buried_it(tmp_path: Path) -> None:
    """As in a container whose first process is not ours, or is."""
    words = ["sh", "-c", "sleep 0 & echo $!; exec sleep 60"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        state = Path(f"/proc/{pid}/stat")
        while state.read_text().split()[2] != "Z":
            os.sched_yield()
        assert not with_process(tmp_path, pid).alive()
        assert state.exists()
        parent.kill()


def test_one_of_our_own_is_buried(tmp_path: Path) -> None:
    pid = os.spawnlp(os.P_NOWAIT, "true", "true")
    server = with_process(tmp_path, pid)
    while server.alive():
        os.sched_yield()
    assert not Path(f"/proc/{pid}").exists()
