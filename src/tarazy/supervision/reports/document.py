# SPDX-License-Identifier: EUPL-1.2
"""What a report is made of. The page and the PDF are both made of this, and so say the same."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import ClassVar

import msgspec


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    kind: ClassVar[str] = "words"
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Short paragraphs, one below the other; numbered where somebody may cite them."""

    kind: ClassVar[str] = "listing"
    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what they are."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand to the right."""

    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text. Without rows the reader is told so, in `empty`."""

    kind: ClassVar[str] = "table"
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = ""

    def cells(self) -> list[list[tuple[str, bool]]]:
        """Each row's cells, and whether they are numbers."""
        return [
            [(text, column.number) for text, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of ours (SVG), and what it shows in words, for whoever does not see it."""

    kind: ClassVar[str] = "picture"
    svg: str
    caption: str
    width_percent: int = 100
    """Of the text on paper."""

    @property
    def named(self) -> str:
        """The drawing with its words as its name, for whoever hears the page."""
        return self.svg.replace('role="img"', f'role="img" aria-label="{escape(self.caption)}"', 1)


Part = Words | Listing | Facts | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    parts: tuple[Part, ...]
    states_digest: bool = False
    """Whether the document's digest stands in it: of that it is no part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report as it is shown and printed."""

    title: str
    lead: str
    """In one sentence: about whom, when, and what it can and cannot say."""
    language: str
    """kk, ru or en."""
    made_at: datetime
    made: str
    """When, in local words."""
    reference: str
    """The report's public id; empty on a page that was only looked at."""
    foot: str
    """What stands at the foot of each page before the reference."""
    sections: tuple[Section, ...]

    def digest(self) -> str:
        """SHA-256 of all that it says, without its reference: the same facts, the same digest."""
        said = [_plain(one) for one in self.sections if not one.states_digest]
        facts = [self.title, self.lead, said]
        return hashlib.sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()


def _plain(section: Section) -> object:
    parts = [{"kind": one.kind, **msgspec.to_builtins(one)} for one in section.parts]
    return {"heading": section.heading, "parts": parts}


def numbers_of(document: Document) -> list[list[str]]:
    """Every cell of its tables as a row of its own: the table, the row, the column, the value."""
    return [
        [section.heading, row[0], column.title, cell]
        for section in document.sections
        for table in section.parts
        if isinstance(table, Table)
        for row in table.rows
        for column, cell in zip(table.columns[1:], row[1:], strict=True)
    ]


def plain(document: Document) -> dict[str, object]:
    """The document as plain values, each part with its kind; for the printer."""
    return {
        "title": document.title,
        "lead": document.lead,
        "language": document.language,
        "made": document.made,
        "reference": document.reference,
        "foot": document.foot,
        "sections": [_plain(one) for one in document.sections],
    }
