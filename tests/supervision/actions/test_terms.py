# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from supervision.factory import CONSOLE, DOCUMENT, supervised, user
from supervision.raised import actor

from tarazy.core import clock
from tarazy.core.access import Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.actions.terms import set_number
from tarazy.supervision.looks.terms import numbers_of
from tarazy.supervision.models import Order
from tarazy.supervision.numbers import settings_of
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


def test_a_number_holds_from_the_minute_after_next_on() -> None:
    one = supervised()
    before = clock.now()
    set_number(CONSOLE, one.order.public_id, "silence_min", 30)
    set_number(CONSOLE, one.order.public_id, "silence_min", 45)
    order = Order.objects.get(pk=one.order.pk)
    first, second = settings_of(order.rule_settings)
    assert (first.name, first.value, second.value) == ("silence_min", 30, 45)
    assert timedelta(minutes=1) < first.since - before <= timedelta(minutes=3)
    shown = {row.parameter.name: row for row in numbers_of(order, before)}
    assert (shown["silence_min"].value, shown["silence_min"].coming) == (60, 45)
    assert [name for name, row in shown.items() if row.unusual] == ["silence_min"]
    later = {row.parameter.name: row for row in numbers_of(order, before + timedelta(hours=1))}
    assert (later["silence_min"].value, later["silence_min"].coming) == (45, None)


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("silence_min", 9, Refusal.NUMBER_OUT_OF_BOUNDS),
        ("silence_min", 241, Refusal.NUMBER_OUT_OF_BOUNDS),
        ("battery_low_percent", 22, Refusal.NUMBER_OUT_OF_BOUNDS),
        ("silence", 60, Refusal.NUMBER_UNKNOWN),
        ("", 0, Refusal.NUMBER_UNKNOWN),
    ],
)
def test_what_the_law_does_not_allow_is_refused(name: str, value: int, refusal: Refusal) -> None:
    one = supervised()
    with pytest.raises(Refused) as caught:
        set_number(CONSOLE, one.order.public_id, name, value)
    assert caught.value.name == refusal
    assert Order.objects.get(pk=one.order.pk).rule_settings == []


def test_only_who_keeps_the_order_sets_it_and_only_while_it_runs() -> None:
    officer = user("an.officer", Role.OFFICER)
    mine, others = supervised("Бір", officer=officer), supervised("Екі")
    set_number(actor(officer), mine.order.public_id, "jumps", 3)
    for who, order_id, refusal in (
        (actor(officer), others.order.public_id, CoreRefusal.NOT_PERMITTED),
        (actor(user("op", Role.OPERATOR)), mine.order.public_id, CoreRefusal.NOT_PERMITTED),
        (CONSOLE, "ord_" + "0" * 32, CoreRefusal.NOT_FOUND),
    ):
        with pytest.raises(Refused) as caught:
            set_number(who, order_id, "jumps", 3)
        assert caught.value.name == refusal
    revoke_order(CONSOLE, mine.order.public_id, DOCUMENT, at=NOW)
    with pytest.raises(Refused) as caught:
        set_number(CONSOLE, mine.order.public_id, "jumps", 2)
    assert caught.value.name == Refusal.ORDER_ENDED


@pytest.mark.parametrize(
    "rows",
    [
        {},
        "silence_min",
        [1],
        [{"name": "silence_min", "value": 30}],
        [{"name": "silence_min", "value": "30", "since": "2026-03-01T00:00:00+00:00"}],
        [{"name": 5, "value": 30, "since": "2026-03-01T00:00:00+00:00"}],
        [{"name": "silence_min", "value": -30, "since": "2026-03-01T00:00:00+00:00"}],
    ],
)
def test_the_database_takes_nothing_unreadable(rows: Any) -> None:
    one = supervised()
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.filter(pk=one.order.pk).update(rule_settings=rows)


def test_a_bad_row_all_the_same_leaves_nobody_unwatched() -> None:
    since = "2026-03-01T00:00:00+00:00"
    rows = [
        {"name": "no_such_number", "value": 1, "since": since},
        {"name": "silence_min", "value": 1_000_000, "since": since},
        {"name": "silence_min", "value": 30.5, "since": since},
        {"name": "silence_min", "value": 30, "since": "yesterday"},
        {"name": "silence_min", "value": 30, "since": "2026-03-01T00:00:00"},
        {"name": "silence_min", "value": 30, "since": since},
    ]
    (only,) = settings_of(rows)
    assert only.value == 30
    assert settings_of(None) == ()
