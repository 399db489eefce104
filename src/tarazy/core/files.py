# SPDX-License-Identifier: EUPL-1.2
"""Files that a person names on a command line: written whole, or left as they were."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


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
