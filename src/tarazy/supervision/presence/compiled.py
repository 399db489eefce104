# SPDX-License-Identifier: EUPL-1.2
"""Compile a loop with Numba, and keep its machine code where this user may write.

No fast-math: a sum is added up in the order in which it is written, so the same fixes give the same
bits. Numba is imported here alone, and this file only by what judges: nobody else waits for it.

The code is kept under NUMBA_CACHE_DIR (a service sets it to a place under its own folder), else in
the user's own cache; where neither can be written it is compiled anew in each process. Never in a
folder of everybody's: what is read from there is run. The folder's name is a digest of this
package's source, since Numba itself would only see changes of the file that holds the loop, and not
of those that it calls.
"""

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])
DIGEST_CHARS = 16
config: Any = numba.config
njit: Any = numba.njit


def loop(function: Loop) -> Loop:
    """The function as machine code, compiled at its first call."""
    return _compiled(function, always_inline=False)


def part(function: Loop) -> Loop:
    """The same, of what a loop calls at each turn: it becomes part of its caller.

    All that a loop reads and moves is up to three hundred words (each array is seven of them), and
    a call copies them: with a call for each zone of each fix that was half of all time.
    """
    return _compiled(function, always_inline=True)


def _compiled(function: Loop, *, always_inline: bool) -> Loop:
    folder = cache_folder()
    config.CACHE_DIR, before = str(folder or ""), config.CACHE_DIR
    try:
        compiled = njit(
            cache=folder is not None,
            nogil=True,
            error_model="numpy",
            fastmath=False,
            # No loop makes an array: without its counting of references to them each runs up to
            # ten times faster (the option is Numba's own, and not in its manual).
            _nrt=False,
            forceinline=always_inline,
        )(function)
    finally:
        config.CACHE_DIR = before
    return cast("Loop", compiled)


@cache
def cache_folder() -> Path | None:
    """Where machine code of this source is kept; None where nothing can be written."""
    try:
        chosen = config.CACHE_DIR or os.environ.get("XDG_CACHE_HOME")
        base = Path(chosen) if chosen else Path.home() / ".cache"
        folder = base / "tarazy" / _digest()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f"probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except (OSError, RuntimeError):
        return None
    return folder


def _digest() -> str:
    found = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:DIGEST_CHARS]
