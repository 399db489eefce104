# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest

from tarazy.supervision.intervals import (
    Asked,
    Command,
    interval_in_force,
    intervals_over,
    turns_at,
)

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


def ago(minutes: float) -> datetime:
    return NOON - timedelta(minutes=minutes)


def test_what_was_asked_over_a_time() -> None:
    commands = [
        Command(3600, "confirmed", ago(500), ago(490), ago(480)),
        Command(60, "sent", ago(200), ago(190), None),
        Command(15, "confirmed", ago(60), ago(50), ago(40)),
        Command(300, "failed", ago(20), None, ago(10)),
    ]
    found = intervals_over(60, commands, ago(600), NOON)
    assert found == [(60, ago(500)), (3600, ago(70)), (60, ago(40)), (15, NOON)]
    assert intervals_over(60, [], ago(600), NOON) == [(60, NOON)]
    assert intervals_over(60, commands, ago(300), ago(250)) == [(3600, ago(250))]
    waited = [Command(300, "expired", ago(90), None, None)]
    assert intervals_over(60, waited, ago(100), NOON) == [(60, NOON)]
