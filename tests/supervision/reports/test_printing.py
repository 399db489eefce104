# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace

import pytest
from supervision.reported import document

from tarazy.supervision.reports.document import (
    Column,
    Document,
    Facts,
    Part,
    Section,
    Table,
    Words,
)
from tarazy.supervision.reports.printing import UNPRINTED, pdf_of


def test_the_same_document_gives_the_same_bytes() -> None:
    first, second = pdf_of(document()), pdf_of(document())
    assert first.startswith(b"%PDF-")
    assert first == second
    assert pdf_of(replace(document(), reference="rep_1")) != first


def test_the_fonts_are_inside_and_hold_the_kazakh_letters() -> None:
    """PDF/A refuses a letter without a shape: Typst would raise."""
    pdf = pdf_of(document(title="Әғқңөұүһі ӘҒҚҢӨҰҮҺІ"))
    assert b"FontFile" in pdf
    assert b"pdfaid:part>2" in pdf.replace(b'pdfaid:part="2', b"pdfaid:part>2")
    assert b"pdfuaid:part" in pdf


@pytest.mark.parametrize(
    "text",
    ["", "=1+1", '#eval("1")', "a\nb\n\n= heading", "‮abc", "😀", "a \x01", "\ta\r\n\tb"],
)
def test_what_somebody_typed_is_never_markup(text: str) -> None:
    assert pdf_of(document(text=text)).startswith(b"%PDF-")


def test_all_that_is_not_replaced_has_a_shape() -> None:
    letters = [chr(code) for code in range(0x2700)]
    printed = "".join(one for one in letters if not UNPRINTED.match(one))
    assert set("ӘәҒғҚқҢңӨөҰұҮүҺһІі№«»₸—") <= set(printed)
    assert pdf_of(document(text=printed)).startswith(b"%PDF-")


def test_a_long_table_breaks_over_pages() -> None:
    rows = tuple((str(n), "x" * 40) for n in range(3000))
    table = Section("Rows", (Table((Column("№", number=True), Column("x")), rows),))
    one, many = pdf_of(document()), pdf_of(replace(document(), sections=(table,)))
    assert many.count(b"/MediaBox") > one.count(b"/MediaBox") + 10


@pytest.mark.parametrize(
    "part",
    [
        Words("x" * 8_000),
        Facts((("x", "x" * 8_000),)),
        Table((Column("x"), Column("y")), (("x" * 8_000, "y"),)),
    ],
)
def test_a_word_without_an_end_stays_on_the_page(part: Part) -> None:
    """By its pages: on one line it would be one."""
    assert pdf_of(document_of(part)).count(b"/MediaBox") > 1


def document_of(part: Part) -> Document:
    return replace(document(), sections=(Section("Words", (part,)),))
