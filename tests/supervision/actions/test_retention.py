# SPDX-License-Identifier: EUPL-1.2
"""What may no longer be kept is shown first, goes later, and stays where somebody holds it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from supervision.actions.test_archive import KEEP, keep, seen
from supervision.factory import CONSOLE, Supervised, supervised, user
from supervision.raised import actor, raised

from tarazy.core.access import Role
from tarazy.core.audit import log
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision import archive
from tarazy.supervision.actions.archive import close_day
from tarazy.supervision.actions.holds import lift_hold, place_hold
from tarazy.supervision.actions.retention import (
    NOTICE,
    apply_retention,
    items_of,
    keep_retention,
    plan_retention,
)
from tarazy.supervision.looks.history import fixes_of
from tarazy.supervision.models import Alert, EngineCheckpoint, Order, RetentionRun, TraceStorage
from tarazy.supervision.models.storage import JUDGED_AFTER
from tarazy.supervision.refusals import Refusal

REAL = datetime.now(UTC)  # noqa: TID251 - a test's own clock
NOW = REAL - NOTICE - timedelta(minutes=1)  # the database holds a plan's age against its own clock
OLD = NOW - JUDGED_AFTER - timedelta(days=2)
LATER = NOW + NOTICE
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_is_judged() -> None:
    EngineCheckpoint.objects.create(name="engine", transaction=2**62)


def keeping(policy: TraceStorage, name: str = "Серікова Айгүл") -> Supervised:
    """Somebody with old and new places and an old sign of life."""
    one = supervised(name)
    Order.objects.filter(pk=one.order.pk).update(trace_storage=policy)
    for at in (OLD, OLD + HOUR, NOW - HOUR):
        keep(one, at, 43.25)
    with connection.cursor() as cursor:
        who = (one.device.pk, one.person.pk, one.order.pk)
        cursor.execute(KEEP, (*who, OLD, OLD, None, None, [], [], b"", b"alive"))
    return one


def places(one: Supervised) -> list[datetime]:
    found = fixes_of(one.person.pk, one.order.pk, OLD - HOUR, NOW, limit=100)
    return sorted(fix.at for fix in found)


def rows(one: Supervised) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM supervision_fix WHERE person_id = %s", [one.person.pk])
        return int((cursor.fetchone() or (0,))[0])


def test_nothing_goes_before_it_was_shown_for_a_day() -> None:
    one = keeping(TraceStorage.COMPLIANCE)
    with pytest.raises(Refused) as caught:
        apply_retention(CONSOLE, NOW)
    assert caught.value.name == Refusal.PLAN_MISSING
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert (item.order, item.reason, item.fixes) == (one.order.public_id, "compliance_only", 2)
    assert (item.since, item.until, item.held) == (OLD, OLD + HOUR, False)
    with pytest.raises(Refused) as caught:
        apply_retention(CONSOLE, LATER - HOUR)
    assert caught.value.name == Refusal.PLAN_TOO_YOUNG
    assert rows(one) == 4
    assert apply_retention(CONSOLE, LATER) == 2
    assert places(one) == [NOW - HOUR]
    assert rows(one) == 2, "the sign of life stays"
    with pytest.raises(Refused) as caught:
        apply_retention(CONSOLE, LATER)
    assert caught.value.name == Refusal.PLAN_MISSING


def test_places_around_a_breach_stay_where_the_court_wants_those() -> None:
    one = keeping(TraceStorage.BREACHES)
    raised(one, OLD + HOUR)
    plan_retention(CONSOLE, NOW)
    apply_retention(CONSOLE, LATER)
    assert places(one) == [OLD + HOUR, NOW - HOUR]


def test_an_order_that_lets_us_keep_all_is_not_in_the_plan() -> None:
    keeping(TraceStorage.ALL)
    assert items_of(plan_retention(CONSOLE, NOW)) == []


def test_after_the_retention_time_everything_goes_archived_or_not() -> None:
    one, other = keeping(TraceStorage.ALL), keeping(TraceStorage.ALL, "Другая Анна")
    close_day(CONSOLE, OLD.date(), NOW)
    assert len(places(one)) == 3
    over = DateTimeTZRange(OLD - timedelta(days=30), NOW - timedelta(days=2))
    Order.objects.filter(pk=one.order.pk).update(in_force=over, retain_days=1)
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert (item.reason, item.fixes) == ("ended", 4)
    before = log.size()
    assert apply_retention(CONSOLE, LATER) == 4
    assert log.size() >= before + 3, "a line for the day's files, the order, and the plan"
    assert places(one) == []
    assert rows(one) == 0
    assert len(places(other)) == 3, "somebody else's rows of the same day stay"


def test_a_hold_stops_every_deletion_until_it_is_lifted() -> None:
    one = keeping(TraceStorage.COMPLIANCE)
    prosecutor = actor(user("prosecutor", Role.PROSECUTOR))
    hold = place_hold(prosecutor, one.person.public_id, "complaint 3/26", now=NOW)
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert item.held
    assert apply_retention(CONSOLE, LATER) == 0
    assert rows(one) == 4
    lift_hold(prosecutor, hold.public_id, now=LATER)
    with pytest.raises(Refused) as caught:
        lift_hold(prosecutor, hold.public_id, now=LATER)
    assert caught.value.name == Refusal.HOLD_LIFTED
    RetentionRun.objects.create(planned_at=NOW, items=msgspec.to_builtins([item]))
    assert apply_retention(CONSOLE, LATER) == 2


def test_no_more_goes_than_was_shown() -> None:
    one = keeping(TraceStorage.COMPLIANCE)
    keep(one, NOW - JUDGED_AFTER + HOUR, 43.25)  # old enough when the plan is carried out
    plan_retention(CONSOLE, NOW)
    assert apply_retention(CONSOLE, LATER) == 2
    assert NOW - JUDGED_AFTER + HOUR in places(one)


def test_what_came_after_the_plan_waits_for_the_next_one() -> None:
    one = keeping(TraceStorage.COMPLIANCE)
    plan_retention(CONSOLE, NOW)
    late = OLD + HOUR / 2
    with connection.cursor() as cursor:
        who = (one.device.pk, one.person.pk, one.order.pk)
        cursor.execute(KEEP, (*who, late, LATER - HOUR, 43.25, 76.9, [], [], b"", b"late"))
    assert apply_retention(CONSOLE, LATER) == 2
    assert late in places(one)


def test_what_is_not_judged_stays() -> None:
    one = keeping(TraceStorage.COMPLIANCE)
    plan_retention(CONSOLE, NOW)
    EngineCheckpoint.objects.update(transaction=0)
    assert apply_retention(CONSOLE, LATER) == 0
    assert len(places(one)) == 3


def test_what_was_spared_in_the_plan_waits_for_the_next_one() -> None:
    one = keeping(TraceStorage.BREACHES)
    keep(one, OLD + 3 * HOUR, 43.25)
    alert = raised(one, OLD, since=OLD + HOUR)  # and goes on
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert item.fixes == 1
    Alert.objects.filter(pk=alert.pk).update(until=OLD + HOUR)
    assert apply_retention(CONSOLE, LATER) == 1
    assert places(one) == [OLD + HOUR, OLD + 3 * HOUR, NOW - HOUR]
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert (item.fixes, item.since) == (1, OLD + 3 * HOUR)


@pytest.mark.parametrize("archived", [False, True])
def test_what_was_kept_before_the_order_was_annulled_goes(archived: bool) -> None:
    one = keeping(TraceStorage.ALL)
    if archived:
        close_day(CONSOLE, OLD.date(), NOW)
    Order.objects.filter(pk=one.order.pk).update(
        in_force=DateTimeTZRange(empty=True), revoked_at=NOW - timedelta(days=40), retain_days=30
    )
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert (item.reason, item.fixes, item.since) == ("ended", 4, OLD)
    assert apply_retention(CONSOLE, LATER) == 4
    assert rows(one) == 0


def test_an_order_that_is_annulled_after_the_plan_stops_no_other() -> None:
    one, other = keeping(TraceStorage.ALL), keeping(TraceStorage.COMPLIANCE, "Другая Анна")
    over = DateTimeTZRange(OLD - timedelta(days=30), NOW - timedelta(days=2))
    Order.objects.filter(pk=one.order.pk).update(in_force=over, retain_days=1)
    plan_retention(CONSOLE, NOW)
    empty = DateTimeTZRange(empty=True)
    Order.objects.filter(pk=one.order.pk).update(in_force=empty, revoked_at=NOW)
    assert apply_retention(CONSOLE, LATER) == 2
    assert (rows(one), rows(other)) == (4, 2)


def test_what_was_kept_before_the_order_was_shortened_goes() -> None:
    one = keeping(TraceStorage.ALL)
    close_day(CONSOLE, OLD.date(), NOW)
    shorter = DateTimeTZRange(OLD - timedelta(days=9), OLD - timedelta(days=5))
    Order.objects.filter(pk=one.order.pk).update(in_force=shorter, retain_days=1)
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert (item.fixes, item.since, item.until) == (4, OLD, NOW - HOUR)
    assert apply_retention(CONSOLE, LATER) == 4


def test_a_hold_that_comes_while_files_are_written_still_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = keeping(TraceStorage.ALL)
    close_day(CONSOLE, OLD.date(), NOW)
    Order.objects.filter(pk=one.order.pk).update(trace_storage=TraceStorage.COMPLIANCE)
    plan_retention(CONSOLE, NOW)
    write = archive.write_day

    def slowly(*facts: Any) -> archive.Written:
        place_hold(CONSOLE, one.person.public_id, "court asks", now=LATER)
        return write(*facts)

    monkeypatch.setattr(archive, "write_day", slowly)
    assert apply_retention(CONSOLE, LATER) == 0
    assert len(places(one)) == 3


def test_what_the_archive_has_goes_too() -> None:
    one, other = keeping(TraceStorage.ALL), keeping(TraceStorage.ALL, "Другая Анна")
    close_day(CONSOLE, OLD.date(), NOW)
    Order.objects.filter(pk=one.order.pk).update(trace_storage=TraceStorage.COMPLIANCE)
    (item,) = items_of(plan_retention(CONSOLE, NOW))
    assert item.fixes == 2
    assert apply_retention(CONSOLE, LATER) == 2
    assert places(one) == [NOW - HOUR]
    assert len(places(other)) == 3


def test_the_database_itself_refuses_what_was_not_planned() -> None:
    one = keeping(TraceStorage.COMPLIANCE)
    run = RetentionRun.objects.create(planned_at=NOW, items=[])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT supervision_forget_fixes(%s, %s, '{}'::tstzmultirange)",
            [run.public_id, one.order.pk],
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('tarazy_app', 'supervision_legalhold', 'DELETE')"
        )
        assert cursor.fetchone() == (False,)


def test_a_hold_that_comes_after_the_plan_still_holds() -> None:
    one = keeping(TraceStorage.COMPLIANCE)
    plan_retention(CONSOLE, NOW)
    place_hold(CONSOLE, one.person.public_id, "court asks", now=NOW)
    assert apply_retention(CONSOLE, LATER) == 0
    assert rows(one) == 4


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ANALYST, Role.WEARER, Role.ADMINISTRATOR])
def test_not_everybody_places_holds(role: Role) -> None:
    one = supervised()
    with pytest.raises(Refused) as caught:
        place_hold(actor(user("x", role)), one.person.public_id, "why", now=NOW)
    assert caught.value.name == CoreRefusal.NOT_PERMITTED


def test_the_job_plans_one_day_and_does_it_the_next() -> None:
    one = keeping(TraceStorage.COMPLIANCE)
    for hours in range(0, 24, 6):
        keep_retention(CONSOLE, NOW + timedelta(hours=hours))
    assert RetentionRun.objects.count() == 1
    assert rows(one) == 4
    keep_retention(CONSOLE, LATER)
    assert rows(one) == 2
    assert len(seen(one)) <= 3
