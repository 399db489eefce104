# SPDX-License-Identifier: EUPL-1.2
"""Rows that are written a column at a time say what they say one by one, whatever is in them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tarazy.supervision.actions import columns
from tarazy.supervision.models import Alert, AlertState, AlertVersion

NOON = datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC)
ALMATY = timezone(timedelta(hours=5))
TEXTS = (
    *("", "NULL", "null", '"', "\\", '\\"', "{a,b}", "a\nb\tc\r", "\x01\x7f", "'; --", "$1 %s"),
    *("Әділет", "🚓", " "),
)


@pytest.mark.django_db
def test_texts_and_documents_are_kept_as_they_are() -> None:
    alert = Alert.objects.create(
        rule="S-OWN-OUTAGE",
        rule_version=1,
        severity="high",
        state=AlertState.ACTIVE,
        since=NOON,
        known_at=NOON,
    )
    rows = [
        AlertVersion(
            alert=alert,
            number=number,
            state=AlertState.ACTIVE,
            known_at=NOON.astimezone(ALMATY),
            since=NOON,
            until=None if number % 2 else NOON,
            probability=None if number % 2 else 0.1 + number / 3,
            sentence=text,
            facts={"of": text, text: [None, True, 1.5, {"deep": text}]},
            actor="system/engine",
        )
        for number, text in enumerate(TEXTS, 1)
    ]
    columns.write(rows)
    found = AlertVersion.objects.filter(alert=alert).order_by("number")
    assert [_told(one) for one in found] == [_told(one) for one in rows]


def _told(version: AlertVersion) -> dict[str, object]:
    told = dict(vars(version))
    return {name: one for name, one in told.items() if name not in {"_state", "id"}}


def test_an_array_of_what_is_no_number_is_null() -> None:
    assert columns.array([1, None, -(1 << 62)]) == "{1,null,-4611686018427387904}"
    assert columns.array([0.1, float("nan")]) == "{0.1,null}"
    assert columns.array([]) == "{}"
