# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest

from tarazy.supervision.intervals import Asked, interval_in_force, turns_at

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def asked(seconds: int, state: str, minutes_ago: float | None = None) -> Asked:
    sent_at = None if minutes_ago is None else NOON - timedelta(minutes=minutes_ago)
    return Asked(seconds, state, sent_at)


@pytest.mark.parametrize(
    ("commands", "seconds"),
    [
        pytest.param((), 60, id="never asked"),
        pytest.param((asked(300, "failed", 9),), 60, id="(1) refused"),
        pytest.param((asked(300, "expired"),), 60, id="(1) never got it"),
        pytest.param((asked(300, "queued"),), 300, id="(2) waits for it"),
        pytest.param((asked(300, "sent", 0),), 300, id="(2) just sent"),
        pytest.param((asked(300, "expired", 99),), 300, id="(2) got it, and never answered"),
        pytest.param((asked(15, "queued"),), 60, id="(3) waits"),
        pytest.param((asked(15, "confirmed", 0),), 15, id="(3) confirmed"),
        pytest.param((asked(15, "sent", 99),), 60, id="(4) never surer than usual"),
        pytest.param((asked(300, "sent", 60), asked(60, "sent", 9.9)), 300, id="(4) not yet"),
        pytest.param((asked(300, "sent", 60), asked(60, "sent", 10)), 60, id="(4) back to usual"),
        pytest.param(
            (asked(300, "confirmed", 60), asked(120, "sent", 10)), 120, id="(4) on the way back"
        ),
        pytest.param((asked(15, "confirmed", 60), asked(60, "queued")), 60, id="(2) back to usual"),
        pytest.param((asked(5, "waiting", 60),), 60, id="(1) an unknown state"),
    ],
)
def test_the_interval_that_was_really_asked(commands: tuple[Asked, ...], seconds: int) -> None:
    assert interval_in_force(60, commands, NOON) == seconds


@pytest.mark.parametrize(
    ("commands", "minutes"),
    [
        pytest.param((), None, id="never asked"),
        pytest.param((asked(300, "sent", 0),), None, id="longer counts at once"),
        pytest.param((asked(300, "sent", 60), asked(60, "sent", 4)), 6, id="back to usual"),
        pytest.param((asked(300, "sent", 60), asked(60, "sent", 10)), None, id="it was"),
    ],
)
def test_when_another_interval_will_count(commands: tuple[Asked, ...], minutes: int | None) -> None:
    found = turns_at(60, commands, NOON)
    assert found == (None if minutes is None else NOON + timedelta(minutes=minutes))
