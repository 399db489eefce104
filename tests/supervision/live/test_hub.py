# SPDX-License-Identifier: EUPL-1.2
import asyncio

import pytest

from tarazy.supervision.live.hub import QUEUE_MAX, Hub, Stream, wish_of
from tarazy.supervision.live.reading import Wish

NOTHING, ALL = Wish(), Wish.everything()


@pytest.mark.parametrize(
    ("payload", "wish"),
    [
        ('{"alert": "alr_1", "person": "per_1"}', Wish(alerts=True)),
        ('{"positions": "17"}', Wish(positions=True)),
        ('{"gone": "per_1"}', Wish(people=True)),
        ('{"rights": "usr_1"}', NOTHING),
        ('{"order": "ord_1"}', ALL),
        ("", ALL),
        ("not JSON", ALL),
        ("17", ALL),
    ],
)
def test_a_notice_asks_for_what_it_names_and_an_unknown_one_for_all(
    payload: str, wish: Wish
) -> None:
    assert wish_of(payload) == wish


def test_a_slow_reader_is_dropped_and_others_are_not() -> None:
    async def play() -> None:
        hub = Hub()
        slow, quick = Stream(1), Stream(2)
        hub.streams = {slow, quick}
        for number in range(QUEUE_MAX + 1):
            hub._put(slow, [str(number)])
            hub._put(quick, [str(number)])
            await quick.queue.get()
        assert hub.streams == {quick}
        left = [slow.queue.get_nowait() for _ in range(slow.queue.qsize())]
        assert left[-1] is None
        assert len(left) == QUEUE_MAX
        await hub.stop()

    asyncio.run(play())
