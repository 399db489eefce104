# SPDX-License-Identifier: EUPL-1.2
"""Who may ask a device for what, and how far it came."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.raised import actor
from supervision.running import World
from supervision.trackers import queue, state_of, tracker

from tarazy.core import clock, ids
from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused, Temporary
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.commands import (
    CHANNEL,
    UNDER_WAY_MAX,
    CommandStore,
    command_device,
)
from tarazy.supervision.actions.devices import enrol_device, fit_device, remove_device
from tarazy.supervision.actions.orders import revoke_order, vary_order
from tarazy.supervision.gateway.commands import CommandKind, Confirmed
from tarazy.supervision.models import DeviceCommand, Fitting
from tarazy.supervision.refusals import Refusal

NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
T = TypeVar("T")


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


def with_tracker(name: str = "Серікова Айгүл") -> tuple[Supervised, str]:
    """Somebody with a GT06 tracker instead of the phone."""
    one = supervised(name)
    remove_device(CONSOLE, Fitting.objects.get(device=one.device).public_id, at=NOW)
    device, token = enrol_device(CONSOLE, "gt06", "860000000000017")
    assert token == ""
    fit_device(CONSOLE, device.public_id, one.person.public_id, since=NOW)
    return one, device.public_id


@pytest.mark.django_db
def test_a_command_waits_for_its_device(operator: Actor) -> None:
    _, device = with_tracker()
    with connection.cursor() as cursor:
        cursor.execute("LISTEN tarazy_commands")
    first = command_device(operator, device, "locate", now=NOW)
    second = command_device(operator, device, "interval", now=NOW, seconds=300)
    assert (first.state, first.number, second.number) == ("queued", 1, 2)
    assert (first.requested_by, first.queued_at) == (operator.id, NOW)
    assert first.expires_at == NOW + timedelta(hours=24)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "seconds", "text", "refusal"),
    [
        ("explode", 0, "", Refusal.COMMAND_UNKNOWN),
        ("interval", 5, "", Refusal.COMMAND_INTERVAL),
        ("interval", 10**6, "", Refusal.COMMAND_INTERVAL),
        ("locate", 0, "words", Refusal.COMMAND_TEXT),
    ],
)
def test_what_no_device_can_do_is_refused(
    operator: Actor, kind: str, seconds: int, text: str, refusal: Refusal
) -> None:
    _, device = with_tracker()
    with pytest.raises(Refused) as caught:
        command_device(operator, device, kind, now=NOW, seconds=seconds, text=text)
    assert caught.value.name == refusal
    assert not DeviceCommand.objects.exists()


@pytest.mark.django_db
def test_a_device_that_nobody_wears_is_asked_nothing(operator: Actor) -> None:
    one, device = with_tracker()
    with pytest.raises(Refused) as caught:
        command_device(operator, one.device.public_id, "locate", now=NOW)
    assert caught.value.name == Refusal.NOT_FITTED
    with pytest.raises(Refused) as caught:
        command_device(operator, device, "locate", now=NOW + timedelta(days=90))
    assert caught.value.name in {Refusal.NO_ORDER, CoreRefusal.NOT_PERMITTED}
    with pytest.raises(Refused) as caught:
        command_device(operator, "dev_" + "0" * 32, "locate", now=NOW)
    assert caught.value.name == CoreRefusal.NOT_FOUND


@pytest.mark.django_db
def test_only_those_who_watch_ask() -> None:
    _, device = with_tracker()
    for role in (Role.INVESTIGATOR, Role.PROSECUTOR, Role.ANALYST, Role.WEARER):
        with pytest.raises(Refused) as caught:
            command_device(Actor(id="usr_x", roles=frozenset({role})), device, "locate", now=NOW)
        assert caught.value.name == CoreRefusal.NOT_PERMITTED


@pytest.mark.django_db
def test_commands_do_not_pile_up(operator: Actor) -> None:
    _, device = with_tracker()
    for _ in range(UNDER_WAY_MAX):
        command_device(operator, device, "locate", now=NOW)
    with pytest.raises(Refused) as caught:
        command_device(operator, device, "locate", now=NOW)
    assert caught.value.name == Refusal.COMMANDS_TOO_MANY


def with_store(world: World, use: Callable[[CommandStore], Awaitable[T]]) -> T:
    async def scenario() -> T:
        store = CommandStore(world.server.url("tarazy_app"))
        try:
            return await use(store)
        finally:
            await store.close()

    return asyncio.run(scenario())


def test_the_gateway_hears_at_once_and_notes_what_happened(world: World) -> None:
    wearer, _ = tracker(world)

    async def use(store: CommandStore) -> None:
        await store.queued(clock.now())
        row = queue(world, wearer.device_id, "locate")
        async with asyncio.timeout(5):
            await store.wait(60)
        (mine,) = [one for one in await store.queued(clock.now()) if one.row == row]
        assert (mine.device_id, mine.command.kind) == (wearer.device_id, CommandKind.LOCATE)
        wrong = Confirmed(kind=CommandKind.VIBRATE)
        await store.answered(wearer.device_id, wrong, clock.now())
        assert state_of(world, row)[0] == "queued"
        await store.sent([row], clock.now())
        await store.answered(wearer.device_id, wrong, clock.now())
        assert state_of(world, row)[0] == "sent"
        right = Confirmed(kind=None, number=7, done=False, text="no\x00\n" + "x" * 900)
        await store.answered(wearer.device_id, right, clock.now())
        state, answer = state_of(world, row)
        assert (state, answer[:5], len(answer)) == ("failed", "no··x", 200)
        row = queue(world, wearer.device_id, "locate")
        await store.sent([row], clock.now())
        told = "Lat:N22.577156,Lon:E113.916829,Speed:0.00"
        await store.answered(wearer.device_id, Confirmed(kind=None, text=told), clock.now())
        assert state_of(world, row) == ("confirmed", "Lat:N…,Lon:E…,Speed:0.00")

    with_store(world, use)


def test_what_waited_too_long_is_said_to_have_expired(world: World) -> None:
    wearer, _ = tracker(world)
    row = queue(world, wearer.device_id, "locate")

    async def use(store: CommandStore) -> None:
        left = await store.queued(clock.now() + timedelta(hours=2))
        assert row not in {one.row for one in left}

    with_store(world, use)
    assert state_of(world, row)[0] == "expired"


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE supervision_fitting SET period = tstzrange(lower(period), now())"
        " WHERE person_id = %s",
        "UPDATE supervision_order SET in_force = tstzrange(lower(in_force), now()),"
        " revoked_at = now() WHERE person_id = %s",
    ],
    ids=["taken off", "revoked"],
)
def test_what_waits_goes_to_nobody_else(world: World, end: str) -> None:
    """A message to one person must not be shown to the next who wears the device."""
    wearer, _ = tracker(world, ends=timedelta(days=1))
    row = queue(world, wearer.device_id, "locate")
    world.rows(end, wearer.person_id)
    next_one = world.wearer()
    world.rows(
        "INSERT INTO supervision_fitting (public_id, device_id, person_id, period)"
        " SELECT %s, device_id, %s, tstzrange(upper(period), NULL) FROM supervision_fitting"
        " WHERE person_id = %s AND NOT upper_inf(period)",
        *(ids.new_id("fit"), next_one.person_id, wearer.person_id),
    )

    async def use(store: CommandStore) -> None:
        left = await store.queued(clock.now())
        assert row not in {one.row for one in left}

    with_store(world, use)
    assert state_of(world, row)[0] == "expired"


@pytest.mark.django_db
def test_the_gateway_looks_again_when_somebody_is_free() -> None:
    one, device = with_tracker()
    worn = Fitting.objects.get(device__public_id=device)
    later = NOW + timedelta(days=9)
    for end in (
        lambda: remove_device(CONSOLE, worn.public_id, at=NOW + timedelta(hours=1)),
        lambda: vary_order(CONSOLE, one.order.public_id, DOCUMENT, since=NOW, until=later),
        lambda: revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=NOW),
    ):
        with CaptureQueriesContext(connection) as said:
            end()
        assert any(CHANNEL in query["sql"] for query in said)


def test_a_database_that_is_away_is_temporary() -> None:
    store = CommandStore("postgresql://tarazy_app@/tarazy?host=/nowhere")
    with pytest.raises(Temporary):
        asyncio.run(store.queued(clock.now()))
