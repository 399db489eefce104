# SPDX-License-Identifier: EUPL-1.2
"""Parts into versions: what is linked, rewritten, joined."""

from pathlib import Path

import pytest
from procurement.imported import (
    Write,
    bring,
    contents,
    parts,
    release,
    titles,
)

from tarazy.procurement import merging
from tarazy.procurement.store import Folder


def test_a_part_of_which_nothing_is_replaced_is_the_same_file_in_the_next_version(
    folder: Path, write: Write
) -> None:
    bring(folder, write("a.jsonl", release("a", title="A"), release("b", title="B")))
    bring(folder, write("b.jsonl", release("c", title="C")))
    (first, _) = parts(folder)
    assert first.stat().st_nlink == 2
    bring(folder, write("c.jsonl", release("c", "2026-02-01T00:00:00Z", title="newer")))
    assert titles(folder) == {"a": "A", "b": "B", "c": "newer"}
    newer = release("a", "2026-02-01T00:00:00Z", title="newer")
    bring(folder, write("d.jsonl", newer, release("a", None), newer))
    assert titles(folder) == {"a": "newer", "b": "B", "c": "newer"}
    assert Folder(folder).manifest().rows["bid"] == len(contents(folder)["bid"]) == 3


def test_many_small_parts_are_joined(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "SMALL_PARTS_MAX", 3)
    for number in range(9):
        bring(folder, write("a.jsonl", release(f"p{number}", title=str(number))))
        assert len(parts(folder)) <= 3
    assert titles(folder) == {f"p{number}": str(number) for number in range(9)}
