# SPDX-License-Identifier: EUPL-1.2
"""What came in, kept as it came."""

import gzip
from pathlib import Path

import pytest
from procurement.imported import (
    Write,
    bring,
    release,
    titles,
)

from tarazy.core.errors import Misconfigured
from tarazy.procurement.importing import NothingRead
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


def test_nothing_of_a_refused_file_is_kept(folder: Path, write: Write) -> None:
    with pytest.raises(NothingRead):
        bring(folder, write("a.jsonl", b"{"))
    assert list((folder / "received").iterdir()) == []


def test_where_it_cannot_be_kept_nothing_is_imported(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(folder, write("a.jsonl", release("a")))
    monkeypatch.setattr(
        "tarazy.procurement.receiving.os.fsync", lambda *_: (_ for _ in ()).throw(OSError("full"))
    )
    with pytest.raises(Misconfigured, match="received"):
        bring(folder, write("b.jsonl", release("b")))
    monkeypatch.undo()
    assert titles(folder).keys() == {"a"}
    assert bring(folder, write("b.jsonl", release("b")))[0].imported == 1
