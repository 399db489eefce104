# SPDX-License-Identifier: EUPL-1.2
"""Files that a person names on a command line, written whole or left as they were; full disks."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def has_no_room(error: Exception) -> bool:
    """Whether a file could not be written since the disk is full, or allows none so large.

    Libraries hand the system's words on where they raise errors of their own.
    """
    told = str(error)
    return getattr(error, "errno", None) in NO_ROOM or any(os.strerror(n) in told for n in NO_ROOM)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path of the same name to write to; it takes the place of `path` unless something is raised.

    A link stays one. What is no plain file, as /dev/stdout, is written to at once.
    Raises OSError where nothing can be written there.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        yield path
        return
    # a folder beside it, on the same disk, and gone whatever happens
    with TemporaryDirectory(prefix=".tarazy-", dir=target.parent) as folder:
        new = Path(folder) / path.name
        yield new
        if target.exists():
            shutil.copymode(target, new)
        new.replace(target)
