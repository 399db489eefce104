# SPDX-License-Identifier: EUPL-1.2
"""What came in, kept as it came."""

import gzip
from pathlib import Path

from procurement.imported import (
    Write,
    bring,
    release,
)

from tarazy.procurement.receiving import open_kept
from tarazy.procurement.store import Folder


def test_what_came_in_is_kept_as_it_came(folder: Path, tmp_path: Path, write: Write) -> None:
    lines = write("a.jsonl", release("a"), b"{", release("b"))
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(gzip.compress(lines.read_bytes()))
    for report, file in zip(
        bring(folder, lines, packed, lines), (lines, packed, lines), strict=True
    ):
        with open_kept(Folder(folder), report.kept) as kept:
            assert kept.read() == file.read_bytes()
        assert report.sha256 in report.kept
    assert len(list((folder / "received").iterdir())) == 2
