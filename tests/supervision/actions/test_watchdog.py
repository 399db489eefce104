# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest

from tarazy.core.access import Actor
from tarazy.supervision.actions.judgement import beat
from tarazy.supervision.actions.watchdog import Watchdog
from tarazy.supervision.models import Alert, AlertState

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WORKER = Actor.system("worker")


def states() -> list[str]:
    return list(Alert.objects.order_by("id").values_list("state", flat=True))


def test_it_calls_once_and_says_when_judging_goes_on() -> None:
    dog = Watchdog()
    dog.look(WORKER, NOW)
    assert states() == [], "there was never an engine"
    beat(NOW)
    dog.look(WORKER, NOW + 60 * SECOND)
    assert states() == []
    for seconds in (61, 90, 600):
        dog.look(WORKER, NOW + seconds * SECOND)
    assert states() == [AlertState.ACTIVE]
    alert = Alert.objects.get()
    assert (alert.since, alert.person, alert.severity) == (NOW, None, "critical")
    beat(NOW + 605 * SECOND)
    dog.look(WORKER, NOW + 610 * SECOND)
    dog.look(WORKER, NOW + 611 * SECOND)
    assert states() == [AlertState.CLEARED], "a person still reviews it"
    assert alert.versions.count() == 2
    dog.look(WORKER, NOW + 700 * SECOND)
    assert states() == [AlertState.CLEARED, AlertState.ACTIVE]


def test_a_worker_that_has_just_started_gives_the_engine_a_minute() -> None:
    beat(NOW - timedelta(hours=9))
    dog = Watchdog()
    dog.look(WORKER, NOW)
    dog.look(WORKER, NOW + 60 * SECOND)
    assert states() == []
    dog.look(WORKER, NOW + 61 * SECOND)
    assert states() == [AlertState.ACTIVE]
