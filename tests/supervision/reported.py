# SPDX-License-Identifier: EUPL-1.2
"""A document for tests of reports, with a part of each kind and text that looks like markup."""

from datetime import UTC, datetime

from tarazy.supervision.reports.document import (
    Column,
    Document,
    Facts,
    Listing,
    Picture,
    Section,
    Table,
    Words,
)

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9">'
    '<rect width="9" height="9" fill="#8cc5b4"/></svg>'
)
HOSTILE = '#panic("no") $x$ *bold* <label> @cite \\ ` // "'


def document(title: str = "Сақталуы туралы есеп", text: str = HOSTILE) -> Document:
    return Document(
        title=title,
        lead=text,
        language="kk",
        made_at=datetime(2026, 11, 25, 13, 0, tzinfo=UTC),
        made="25 қараша 2026, 18:00",
        reference="",
        foot="Tarazy",
        sections=(
            Section(
                "Әғқңөұүһі ӘҒҚҢӨҰҮҺІ",
                (
                    Words(text),
                    Listing((text, "b"), numbered=True),
                    Listing(("a",)),
                    Facts(((text, text),)),
                    Table((Column("№", number=True), Column("x")), (("1", text),)),
                    Table((Column("x"),), (), "nothing"),
                    Picture(SVG, text or "a picture"),
                    Picture(SVG, "small", width_percent=64),
                ),
            ),
        ),
    )
