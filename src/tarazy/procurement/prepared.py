# SPDX-License-Identifier: EUPL-1.2
"""What every run makes first, kept for the next one: facts, tables by numbers, shared tables.

    prepared/000007/                     of the tables of that version, and gone with them
        made_of.json                     all that they were made of; for anything else, made anew
        facts.parquet …                  the processes as the pages list them (`listing`)
        numbered/bid.parquet …           each table by numbers (`numbered`)
        shared/market_parts.parquet …    what several indicators read (`indicators.shared`)
        shared/contests/0.parquet …      the same of a stretch of the processes (`stretches`)

A file gets its name when it is whole, so a run that was killed leaves whole files or none, and the
next goes on from them. Only who writes to the folder (`Folder.writing`) reads them.
"""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

MADE_OF = "made_of.json"


class Prepared:
    """The prepared tables in a folder, all made of the same; what was made of others is deleted."""

    def __init__(self, path: Path, made_of: bytes) -> None:
        self.path = path
        told = path / MADE_OF
        if not told.exists() or told.read_bytes() != made_of:
            if path.exists():
                shutil.rmtree(path)
            path.mkdir(parents=True)
            told.write_bytes(made_of)

    def file(self, name: str) -> Path:
        """Where the table of this name is, or will be."""
        return self.path / name

    def lacks(self, names: Iterable[str]) -> bool:
        """Whether one of these is still to be made."""
        return not all(self.file(name).exists() for name in names)

    def make(self, name: str, write: Callable[[Path], None]) -> Path:
        """The file of this name, written now unless it is there."""
        file = self.file(name)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            new = file.with_suffix(".new")
            write(new)
            new.replace(file)
        return file
