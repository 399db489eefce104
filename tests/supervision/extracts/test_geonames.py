# SPDX-License-Identifier: EUPL-1.2
import io

import pytest

from tarazy.supervision.extracts.geonames import read
from tarazy.supervision.extracts.interface import PASSED_OVER, Found, Kind, Problem, Told

ALMATY = (
    "1526384\tAlmaty\tAlmaty\tAlma-Ata,Алматы,Алма-Ата\t43.25\t76.91667\tP\tPPLA\tKZ\t\t02\t\t\t\t"
    "1977011\t\t785\tAsia/Almaty\t2023-01-12\n"
)
"""A real row (GeoNames, CC BY 4.0)."""


def cells(**more: str) -> bytes:
    """The row with some cells changed, by their number."""
    told = ALMATY.rstrip("\n").split("\t")
    for name, value in more.items():
        told[int(name[1:])] = value
    return ("\t".join(told) + "\n").encode()


def told(content: bytes) -> list[Told]:
    return list(read(io.BytesIO(content)))


def test_a_settlement_of_geonames() -> None:
    (found,) = told(ALMATY.encode())
    assert isinstance(found, Found)
    assert (found.kind, found.title, found.within) == (Kind.SETTLEMENT, "Almaty", "KZ")
    assert found.lines == (((76.91667, 43.25),),)
    assert "Алма-Ата" in found.also


def test_a_country_that_cannot_be_shown_is_left_out() -> None:
    (found,) = told(cells(c8="K\x00"))
    assert isinstance(found, Found)
    assert (found.title, found.within) == ("Almaty", "")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (cells(c6="H", c7="LK"), PASSED_OVER),
        (cells(c4="north"), Problem.COORDINATES),
        (cells(c4="91"), Problem.COORDINATES),
        (cells(c4="nan"), Problem.COORDINATES),
        (cells(c5="inf"), Problem.COORDINATES),
        (cells(c5="-181"), Problem.COORDINATES),
        (cells(c1=""), Problem.NAME),
        (cells(c1="a" * 201), Problem.NAME),
        (cells(c1="a\u202eb"), Problem.NAME),
        (b"1\tAlmaty\t43.25\t76.9\n", Problem.COLUMNS),
        (b"\xff\xfe1\x00\t\x00\n", Problem.ENCODING),
        ("Алматы\t".encode("cp1251") * 19 + b"\n", Problem.ENCODING),
        (b"x" * (5 * 1024 * 1024) + b"\n", Problem.TOO_LONG),
        (b"x" * (9 * 1024 * 1024), Problem.TOO_LONG),
    ],
)
def test_a_wrong_row_is_refused_alone(row: bytes, expected: Told) -> None:
    before, wrong, *after = told(
        ALMATY.encode() + row + (ALMATY.encode() if row[-1:] == b"\n" else b"")
    )
    assert isinstance(before, Found)
    assert wrong == expected
    assert all(isinstance(one, Found) for one in after)


def test_a_mark_of_utf_8_and_empty_lines_are_nothing() -> None:
    assert len(told(b"\xef\xbb\xbf" + ALMATY.encode() + b"\n \n" + ALMATY.encode())) == 2
    assert told(b"") == []
