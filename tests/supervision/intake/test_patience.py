# SPDX-License-Identifier: EUPL-1.2
"""When more comes than can be committed, trackers wait unread instead of being hung up on."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from supervision.running import World, ago
from supervision.trackers import Call, open_house, times_of, tracker, until

from tarazy.core.errors import Temporary
from tarazy.supervision.actions.intake import FixStore
from tarazy.supervision.intake import committer as module
from tarazy.supervision.intake import trackers
from tarazy.supervision.intake.committer import PATIENT_BYTES_MAX, Committer
from tarazy.supervision.simulate import trackers as gt06

NOWHERE = "postgresql://tarazy_app@/tarazy?host=/nowhere"
CALLS, FIXES = 20, 40


def test_all_are_heard_in_the_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_ENTRIES", FIXES + 1)
    known = [tracker(world) for _ in range(CALLS)]
    began = ago(hours=1)
    moments = [began + timedelta(seconds=n) for n in range(FIXES)]
    told = [gt06.location(at, 43.2, 76.9, serial=n) for n, at in enumerate(moments)]

    async def one(call: Call) -> None:
        await call.report(*told[: FIXES // 2])
        await call.report(*told[FIXES // 2 :])
        call.hang_up()

    async def scenario() -> int:
        async with open_house(world.server.url("tarazy_app")) as house:
            calls = [await Call.logged_in(house, imei) for _, imei in known]
            waited: list[int] = []
            when_free = house.committer.when_free

            def noted(size_bytes: int, go_on: Callable[[], None]) -> None:
                waited.append(size_bytes)
                when_free(size_bytes, go_on)

            monkeypatch.setattr(house.committer, "when_free", noted)
            await asyncio.gather(*(one(call) for call in calls))
            return len(waited)

    assert asyncio.run(scenario()) > 0
    for wearer, _ in known:
        assert times_of(world, wearer) == moments


def test_who_waits_for_us_is_neither_slow_nor_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_ENTRIES", 1)

    async def scenario() -> None:
        async with open_house(NOWHERE) as house:
            first, second = await Call.to(house), await Call.to(house)
            await first.say(gt06.login("860000000000000"))
            await until(lambda: house.committer.busy)
            await second.say(gt06.login("860000000000001")[:5])
            await asyncio.sleep(0.1)
            now_s = asyncio.get_running_loop().time()
            house.sweep(now_s + max(trackers.LOGIN_S_MAX, trackers.FRAME_S_MAX) + 1)
            await until(lambda: len(house.connections) == 1)
            second.hang_up()
            await first.closed()

    asyncio.run(scenario())


def test_what_waits_unread_has_a_bound() -> None:
    committer = Committer(FixStore(NOWHERE))
    committer.when_free(PATIENT_BYTES_MAX, lambda: None)
    with pytest.raises(Temporary):
        committer.when_free(1, lambda: None)
