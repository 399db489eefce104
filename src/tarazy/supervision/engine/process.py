# SPDX-License-Identifier: EUPL-1.2
"""The engine's process: wait for fixes or the next timer, step, say what it did.

SIGTERM and Ctrl-C stop it after the step under way. Where the database is away it waits and tries
again; nothing is lost, for nothing but the database knows how far it came.
"""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import psycopg
import structlog
from django.conf import settings
from django.db import connection
from prometheus_client import Counter, Gauge, Histogram

from tarazy.core import clock
from tarazy.core.errors import Temporary
from tarazy.core.health import Turns
from tarazy.supervision.engine import parts
from tarazy.supervision.engine.rounds import make_ready
from tarazy.supervision.engine.step import Engine, StepResult

CHANNEL = "tarazy_fixes"
WAIT_S_MAX = 1.0
PAUSE_S = 0.1
"""Between two steps, so that a stream of single fixes is judged in small batches."""
RETRY_S = 1.0

FIXES = Counter("tarazy_engine_fixes_total", "Fixes judged")
TURNS = Counter("tarazy_engine_alert_turns_total", "Turns of alerts", ["kind"])
STEP_S = Histogram("tarazy_engine_step_seconds", "Time of one step")
JUDGED_AT = Gauge("tarazy_engine_judged_timestamp_seconds", "When the last step was done")

log = structlog.get_logger()


def serve(helper: Sequence[str] = ()) -> None:
    """Judge until told to stop; `helper` as in `parts.caught_up`. Raises Misconfigured."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    turns = Turns()

    def note(result: StepResult, seconds: float) -> None:
        _report(result, seconds)
        turns.done()

    def step(engine: Engine, now: datetime) -> StepResult:
        started = time.monotonic()
        result = engine.step(now)
        note(result, time.monotonic() - started)
        return result

    turns.serve(settings.TARAZY.metrics_port, "TARAZY_METRICS_PORT")
    log.info("engine_started", metrics_port=settings.TARAZY.metrics_port)
    make_ready()
    while not stop.is_set():
        try:
            with _listening() as notices:
                engine = parts.caught_up(helper, clock.now(), stop, step, note)
                while not stop.is_set():
                    _wait_after(step(engine, clock.now()), notices, stop)
        except (Temporary, psycopg.OperationalError) as error:
            log.warning("database_away", error=str(error))
            connection.close()
            stop.wait(RETRY_S)
    log.info("engine_stopped")


def _wait_after(result: StepResult, notices: psycopg.Connection, stop: threading.Event) -> None:
    if not result.more:
        stop.wait(PAUSE_S)
        _wait(notices, result.due)


def _wait(notices: psycopg.Connection, due: datetime | None) -> None:
    """Until something was committed, a timer is due, or a second is over."""
    seconds = WAIT_S_MAX
    if due is not None:
        seconds = min(seconds, max((due - clock.now()) / timedelta(seconds=1), PAUSE_S))
    for _ in notices.notifies(timeout=seconds, stop_after=1):
        break


@contextmanager
def _listening() -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.TARAZY.database_url, autocommit=True) as notices:
        notices.execute(f"LISTEN {CHANNEL}")
        yield notices
        with suppress(psycopg.OperationalError):
            notices.execute("UNLISTEN *")


def _report(result: StepResult, seconds: float) -> None:
    FIXES.inc(result.fixes)
    STEP_S.observe(seconds)
    JUDGED_AT.set_to_current_time()
    for kind in ("raised", "changed", "cleared", "withdrawn"):
        TURNS.labels(kind).inc(getattr(result, kind))
    if result.raised or result.changed or result.cleared or result.withdrawn:
        log.info(
            "alerts",
            raised=result.raised,
            changed=result.changed,
            cleared=result.cleared,
            withdrawn=result.withdrawn,
            fixes=result.fixes,
            seconds=round(seconds, 3),
        )
