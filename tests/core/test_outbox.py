# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from tarazy.core import outbox
from tarazy.core.models import OutboxDelivery, OutboxEvent

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def event() -> OutboxEvent:
    return OutboxEvent.objects.create(name="thing.changed", payload={"thing": "thg_1"}, at=NOW)


def test_each_listener_hears_an_event_once() -> None:
    heard: list[tuple[str, str]] = []
    listeners = {
        "thing.changed": {
            "a": lambda payload: heard.append(("a", payload["thing"])),
            "b": lambda payload: heard.append(("b", payload["thing"])),
        }
    }
    event()
    assert outbox.deliver(listeners, NOW) == 2
    assert outbox.deliver(listeners, NOW + timedelta(days=1)) == 0
    assert sorted(heard) == [("a", "thg_1"), ("b", "thg_1")]


def test_a_failing_listener_is_undone_tried_again_and_holds_up_nobody() -> None:
    tries: list[int] = []

    def fails_once(_payload: Mapping[str, str]) -> None:
        tries.append(1)
        OutboxEvent.objects.create(name="side", payload={}, at=NOW)
        if len(tries) == 1:
            raise ValueError("broken")

    heard: list[str] = []
    listeners = {"thing.changed": {"a": fails_once, "b": lambda p: heard.append(p["thing"])}}
    event()
    assert outbox.deliver(listeners, NOW) == 1
    assert heard == ["thg_1"]
    assert OutboxEvent.objects.filter(name="side").count() == 0
    failed = OutboxDelivery.objects.get(listener="a")
    assert (failed.done, failed.attempts, failed.error) == (False, 1, "broken")
    assert outbox.deliver(listeners, NOW) == 0  # not before its time
    assert outbox.deliver(listeners, NOW + timedelta(minutes=5)) == 1
    assert OutboxEvent.objects.filter(name="side").count() == 1


def test_old_events_go_once_delivered() -> None:
    event()
    undelivered = event()
    listeners = {"thing.changed": {"a": lambda _payload: None}}
    outbox.deliver(listeners, NOW)
    OutboxDelivery.objects.filter(event=undelivered).update(done=False)
    outbox.clean(NOW + timedelta(days=31))
    assert list(OutboxEvent.objects.all()) == [undelivered]


def test_who_listens_from_later_on_hears_what_comes_then() -> None:
    event()
    outbox.deliver({}, NOW)
    heard: list[str] = []
    listeners = {"thing.changed": {"a": lambda payload: heard.append(payload["thing"])}}
    assert outbox.deliver(listeners, NOW) == 0
    outbox.put("thing.changed", NOW, thing="thg_2")
    assert outbox.deliver(listeners, NOW) == 1
    assert heard == ["thg_2"]
    assert not OutboxEvent.objects.filter(opened=False).exists()


def test_receipts_of_a_listener_of_an_earlier_version_hold_up_nobody() -> None:
    gone = {"thing.changed": {"gone": lambda _payload: None}}
    for _ in range(outbox.BATCH + 1):
        event()
    for _ in range(2):
        outbox._open_receipts(gone, NOW)
    heard: list[str] = []
    listeners = {"thing.changed": {"a": lambda payload: heard.append(payload["thing"])}}
    event()
    assert outbox.deliver(listeners, NOW) == 1
    assert heard == ["thg_1"]


def test_an_event_that_nobody_listens_to_is_no_error() -> None:
    event()
    assert outbox.deliver({}, NOW) == 0
