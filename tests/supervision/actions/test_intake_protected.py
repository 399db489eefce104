# SPDX-License-Identifier: EUPL-1.2
"""The gate for protected people: consent and an order that protects them in force, or nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from supervision.actions.test_intake import entry, keep
from supervision.running import FAR, Wearer, World, ago

from tarazy.core import clock, ids
from tarazy.supervision.gateway.credentials import digest_of, new_token
from tarazy.supervision.gateway.interface import Outcome
from tarazy.supervision.refusals import Refusal

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def guarded(
    world: World,
    *,
    since: timedelta = -DAY,
    until: timedelta = DAY,
    withdrawn: timedelta | None = None,
    bound: bool = True,
) -> Wearer:
    """A protected person with a device; times of the consent are from now on."""
    now, token = clock.now(), new_token()
    ((device_id,),) = world.rows(
        "INSERT INTO supervision_device (public_id, kind, identifier, broker_hash,"
        " report_interval_s) VALUES (%s, 'owntracks', %s, '', 60) RETURNING id",
        *(ids.new_id("dev"), token),
    )
    world.address(device_id, digest_of(token, settings.TARAZY.device_key))
    ((key,),) = world.rows(
        "INSERT INTO supervision_protectedperson (public_id, label, recorded_at)"
        " VALUES (%s, %s, now()) RETURNING id",
        *(ids.new_id("prp"), ids.new_id("prp")),
    )
    world.rows(
        "INSERT INTO supervision_protectedfitting (public_id, device_id, protected_id, period)"
        " VALUES (%s, %s, %s, tstzrange(%s, NULL))",
        *(ids.new_id("pft"), device_id, key, now - FAR),
    )
    end = now + (until if withdrawn is None else withdrawn)
    world.rows(
        "INSERT INTO supervision_consent (public_id, protected_id, document_number, given_at,"
        " period, withdrawn_at, recorded_by)"
        " VALUES (%s, %s, 'C', now(), tstzrange(%s, %s), %s, '')",
        *(ids.new_id("cns"), key, now + since, end, None if withdrawn is None else end),
    )
    if bound:
        order = world.wearer().order_id
        world.rows(
            "INSERT INTO supervision_nocontact (public_id, order_id, protected_id, radius_m,"
            " inner_m, period) VALUES (%s, %s, %s, 300, 100, tstzrange(%s, %s))",
            *(ids.new_id("nct"), order, key, now - FAR, now + FAR),
        )
    return Wearer(token, device_id, key, 0)


def stored(world: World, one: Wearer) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT protected_id, lat, lon, marks FROM supervision_protectedfix WHERE device_id = %s",
        one.device_id,
    )


def test_with_consent_it_is_kept_apart_from_the_fix_store(world: World) -> None:
    one, wearer = guarded(world), world.wearer()
    first = entry(one, ago(minutes=3))
    assert keep(world, [first, entry(wearer, ago(minutes=3)), first], [first]) == [
        [Outcome.KEPT, Outcome.KEPT, Outcome.DUPLICATE],
        [Outcome.DUPLICATE],
    ]
    assert stored(world, one) == [(one.person_id, 1.5, 2.5, ["mock"])]
    assert world.fixes(one) == []
    assert len(world.fixes(wearer)) == 1


@pytest.mark.parametrize(
    ("facts", "at", "refusal"),
    [
        ({"since": -HOUR}, 2 * HOUR, Refusal.NO_CONSENT),
        ({"since": HOUR}, timedelta(minutes=1), Refusal.NO_CONSENT),
        ({"until": -HOUR}, timedelta(minutes=1), Refusal.NO_CONSENT),
        ({"until": -HOUR}, 2 * HOUR, Refusal.NO_CONSENT),
        ({"withdrawn": -timedelta(minutes=2)}, timedelta(minutes=1), Refusal.NO_CONSENT),
        ({"withdrawn": -timedelta(minutes=2)}, timedelta(minutes=9), Refusal.NO_CONSENT),
        ({"bound": False}, timedelta(minutes=1), Refusal.NO_ORDER),
    ],
    ids=[
        *("before the consent", "it has not begun", "it is over", "it was in force, is over now"),
        *("withdrawn", "a stored one from before the withdrawal", "no order protects"),
    ],
)
def test_without_its_grounds_nothing_is_kept(
    world: World, facts: dict[str, Any], at: timedelta, refusal: Refusal
) -> None:
    one = guarded(world, **facts)
    assert keep(world, [entry(one, clock.now() - at)]) == [[refusal]]
    assert stored(world, one) == []
    assert world.counts(one.device_id) == {refusal.value: 1}


def test_a_withdrawal_counts_from_its_moment(world: World) -> None:
    one = guarded(world)
    assert keep(world, [entry(one, ago(minutes=3))]) == [[Outcome.KEPT]]
    waiting = entry(one, ago(minutes=2))
    world.rows(
        "UPDATE supervision_consent SET withdrawn_at = now(),"
        " period = tstzrange(lower(period), now()) WHERE protected_id = %s",
        one.person_id,
    )
    assert keep(world, [waiting]) == [[Refusal.NO_CONSENT]]
    assert len(stored(world, one)) == 1


def test_the_service_itself_cannot_change_or_delete_what_was_kept(world: World) -> None:
    import psycopg

    one = guarded(world)
    keep(world, [entry(one, ago(minutes=3))])
    with psycopg.connect(world.server.url("tarazy_app"), autocommit=True) as connection:
        for words in (
            "DELETE FROM supervision_protectedfix",
            "UPDATE supervision_protectedfix SET lat = 0",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(words.encode())
    assert len(stored(world, one)) == 1
