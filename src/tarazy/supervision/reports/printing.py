# SPDX-License-Identifier: EUPL-1.2
"""A document -> PDF, by Typst with its own fonts, which hold the Kazakh letters.

The text goes in as data, never as markup: what somebody typed cannot change the page. Nothing is
read from the machine (no system fonts, no network), so the same document gives the same bytes.
"""

from importlib import resources

import msgspec
import typst

from tarazy.supervision.reports.document import Document, plain

TEMPLATE = resources.files(__package__).joinpath("report.typ")
STANDARD = "a-2b"
"""PDF/A-2b (ISO 19005-2): made to be kept, with all fonts inside."""


def pdf_of(document: Document) -> bytes:
    """The document as PDF/A."""
    with resources.as_file(TEMPLATE) as path:
        made = typst.compile(
            path,
            format="pdf",
            ignore_system_fonts=True,
            font_paths=[],
            sys_inputs={"document": msgspec.json.encode(plain(document)).decode()},
            pdf_standards=[STANDARD],
            timestamp=int(document.made_at.timestamp()),
        )
    if not isinstance(made, bytes):
        raise TypeError("Typst gives one file for a PDF")
    return made
