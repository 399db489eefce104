# SPDX-License-Identifier: EUPL-1.2
"""`tarazy storage retention`: looking at a plan puts nothing off."""

from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from tarazy.core import clock
from tarazy.core.access import Actor
from tarazy.core.errors import Refused
from tarazy.supervision.actions.retention import keep_retention, plan_retention
from tarazy.supervision.cli_storage import app
from tarazy.supervision.models import RetentionRun
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
CONSOLE = Actor.console()


def shown() -> str:
    result = CliRunner().invoke(app, ["retention"])
    assert result.exception is None
    return result.output


def test_the_plan_that_waits_is_shown_and_no_other_made() -> None:
    first = shown()
    (run,) = RetentionRun.objects.all()
    assert run.public_id in first
    assert f"{run.planned_at + timedelta(days=1):%Y-%m-%d %H:%M} UTC" in first
    assert shown() == first
    assert RetentionRun.objects.count() == 1
    result = CliRunner().invoke(app, ["retention", "--apply"])
    assert isinstance(result.exception, Refused)
    assert result.exception.name == Refusal.PLAN_TOO_YOUNG


def test_who_looks_every_hour_does_not_keep_the_worker_from_it() -> None:
    now: datetime = clock.now()
    run = plan_retention(CONSOLE, now - timedelta(hours=25))
    shown()
    keep_retention(CONSOLE, now)
    run.refresh_from_db()
    assert run.applied_at == now
    assert run.public_id not in shown()
    assert RetentionRun.objects.count() == 2
