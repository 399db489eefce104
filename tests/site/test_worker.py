# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from supervision.factory import CONSOLE, supervised, user

from tarazy.core import clock
from tarazy.core.access import Role
from tarazy.core.actions import set_roles
from tarazy.core.audit import log
from tarazy.site import worker
from tarazy.supervision.models import LiveStream

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


@pytest.fixture(autouse=True)
def all_jobs_due() -> None:
    for job in worker.JOBS:
        job.next_at = worker.LONG_AGO


def test_one_turn_does_every_job_and_the_next_waits_for_its_time() -> None:
    supervised()
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - timedelta(days=1))
    worker.tick(NOW)
    assert not Session.objects.exists()
    (point,) = log.checkpoints()
    assert log.size() - 2 <= point.size < log.size()  # signed, then logged, and so was a plan
    with connection.cursor() as cursor:
        for ahead in range(3):
            day = (NOW + timedelta(days=ahead)).strftime("%Y%m%d")
            cursor.execute("SELECT to_regclass(%s)", [f"supervision_fix_{day}"])
            assert cursor.fetchone() != (None,)
    worker.tick(NOW)
    assert len(log.checkpoints()) == 1


def test_a_change_of_roles_closes_the_persons_live_views() -> None:
    now = clock.now()  # a suite may have run for long before this test
    operator = user("the.operator", Role.OPERATOR)
    LiveStream.objects.create(
        user=operator,
        ticket_digest=b"x" * 32,
        purpose="duty",
        language="kk",
        opened_at=now,
        expires_at=now + timedelta(minutes=15),
    )
    set_roles(CONSOLE, operator.public_id, [Role.ANALYST])
    assert LiveStream.objects.get().closed_at is None
    worker.tick(now + timedelta(seconds=2))
    assert LiveStream.objects.get().closed_at is not None


def test_a_job_that_fails_holds_up_no_other() -> None:
    done: list[str] = []

    def fail(_now: datetime) -> None:
        raise ValueError("broken")

    jobs = (
        worker.Job("broken", timedelta(hours=1), fail),
        worker.Job("sound", timedelta(hours=1), lambda _now: done.append("sound")),
    )
    worker.tick(NOW, jobs)
    assert done == ["sound"]
