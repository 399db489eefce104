# SPDX-License-Identifier: EUPL-1.2
"""Files cut into documents: lines, whole documents, packed, truncated, damaged, too long."""

import gzip
from pathlib import Path

import pytest

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import framing
from tarazy.procurement.sources.framing import SourceFile
from tarazy.procurement.sources.interface import Document

LINES = b'{"ocid": "a"}\n\n{"ocid": "b"}\r\n{"ocid": "c"}'
PRETTY = b'{\n "releases": [\n  {"ocid": "a"}\n ]\n}\n'


def documents(folder: Path, content: bytes) -> list[tuple[int, bytes, Refusal | None]]:
    path = folder / "file"
    path.write_bytes(content)
    return [(one.position, one.data.strip(), one.refusal) for one in SourceFile(path).documents()]


def test_lines_keep_their_numbers_and_blank_lines_are_no_documents(tmp_path: Path) -> None:
    good = [(1, b'{"ocid": "a"}', None), (3, b'{"ocid": "b"}', None), (4, b'{"ocid": "c"}', None)]
    assert documents(tmp_path, LINES) == good
    assert documents(tmp_path, gzip.compress(LINES)) == good


def test_a_pretty_printed_package_is_one_document(tmp_path: Path) -> None:
    assert documents(tmp_path, PRETTY) == [(1, PRETTY.strip(), None)]
    assert documents(tmp_path, gzip.compress(PRETTY)) == [(1, PRETTY.strip(), None)]


def test_a_package_over_several_lines_that_is_too_long_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "DOCUMENT_BYTES_MAX", len(PRETTY) - 5)
    assert documents(tmp_path, PRETTY) == [(1, b"", Refusal.TOO_LONG)]
    assert documents(tmp_path, gzip.compress(PRETTY)) == [(1, b"", Refusal.TOO_LONG)]
    lines = b'{"ocid": \n{"ocid": "b"}\n{"ocid": "c", "id": "1234567"}\n'
    assert [why for *_, why in documents(tmp_path, lines)] == [None, None, None]
    long_first = b'{"ocid": "' + b"a" * 100 + b'"}\n{"ocid": "b"}\n'
    assert [why for *_, why in documents(tmp_path, long_first)] == [Refusal.TOO_LONG, None]


def test_a_broken_first_line_costs_only_itself(tmp_path: Path) -> None:
    found = documents(tmp_path, b'{"ocid": \n{"ocid": "b"}\n')
    assert [(position, data) for position, data, _ in found] == [
        (1, b'{"ocid":'),
        (2, b'{"ocid": "b"}'),
    ]


def test_a_truncated_file_gives_what_came_before_and_says_where_it_ends(tmp_path: Path) -> None:
    lines = b"".join(b'{"ocid": "%d", "noise": "%s"}\n' % (n, b"%x" % n**40) for n in range(2000))
    packed = gzip.compress(lines)
    found = documents(tmp_path, packed[: len(packed) // 2])
    assert found[-1][2] is Refusal.TRUNCATED
    assert len(found) > 100
    assert [position for position, _, _ in found] == list(range(1, len(found) + 1))
    assert all(refusal is None for _, _, refusal in found[:-1])


def test_a_damaged_file_is_told_from_a_truncated_one(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b'{"ocid": "a"}\n'))
    packed[-6] ^= 0xFF  # the checksum
    assert documents(tmp_path, bytes(packed))[-1][2] is Refusal.DAMAGED


def test_a_line_over_the_limit_is_refused_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "DOCUMENT_BYTES_MAX", 50)
    long = b'{"ocid": "' + b"x" * 500 + b'"}\n'
    found = documents(tmp_path, b'{"ocid": "a"}\n' + long + b'{"ocid": "c"}\n')
    assert [(position, refusal) for position, _, refusal in found] == [
        (1, None),
        (2, Refusal.TOO_LONG),
        (3, None),
    ]


def test_a_whole_document_over_the_limit_is_refused_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "DOCUMENT_BYTES_MAX", 10)
    assert Refusal.TOO_LONG in {refusal for _, _, refusal in documents(tmp_path, PRETTY)}


def test_an_empty_file_has_no_documents(tmp_path: Path) -> None:
    assert documents(tmp_path, b"") == []
    assert documents(tmp_path, b"\n \n") == []
    assert documents(tmp_path, gzip.compress(b"")) == []


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(LINES)
    source = SourceFile(path)
    list(source.documents())
    assert source.bytes_read == len(LINES)


@pytest.mark.parametrize("length", [1, 5, 14, 30, 1000])
@pytest.mark.parametrize("buffer", [9, 1000])
def test_stretches_hold_the_same_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, buffer: int
) -> None:
    monkeypatch.setattr(framing, "DOCUMENT_BYTES_MAX", 50)
    monkeypatch.setattr(framing, "BUFFER_BYTES", buffer)
    path = tmp_path / "file"
    for content in (LINES, LINES + b"\n \n\n" + b"y" * 500 + b"\nz", LINES * 9 + b"x" * 70, b"\n"):
        path.write_bytes(content)
        stretches = list(SourceFile(path).stretches(lambda left: max(length, left // 4)))
        assert [one.start for one in stretches] == [0, *(one.end for one in stretches)][:-1]
        found = [
            (one.position, one.data.strip(), one.refusal)
            for stretch in stretches
            for one in stretch.documents()
        ]
        assert found == documents(tmp_path, content)


def test_chunks_are_bounded_by_bytes_and_by_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [Document(number, b"12345") for number in range(5)]
    assert list(framing.chunks(listed, 10)) == [listed[:2], listed[2:4], listed[4:]]
    monkeypatch.setattr(framing, "DOCUMENTS_MAX", 3)
    assert list(framing.chunks(listed, 1000)) == [listed[:3], listed[3:]]
