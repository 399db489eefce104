# SPDX-License-Identifier: EUPL-1.2
"""A document for tests of reports, with a part of each kind and text that looks like markup.

And fixes as the gateway stores them, for reports that are made of them.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.db import connection
from supervision.factory import Supervised

from tarazy.supervision.reports.document import (
    Column,
    Document,
    Facts,
    Listing,
    Picture,
    Section,
    Table,
    Words,
    plain,
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


def keep_fixes(one: Supervised, times: list[datetime], **facts: Any) -> None:
    row = {"lat": 48.6, "lon": 66.9, "accuracy_m": 12.0, "battery": None, **facts}
    with connection.cursor() as cursor:
        for day in {at.date() for at in times}:
            cursor.execute("SELECT supervision_ensure_fix_day(%s)", [day])
        cursor.executemany(
            "INSERT INTO supervision_fix (device_id, person_id, order_id, at, known_at, lat, lon,"
            " accuracy_m, battery_percent, content, digest)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s)",
            [
                [
                    *(one.device.pk, one.person.pk, one.order.pk, at, at, row["lat"], row["lon"]),
                    *(row["accuracy_m"], row["battery"], sha256(str(at).encode()).digest()),
                ]
                for at in times
            ],
        )


def text_of(document: Document) -> str:
    return json.dumps(plain(document), ensure_ascii=False)


def rows_of(document: Document, heading: str) -> list[tuple[str, ...]]:
    """The rows of all tables under a heading."""
    (section,) = [one for one in document.sections if one.heading == heading]
    return [row for part in section.parts if isinstance(part, Table) for row in part.rows]
