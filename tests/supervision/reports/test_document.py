# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from supervision.reported import document

from tarazy.supervision.reports.document import Picture, plain


def test_the_digest_is_of_what_is_said_not_of_the_number() -> None:
    one = document()
    later = replace(one, reference="rep_1", made_at=datetime(2027, 1, 1, tzinfo=UTC), made="then")
    assert one.digest() == later.digest()
    assert len(one.digest()) == 64
    assert replace(one, lead="something else").digest() != one.digest()
    assert replace(one, sections=one.sections[:0]).digest() != one.digest()


def test_each_part_says_its_kind() -> None:
    (section,) = msgspec.convert(plain(document())["sections"], list[dict[str, Any]])
    assert [part["kind"] for part in section["parts"]] == [
        *("words", "listing", "listing", "facts", "table", "table", "picture", "picture"),
    ]


def test_a_drawing_is_named_by_its_words_whatever_they_hold() -> None:
    named = Picture('<svg role="img"><rect/></svg>', 'from "home" <on>').named
    assert named == ('<svg role="img" aria-label="from &quot;home&quot; &lt;on&gt;"><rect/></svg>')
