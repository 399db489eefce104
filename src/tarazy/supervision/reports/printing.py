# SPDX-License-Identifier: EUPL-1.2
"""A document -> PDF, by Typst with its own fonts, which hold the Kazakh letters.

The text goes in as data, never as markup: what somebody typed cannot change the page. A letter
that the fonts have no shape for is printed as an empty box: PDF/A allows no letter without one.
Nothing is read from the machine (no system fonts, no network): the same document, the same bytes.
"""

import re
from importlib import resources
from typing import Any

import msgspec
import typst

from tarazy.supervision.reports.document import Document, plain

UNPRINTED = re.compile(
    "[^\n\x20-\x7e\xa0-\u0377\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0484\u0487-\u04ff"
    "\u2000-\u200d\u2010-\u2027\u2030-\u2040\u2044-\u2052\u20a0-\u20c0\u2100-\u211e\u2122"
    "\u2190-\u21ff\u25a0-\u25ff]"
)
"""What Typst's own fonts have no shape for (a test prints all others), and marks that turn text."""
STAND_IN = "□"
SPACES = str.maketrans("\t\r", "  ")
TEMPLATE = resources.files(__package__).joinpath("report.typ")


def pdf_of(document: Document) -> bytes:
    """PDF/A-2a (ISO 19005-2), made to be kept, and PDF/UA-1 (ISO 14289-1), for screen readers."""
    text = msgspec.json.encode(_printed(plain(document))).decode()
    with resources.as_file(TEMPLATE) as path:
        return typst.compile(
            path,
            format="pdf",
            ignore_system_fonts=True,
            font_paths=[],
            sys_inputs={"document": text},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(document.made_at.timestamp()),
        )


def _printed(value: Any) -> Any:
    """Plain values with a box for each letter that cannot be printed.

    Before they become JSON, which spells a control character in letters that can be.
    """
    if isinstance(value, str):
        return UNPRINTED.sub(STAND_IN, value.translate(SPACES))
    if isinstance(value, dict):
        return {name: _printed(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printed(one) for one in value]
    return value
