# SPDX-License-Identifier: EUPL-1.2
"""The worker process: the outbox, and jobs by the clock. Any number may run; each job runs once."""

import signal
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from prometheus_client import Counter

from tarazy.core import clock, outbox
from tarazy.core.audit.actions import checkpoint
from tarazy.core.errors import Temporary
from tarazy.core.health import Turns
from tarazy.site.environment import Environment
from tarazy.site.wiring import LISTENERS, WORKER
from tarazy.supervision.actions.archive import close_days
from tarazy.supervision.actions.checkins import keep_check_ins
from tarazy.supervision.actions.notices import clean_notices, tell_of_appointments
from tarazy.supervision.actions.pace import keep_pace
from tarazy.supervision.actions.retention import keep_retention
from tarazy.supervision.actions.steps import begin_protocols, escalate_overdue
from tarazy.supervision.actions.watchdog import Watchdog
from tarazy.supervision.notices import post

LONG_AGO = datetime.min.replace(tzinfo=UTC)
PAUSE_S = 1.0
RETRY_S = 5.0
PARTITION_DAYS_AHEAD = 2

log = structlog.get_logger()
runs = Counter("tarazy_worker_runs_total", "Timed jobs that ran", ["job", "outcome"])


@dataclass(slots=True)
class Job:
    """Something to do every so often. Doing it twice at once does no harm."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]
    next_at: datetime = LONG_AGO


def make_partitions(now: datetime) -> None:
    """Make the fix store's days ahead, so that midnight finds its table."""
    days: list[date] = [
        (now + timedelta(days=ahead)).date() for ahead in range(PARTITION_DAYS_AHEAD + 1)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT supervision_ensure_fix_day(day) FROM unnest(%s::date[]) day", [days])


def clean_sessions(_now: datetime) -> None:
    """Drop sessions that have ended."""
    call_command("clearsessions")


def sign_checkpoint(_now: datetime) -> None:
    """Sign the audit log's head and keep it; `audit verify` holds the log against every one."""
    checkpoint(WORKER)


WATCHDOG = Watchdog()

JOBS = (
    Job("outbox", timedelta(seconds=1), lambda now: outbox.deliver(LISTENERS, now)),
    Job("check_ins", timedelta(seconds=10), lambda now: keep_check_ins(WORKER, now)),
    Job("pace", timedelta(seconds=15), lambda now: keep_pace(WORKER, now)),
    Job("protocols", timedelta(seconds=1), begin_protocols),
    Job("escalation", timedelta(seconds=2), lambda now: escalate_overdue(WORKER, now)),
    Job("watchdog", timedelta(seconds=5), lambda now: WATCHDOG.look(WORKER, now)),
    Job("appointments", timedelta(minutes=1), tell_of_appointments),
    Job("partitions", timedelta(hours=1), make_partitions),
    Job("sessions", timedelta(hours=1), clean_sessions),
    Job("checkpoint", timedelta(hours=1), sign_checkpoint),
    Job("outbox_clean", timedelta(hours=6), outbox.clean),
    Job("notices_clean", timedelta(hours=6), clean_notices),
)


SLOW_JOBS = (
    Job("archive", timedelta(hours=1), lambda now: close_days(WORKER, now)),
    Job("retention", timedelta(hours=1), lambda now: keep_retention(WORKER, now)),
)
"""They may take minutes, and have a thread of their own: the outbox must not wait for them."""


def post_jobs(here: Environment) -> tuple[Job, ...]:
    """What carries notices to the routes: a thread of its own, and one more for each gateway.

    Raises Misconfigured where an address is none.
    """
    post.check(here.notices)
    carrier = post.Post(WORKER, here.notices, here.pages_url)
    return (Job("post", timedelta(seconds=1), lambda _now: carrier.round()),)


def tick(now: datetime, jobs: Iterable[Job] = JOBS) -> None:
    """Run what is due. A job that fails is logged and tried again at its next time."""
    for job in jobs:
        if job.next_at > now:
            continue
        job.next_at = now + job.every
        try:
            job.run(now)
        except (OperationalError, Temporary):
            raise
        except Exception:
            runs.labels(job.name, "failed").inc()
            log.exception("worker.job_failed", job=job.name)
        else:
            runs.labels(job.name, "done").inc()


def serve() -> None:
    """Work until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    here = settings.TARAZY
    turns = Turns()
    turns.serve(here.worker_port, "TARAZY_METRICS_PORT")
    carried = post_jobs(here)
    others = [
        threading.Thread(target=_work, args=(stop, jobs, lambda: None))
        for jobs in (SLOW_JOBS, carried)
    ]
    for one in others:
        one.start()
    _work(stop, JOBS, turns.done)
    for one in others:
        one.join()


def _work(stop: threading.Event, jobs: Iterable[Job], done: Callable[[], None]) -> None:
    """Turn after turn until told to stop."""
    while not stop.wait(PAUSE_S):
        try:
            tick(clock.now(), jobs)
            done()
        except (OperationalError, Temporary):
            log.warning("worker.database_away")
            connection.close()
            stop.wait(RETRY_S)
