# SPDX-License-Identifier: EUPL-1.2
"""Where machine code is kept, and that nothing depends on it."""

import os
import subprocess
import sys
from pathlib import Path

CODE = """
from tarazy.supervision.presence import compiled, hearing
print(compiled.cache_folder(), hearing.log_odds_of(1.0))
"""


def run(**environment: str) -> list[str]:
    """In a process of its own: Numba reads its settings once."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if name not in {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME"}
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**plain, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_it_is_kept_where_the_service_says_and_read_by_nobody_else(tmp_path: Path) -> None:
    folder, value = run(NUMBA_CACHE_DIR=str(tmp_path), HOME="/nowhere")
    assert Path(folder).is_relative_to(tmp_path)
    assert Path(folder).stat().st_mode & 0o077 == 0
    assert list(Path(folder).rglob("*.nbi"))
    assert float(value) == 1.5976 + 0.07056


def test_else_in_the_users_own_cache(tmp_path: Path) -> None:
    assert Path(run(HOME=str(tmp_path))[0]).is_relative_to(tmp_path / ".cache")
    assert Path(run(XDG_CACHE_HOME=str(tmp_path / "x"))[0]).is_relative_to(tmp_path / "x")


def test_where_nothing_can_be_written_it_judges_all_the_same() -> None:
    folder, value = run(NUMBA_CACHE_DIR="/proc/nowhere")
    assert folder == "None"
    assert float(value) == 1.5976 + 0.07056


def test_who_does_not_judge_does_not_wait_for_the_compiler() -> None:
    code = """
import sys
import tarazy.supervision.presence.geometry, tarazy.supervision.presence.kernel
assert "numba" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
