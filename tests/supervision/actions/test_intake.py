# SPDX-License-Identifier: EUPL-1.2
"""The committing statement: mixed batches, what cannot be stored, partitions, and its rights.

It commits on a connection of its own, so these tests run on the server of the gateway's tests.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from supervision.running import Wearer, World, ago

from tarazy.core import clock
from tarazy.core.errors import Temporary
from tarazy.supervision.actions.intake import Entry, FixStore, entry_of, refused_entry
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.credentials import card_digest, digest_of
from tarazy.supervision.gateway.interface import (
    Fate,
    Mark,
    Outcome,
    Report,
    Verdict,
    digest_of_content,
)
from tarazy.supervision.gateway.times import Moment, settle
from tarazy.supervision.refusals import Refusal


def entry(wearer: Wearer, at: datetime, *, altitude_m: float | None = None) -> Entry:
    content = f"{at} {altitude_m}".encode()
    report = Report(
        at=at,
        lat=1.5,
        lon=2.5,
        altitude_m=altitude_m,
        content=content,
        digest=digest_of_content(content),
        marks=(Mark.MOCK,),
    )
    now = clock.now()
    credential = digest_of(wearer.token, settings.TARAZY.device_key)
    return entry_of(report, settle(at, now), credential, now)


def fates(verdicts: Sequence[Verdict]) -> list[Fate]:
    return [verdict.fate for verdict in verdicts]


def keep(world: World, *batches: Sequence[Entry]) -> list[list[Fate]]:
    async def scenario() -> list[list[Fate]]:
        store = FixStore(world.server.url("tarazy_app"))
        try:
            return [fates(await store.keep(batch)) for batch in batches]
        finally:
            await store.close()

    return asyncio.run(scenario())


def told(wearer: Wearer, at: datetime, card: str | None, **more: Any) -> Entry:
    """A sign of life that names the SIM card."""
    content = f"{at} {card}".encode()
    report = Report(at=at, content=content, digest=digest_of_content(content), **more)
    now, key = clock.now(), settings.TARAZY.device_key
    digest = None if card is None else card_digest(card, key)
    return entry_of(report, settle(at, now), digest_of(wearer.token, key), now, digest)


def alarms(world: World, wearer: Wearer) -> list[list[str]]:
    return [one["alarms"] for one in world.fixes(wearer)]


CHANGED = ["sim_changed"]


def before(minutes: int) -> datetime:
    return ago(minutes=minutes)


def test_another_card_than_before_is_an_alarm_of_its_report(world: World) -> None:
    one, other = world.wearer(), world.wearer()
    keep(
        world,
        [told(one, before(50), "A"), told(other, before(49), "B"), told(one, before(48), None)],
        [told(one, before(40), "A")],
        [told(one, before(30), "C", alarms=(Alarm.SOS,)), told(other, before(29), "B")],
        [told(one, before(25), "C"), told(one, before(20), "A"), told(one, before(19), "A")],
    )
    assert alarms(world, one) == [[], [], [], ["sos", *CHANGED], [], CHANGED, []]
    assert alarms(world, other) == [[], []]
    ((kept,),) = world.rows(
        "SELECT digest FROM supervision_devicecard WHERE device_id = %s", one.device_id
    )
    assert bytes(kept) == card_digest("A", settings.TARAZY.device_key)


def test_what_comes_late_or_waited_tells_nothing_of_the_card(world: World) -> None:
    one = world.wearer()
    late, stored = told(one, before(40), "B"), told(one, before(10), "B", stored=True)
    keep(world, [told(one, before(30), "A")], [late], [stored], [told(one, before(5), "A")])
    assert alarms(world, one) == [[], [], [], []]


def test_the_same_batch_again_raises_nothing_more(world: World) -> None:
    one = world.wearer()
    batch = [told(one, before(20), "B")]
    keep(world, [told(one, before(30), "A")], batch, batch, batch)
    assert alarms(world, one) == [[], CHANGED]


def test_what_another_wearer_s_device_had_in_it_is_no_change(world: World) -> None:
    one = world.wearer(worn_until=timedelta(minutes=-25))
    keep(world, [told(one, before(30), "A")])
    world.rows(
        "INSERT INTO supervision_fitting (public_id, device_id, person_id, period)"
        " SELECT 'fit_next', device_id, person_id, tstzrange(upper(period), NULL)"
        " FROM supervision_fitting WHERE device_id = %s",
        one.device_id,
    )
    keep(world, [told(one, before(20), "B")], [told(one, before(10), "C")])
    assert alarms(world, one) == [[], [], CHANGED]


@pytest.mark.parametrize(("lat", "marks"), [(0.0, (Mark.INVALID_FIX,)), (0.001, ())])
def test_nowhere_is_marked_as_no_place(lat: float, marks: tuple[Mark, ...]) -> None:
    now = clock.now()
    report = Report(at=now, content=b"one", digest=digest_of_content(b"one"), lat=lat, lon=0.0)
    assert entry_of(report, settle(now, now), b"", now).marks == marks


def test_each_entry_of_a_batch_has_its_own_fate(world: World) -> None:
    wearer, ended = world.wearer(), world.wearer(ends=-timedelta(days=5))
    stranger = Wearer("nobody's", 0, 0, 0)
    first, year_2099 = entry(wearer, ago(minutes=3)), clock.now() + timedelta(days=26_000)
    batch = [
        first,
        entry(stranger, ago(minutes=3)),
        first,
        entry(ended, ago(minutes=3)),
        entry(ended, ago(days=6)),
        refused_entry(Refusal.BAD_PLACE, first.credential, first.arrived),
        entry(wearer, year_2099),
        entry(wearer, ago(minutes=2)),
    ]
    fates = [
        Outcome.KEPT,
        Refusal.UNKNOWN_DEVICE,
        Outcome.DUPLICATE,
        Refusal.NO_ORDER,
        Refusal.TOO_LATE,
        Refusal.BAD_PLACE,
        Outcome.CLOCK_FAULT,
        Outcome.KEPT,
    ]
    assert keep(world, batch, batch[:1]) == [fates, [Outcome.DUPLICATE]]
    kept = world.fixes(wearer)
    marks = [["mock"], ["mock"], ["mock", "clock_fault"]]
    assert [fix["marks"] for fix in kept] == marks
    assert world.counts(wearer.device_id) == {"duplicate": 2, "bad_place": 1}
    assert world.counts(ended.device_id) == {"no_order": 1, "too_late": 1}


def test_one_entry_that_cannot_be_stored_does_not_hold_up_the_others(world: World) -> None:
    wearer = world.wearer()
    now = ago()
    batch = [entry(wearer, now - timedelta(seconds=second)) for second in range(10)]
    batch[3] = entry(wearer, now - timedelta(seconds=30), altitude_m=1e300)
    (fates,) = keep(world, batch)
    assert fates == [*[Outcome.KEPT] * 3, Refusal.BAD_FIELD, *[Outcome.KEPT] * 6]
    assert len(world.fixes(wearer)) == 9
    assert world.counts(wearer.device_id) == {"bad_field": 1}


def test_only_what_passes_the_gate_makes_a_partition(world: World) -> None:
    wearer, ended = world.wearer(), world.wearer(ends=-timedelta(days=5))
    day = ago(days=333).date()
    exists = "SELECT to_regclass(%s) IS NOT NULL"
    name = f"supervision_fix_{day:%Y%m%d}"
    keep(world, [entry(ended, ago(days=333))])
    assert world.rows(exists, name) == [(False,)]
    keep(world, [entry(wearer, ago(days=333))])
    assert world.rows(exists, name) == [(True,)]


def test_a_partition_that_was_dropped_is_made_again(world: World) -> None:
    wearer = world.wearer()

    async def scenario() -> list[Fate]:
        store = FixStore(world.server.url("tarazy_app"))
        known = await store.keep([entry(wearer, ago(days=334))])
        world.rows(f"DROP TABLE supervision_fix_{ago(days=334):%Y%m%d}")
        known += await store.keep([entry(wearer, ago(days=334)), entry(wearer, ago(days=333))])
        await store.close()
        return fates(known)

    assert asyncio.run(scenario()) == [Outcome.KEPT] * 3
    assert len(world.fixes(wearer)) == 2


def test_a_time_beyond_the_store_is_refused_not_lost(world: World) -> None:
    wearer = world.wearer()
    told = entry(wearer, ago(minutes=1))
    assert told.report is not None
    far = Moment(clock.now() + timedelta(days=9), ())
    beyond = entry_of(told.report, far, told.credential, told.arrived)
    assert keep(world, [beyond]) == [[Refusal.BAD_FIELD]]


def test_two_connections_with_the_same_batch_keep_it_once(world: World) -> None:
    wearers = [world.wearer() for _ in range(5)]
    now = ago()  # once: two readings of a clock that ticks between them may be one second
    batch = [entry(one, now - timedelta(seconds=second)) for second in range(40) for one in wearers]

    async def scenario() -> list[list[Fate]]:
        stores = [FixStore(world.server.url("tarazy_app")) for _ in range(4)]
        known = await asyncio.gather(
            *(store.keep(batch[::turn]) for store, turn in zip(stores, (1, -1, 1, -1), strict=True))
        )
        for store in stores:
            await store.close()
        return [fates(one) for one in known]

    told = asyncio.run(scenario())
    assert sum(one.count(Outcome.KEPT) for one in told) == len(batch)
    assert sum(len(world.fixes(one)) for one in wearers) == len(batch)


def test_a_database_that_is_away_is_temporary() -> None:
    store = FixStore("postgresql://tarazy_app@/tarazy?host=/nowhere")
    with pytest.raises(Temporary):
        asyncio.run(store.keep([]))
    with pytest.raises(Temporary):
        asyncio.run(store.beat("gateway", clock.now()))


def test_a_connection_that_broke_is_opened_again(world: World) -> None:
    wearer = world.wearer()

    async def scenario() -> list[Fate]:
        store = FixStore(world.server.url("tarazy_app"))
        await store.keep([entry(wearer, ago(minutes=2))])
        with psycopg.connect(world.server.url("postgres"), autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'tarazy gateway'"
            )
        with pytest.raises(Temporary):
            await store.keep([entry(wearer, ago(minutes=1))])
        known = await store.keep([entry(wearer, ago(minutes=1))])
        await store.close()
        return fates(known)

    assert asyncio.run(scenario()) == [Outcome.KEPT]


def test_the_service_cannot_change_what_it_kept(world: World) -> None:
    with psycopg.connect(world.server.url("tarazy_app"), autocommit=True) as connection:
        for statement in ("UPDATE supervision_fix SET lat = 0", "DELETE FROM supervision_fix"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_nothing_of_a_faulty_clock_s_place_is_kept_not_even_its_digest(world: World) -> None:
    wearer, year_2099 = world.wearer(), clock.now() + timedelta(days=26_000)
    told = entry(wearer, year_2099)
    keep(world, [told], [told])
    (kept,) = world.fixes(wearer)
    guessed = digest_of_content(f"{year_2099} None".encode())
    assert kept["digest"] != "\\x" + guessed.hex()
    assert (kept["lat"], kept["content"]) == (None, "\\x")
