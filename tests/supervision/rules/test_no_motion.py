# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from supervision.rules.given import ago, facts

from tarazy.supervision.rules import no_motion as rule
from tarazy.supervision.rules.interface import Facts
from tarazy.supervision.rules.parameters import Setting
from tarazy.supervision.rules.signs import Signs

EIGHT = (Setting("still_h", 8, ago(9000)),)
ALMATY = ZoneInfo("Asia/Almaty")  # 17:00 at NOON


def still(minutes: float, heard: float | None = 1) -> Facts:
    heard_at = None if heard is None else ago(heard)
    signs = Signs(still_since=ago(minutes))
    return facts(signs=signs, heard_at=heard_at, time_zone=ALMATY, settings=EIGHT)


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        pytest.param(still(8 * 60), True, id="since 9:00 in the morning"),
        pytest.param(still(8 * 60 - 1), False, id="(2) not yet"),
        pytest.param(still(16 * 60), True, id="since 1:00 at night: from 7:00 on"),
        pytest.param(still(600), True, id="since 7:00"),
        pytest.param(facts(), False, id="(1) nothing is known"),
        pytest.param(facts(signs=Signs(), heard_at=ago(1)), False, id="(1) it moved"),
        pytest.param(still(600, 400), False, id="(3) silent since"),
        pytest.param(still(600, None), False, id="(3) never heard"),
    ],
)
def test_assess(given: Facts, raised: bool) -> None:
    breach = rule.assess(given)
    assert (breach is not None) == raised
    assert breach is None or breach.sentence.format(**breach.facts)


@pytest.mark.parametrize(
    ("since", "hours", "until"),
    [
        ("2026-03-01T09:00+05:00", 8, "2026-03-01T17:00+05:00"),
        ("2026-03-01T20:00+05:00", 8, "2026-03-02T13:00+05:00"),
        ("2026-03-01T22:00+05:00", 8, "2026-03-02T15:00+05:00"),
        ("2026-03-01T03:00+05:00", 15, "2026-03-01T22:00+05:00"),
        ("2026-03-01T03:00+05:00", 30, "2026-03-02T22:00+05:00"),
        ("2024-02-29T20:00+06:00", 4, "2024-03-01T09:00+05:00"),
    ],
    ids=["a day", "over a night", "from the evening on", "a whole day", "two", "the clocks change"],
)
def test_waking_hours_are_counted_by_the_local_clock(since: str, hours: int, until: str) -> None:
    begin = datetime.fromisoformat(since).astimezone(UTC)
    awake = rule.awake(facts())
    found = rule.awake_for(begin, timedelta(hours=hours), ALMATY, awake)
    assert found == datetime.fromisoformat(until)


def test_an_order_says_when_somebody_is_awake() -> None:
    told = (Setting("awake_from_h", 12, ago(9000)), Setting("awake_until_h", 23, ago(9000)))
    begin = datetime.fromisoformat("2026-03-01T09:00+05:00").astimezone(UTC)
    awake = rule.awake(facts(settings=told))
    found = rule.awake_for(begin, timedelta(hours=8), ALMATY, awake)
    assert found == datetime.fromisoformat("2026-03-01T20:00+05:00")


def test_next_check() -> None:
    assert rule.next_check(still(60)) == datetime(2026, 3, 2, 4, tzinfo=UTC)  # 5 hours, then 2
    assert rule.next_check(still(900)) is None
    assert rule.next_check(facts()) is None
