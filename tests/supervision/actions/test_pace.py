# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.raised import actor, seen

from tarazy.core.access import Actor, Role
from tarazy.supervision.actions.commands import command_device
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.actions.pace import keep_pace
from tarazy.supervision.models import Device, DeviceCommand, Order, WearerState

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
WORKER = Actor.system("worker")
MINUTE = timedelta(minutes=1)


def asked() -> list[tuple[int, str]]:
    found = DeviceCommand.objects.order_by("pk")
    return [(one.seconds, one.state) for one in found]


def wants(one: Supervised, pace: str) -> None:
    WearerState.objects.update_or_create(
        person=one.person,
        defaults={"order": one.order, "device": one.device, "pace": pace, "change": 1},
    )


def test_a_device_is_asked_once_for_each_change() -> None:
    one = supervised(now=NOW)
    seen(one, NOW, pace="close")
    assert [keep_pace(WORKER, NOW), keep_pace(WORKER, NOW + MINUTE)] == [1, 0]
    command = DeviceCommand.objects.get()
    assert (command.kind, command.seconds, command.requested_by) == ("interval", 15, "sys_worker")
    assert command.expires_at == NOW + 15 * MINUTE
    assert Device.objects.get(pk=one.device.pk).pace == "close"


def test_slower_again_comes_later_and_replaces_what_still_waits() -> None:
    one = supervised(now=NOW)
    wants(one, "close")
    keep_pace(WORKER, NOW)
    wants(one, "usual")
    assert keep_pace(WORKER, NOW + 9 * MINUTE) == 0
    assert keep_pace(WORKER, NOW + 10 * MINUTE) == 1
    assert asked() == [(15, "expired"), (60, "queued")]
    wants(one, "rest")
    assert keep_pace(WORKER, NOW + 20 * MINUTE) == 1
    wants(one, "close")
    assert keep_pace(WORKER, NOW + 21 * MINUTE) == 1  # closer looking never waits
    assert asked()[2:] == [(300, "expired"), (15, "queued")]


def test_no_more_than_some_times_an_hour() -> None:
    one = supervised(now=NOW)
    counts = []
    for n in range(12):
        wants(one, "usual" if n % 2 else "close")
        Device.objects.filter(pk=one.device.pk).update(pace="rest")
        DeviceCommand.objects.update(state="sent")
        counts.append(keep_pace(WORKER, NOW + n * 2 * MINUTE))
    assert sum(counts) == 6


@pytest.mark.parametrize(
    ("pace", "settings", "interval_s", "seconds"),
    [
        ("close", {}, 60, 15),
        ("close", {"pace_close_s": 30}, 60, 30),
        ("close", {}, 10, 10),
        ("rest", {}, 60, 300),
        ("rest", {"pace_rest_s": 3600}, 60, 3600),
        ("rest", {}, 600, 600),
    ],
)
def test_how_often(pace: str, settings: dict[str, int], interval_s: int, seconds: int) -> None:
    one = supervised(now=NOW)
    since = (NOW - timedelta(days=1)).isoformat()
    rows = [{"name": name, "value": value, "since": since} for name, value in settings.items()]
    Order.objects.filter(pk=one.order.pk).update(rule_settings=rows)
    Device.objects.filter(pk=one.device.pk).update(report_interval_s=interval_s)
    wants(one, pace)
    keep_pace(WORKER, NOW)
    assert asked() == [(seconds, "queued")]


def test_what_a_person_asked_is_left_alone() -> None:
    operator = user("op", Role.OPERATOR)
    one = supervised(now=NOW)
    command_device(actor(operator), one.device.public_id, "interval", now=NOW, seconds=120)
    wants(one, "close")
    assert keep_pace(WORKER, NOW + timedelta(hours=23)) == 0
    assert keep_pace(WORKER, NOW + timedelta(hours=24)) == 1


def test_nothing_is_asked_without_an_order_or_of_a_device_that_cannot() -> None:
    ended, deaf = supervised("Бір", now=NOW), supervised("Екі", now=NOW)
    Device.objects.filter(pk=deaf.device.pk).update(kind="osmand")
    for one in (ended, deaf):
        wants(one, "close")
    revoke_order(CONSOLE, ended.order.public_id, DOCUMENT, at=NOW)
    assert keep_pace(WORKER, NOW) == 0
    assert asked() == []


def test_an_unknown_pace_of_a_bad_row_is_the_usual() -> None:
    one = supervised(now=NOW)
    wants(one, "strange")
    keep_pace(WORKER, NOW)
    assert asked() == [(60, "queued")]


def test_where_nothing_is_wanted_one_question_is_asked(django_assert_num_queries: Any) -> None:
    one = supervised(now=NOW)
    wants(one, "usual")
    with django_assert_num_queries(1):
        assert keep_pace(WORKER, NOW) == 0
