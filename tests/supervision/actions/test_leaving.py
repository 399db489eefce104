# SPDX-License-Identifier: EUPL-1.2
"""Deletion goes day by day, looks only where something is, and remembers what is done."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from supervision.actions.test_archive import KEEP, keep
from supervision.factory import CONSOLE, Supervised, supervised

from tarazy.supervision import archive
from tarazy.supervision.actions.archive import close_day
from tarazy.supervision.actions.holds import place_hold
from tarazy.supervision.actions.leaving import candidates
from tarazy.supervision.actions.retention import (
    NOTICE,
    apply_retention,
    items_of,
    plan_retention,
)
from tarazy.supervision.looks.history import fixes_of
from tarazy.supervision.models import ArchivedDay, EngineCheckpoint, LegalHold, Order, TraceStorage
from tarazy.supervision.models.storage import JUDGED_AFTER

REAL = datetime.now(UTC)  # noqa: TID251 - a test's own clock
NOW = REAL - NOTICE - timedelta(minutes=1)  # the database holds a plan's age against its own clock
OLD = NOW - JUDGED_AFTER - timedelta(days=2)
LATER = NOW + NOTICE
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_is_judged() -> None:
    EngineCheckpoint.objects.create(name="engine", transaction=2**62)


def kept(name: str) -> Supervised:
    """Somebody with a place on each of two closed days."""
    one = supervised(name)
    for at in (OLD, OLD - DAY):
        keep(one, at, 43.25)
    return one


def over(one: Supervised) -> None:
    ended = DateTimeTZRange(OLD - 30 * DAY, NOW - 6 * DAY)
    Order.objects.filter(pk=one.order.pk).update(in_force=ended, retain_days=1)


def close() -> None:
    for at in (OLD, OLD - DAY):
        close_day(CONSOLE, at.date(), NOW)


def places(one: Supervised) -> int:
    return len(fixes_of(one.person.pk, one.order.pk, OLD - 2 * DAY, NOW, limit=100))


def read_of(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The day's files that are looked through from now on."""
    read: list[Path] = []
    count = archive.count

    def counting(path: Path, without: Any) -> Any:
        read.append(path)
        return count(path, without)

    monkeypatch.setattr(archive, "count", counting)
    return read


def test_each_day_is_written_once_for_all_orders_concerned() -> None:
    first, second, third = kept("Анна"), kept("Берік"), kept("Виктор")
    close()
    over(first)
    over(second)
    Order.objects.filter(pk=third.order.pk).update(trace_storage=TraceStorage.BREACHES)
    stays = kept("Дана")
    found = items_of(plan_retention(CONSOLE, NOW))
    assert [(item.reason, item.fixes) for item in found] == [
        ("ended", 2),
        ("ended", 2),
        ("breaches_only", 2),
    ]
    assert apply_retention(CONSOLE, LATER) == 6
    assert [places(one) for one in (first, second, third, stays)] == [0, 0, 0, 2]
    assert ArchivedDay.objects.filter(generation=2).count() == 2
    assert not ArchivedDay.objects.filter(generation=3).exists()


def test_a_hold_that_comes_meanwhile_stops_its_own_person_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held, other = kept("Анна"), kept("Берік")
    close()
    over(held)
    over(other)
    plan_retention(CONSOLE, NOW)
    write = archive.write_day
    holds: list[LegalHold] = []

    def slowly(*facts: Any) -> archive.Written:
        if not holds:
            holds.append(place_hold(CONSOLE, held.person.public_id, "court asks", now=LATER))
        return write(*facts)

    monkeypatch.setattr(archive, "write_day", slowly)
    assert apply_retention(CONSOLE, LATER) == 2
    assert (places(held), places(other)) == (2, 0)


def test_days_that_hold_nothing_of_it_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = supervised("Анна"), supervised("Берік")
    keep(one, OLD, 43.25)
    keep(other, OLD - DAY, 43.25)
    with connection.cursor() as cursor:
        who = (one.device.pk, one.person.pk, one.order.pk)
        at = OLD - DAY
        cursor.execute(KEEP, (*who, at, at, None, None, [], [], b"", b"alive"))
    close()
    Order.objects.filter(pk=one.order.pk).update(trace_storage=TraceStorage.COMPLIANCE)
    read = read_of(monkeypatch)
    plan_retention(CONSOLE, NOW)
    assert len(read) == 1, "the sign of life of the other day is none of a place"


def test_what_is_done_is_not_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one = kept("Анна")
    close()
    over(one)
    plan_retention(CONSOLE, NOW)
    assert apply_retention(CONSOLE, LATER) == 2
    assert len(candidates(LATER)) == 1
    read = read_of(monkeypatch)
    assert items_of(plan_retention(CONSOLE, LATER)) == []
    assert read == []
    assert candidates(LATER) == []
    Order.objects.filter(pk=one.order.pk).update(version=one.order.version + 1)
    assert len(candidates(LATER)) == 1, "a court has changed it"


def test_what_may_still_come_late_is_looked_for_again() -> None:
    one = supervised("Анна")
    ended = DateTimeTZRange(OLD - 30 * DAY, NOW - DAY)
    Order.objects.filter(pk=one.order.pk).update(in_force=ended, retain_days=0)
    plan_retention(CONSOLE, NOW)
    assert len(candidates(NOW)) == 1
    plan_retention(CONSOLE, NOW + 4 * DAY)
    assert candidates(NOW + 4 * DAY) == []


def test_a_plan_holds_no_transaction_open_while_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    one = kept("Анна")
    close()
    over(one)
    depth = len(connection.savepoint_ids)
    depths = []
    count = archive.count

    def counting(path: Path, without: Any) -> Any:
        depths.append(len(connection.savepoint_ids))
        return count(path, without)

    monkeypatch.setattr(archive, "count", counting)
    plan_retention(CONSOLE, NOW)
    assert depths == [depth, depth]
