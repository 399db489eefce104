# SPDX-License-Identifier: EUPL-1.2
"""Starts and watches the processes of one machine; the only owner of the embedded PostgreSQL.

Order: database, tables, processes. A process that dies is started again, ever more slowly.
Ctrl-C stops the processes first and the database last.
"""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import structlog
from django.conf import settings
from django.core.management import call_command

from tarazy.core.errors import Misconfigured, Temporary
from tarazy.core.models import User
from tarazy.site.environment import Environment
from tarazy.site.postgres import Postgres
from tarazy.supervision.notices import post

WATCH_S = 0.25
BACKOFF_S_MAX = 30.0
STEADY_S = 60.0
STOP_S_MAX = 10.0
PR_SET_PDEATHSIG = 1  # prctl(2)

log = structlog.get_logger()


@dataclass(slots=True)
class Process:
    """One process of the service and how it fared."""

    name: str
    words: tuple[str, ...]
    running: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    failures: int = 0
    not_before_s: float = 0.0


def process(name: str) -> Process:
    """A process that the `tarazy` command runs under this name."""
    return Process(name, (name,))


PROCESSES = ("web", "gateway", "engine", "events", "worker")
"""In the order of their start: the pages take longest to load."""


@dataclass(slots=True)
class Watch:
    """All processes, started and kept alive until somebody says stop."""

    processes: list[Process]
    tend: Callable[[], None] = lambda: None
    """Looks after what the processes stand on: the database."""
    stop: threading.Event = field(default_factory=threading.Event)

    def start_all(self) -> None:
        """Start what is not running and may run again."""
        for one in self.processes:
            if one.running is None and time.monotonic() >= one.not_before_s:
                one.running = subprocess.Popen(  # noqa: S603 - our own words
                    [sys.executable, "-m", "tarazy.site.cli", *one.words],
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                    preexec_fn=die_with_parent,
                )
                one.started_s = time.monotonic()

    def look(self) -> None:
        """Note who died, and when to start it again."""
        for one in self.processes:
            if one.running is None or one.running.poll() is None:
                continue
            now = time.monotonic()
            one.failures = 1 if now - one.started_s > STEADY_S else one.failures + 1
            wait_s = min(2.0 ** (one.failures - 1), BACKOFF_S_MAX)
            log.warning(
                "up.process_ended", name=one.name, code=one.running.returncode, again_in_s=wait_s
            )
            one.running, one.not_before_s = None, now + wait_s

    def run(self) -> None:
        """Keep them alive until `stop` is set."""
        while not self.stop.is_set():
            self.tend()
            self.start_all()
            self.stop.wait(WATCH_S)
            self.look()

    def end(self) -> None:
        """Ask all to stop, in turn; who does not within the time is killed."""
        alive = [one.running for one in self.processes if one.running is not None]
        for running in alive:
            running.terminate()
        deadline = time.monotonic() + STOP_S_MAX
        for running in alive:
            try:
                running.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def die_with_parent() -> None:
    """If we are killed, the kernel tells our children to stop: no orphan holds a port."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def database(here: Environment) -> Iterator[Callable[[], None]]:
    """The folder, and its embedded PostgreSQL unless DATABASE_URL is given, for as long as we run.

    Gives what to call now and then: it starts the server again should it have died. Raises
    Misconfigured where somebody else has the folder.
    """
    with _alone(here):
        if not here.embedded:
            yield lambda: None
            return
        server = Postgres(here.folder / "postgres")
        if server.start():
            log.info("up.database_adopted")
        try:
            yield lambda: _revive(server)
        finally:
            server.stop()


def _revive(server: Postgres) -> None:
    if server.alive():
        return
    log.warning("up.database_died")
    try:
        server.start()
    except Temporary as error:
        log.warning("up.database_not_back", error=str(error))


@contextmanager
def _alone(here: Environment) -> Iterator[None]:
    """Only one owner of a folder at a time."""
    with (here.folder / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Misconfigured("TARAZY_FOLDER", f"{here.folder} is in use: tarazy runs") from error
        yield


def prepare(here: Environment) -> None:
    """Tables up to date, and nothing of a demo in a real service."""
    if "owner" in settings.DATABASES:
        call_command("migrate", database="owner", verbosity=0)
    post.check(here.notices)
    if not here.demo and User.objects.filter(demo=True).exists():
        raise Misconfigured("DATABASE_URL", "holds a demo with public passwords; use another one")


def check_ports(here: Environment) -> None:
    """Say before anything starts that a port is taken, by others or by another setting of ours."""
    with ExitStack() as held:
        for name, port in here.ports:
            attempt = held.enter_context(socket.socket())
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind((here.bind, port))
                attempt.listen()
            except OSError as error:
                remedy = f"port {port} cannot be used on {here.bind}: {error.strerror}"
                raise Misconfigured(name, remedy) from error


def run(
    names: Sequence[str],
    *,
    extra: Sequence[Process] = (),
    before: Callable[[], None] | None = None,
    ready: Callable[[threading.Event], None] | None = None,
) -> None:
    """Run the service until SIGINT or SIGTERM.

    `before` is called once the tables are there, `ready` in a thread once the processes start.
    """
    here: Environment = settings.TARAZY
    here.folder.mkdir(parents=True, exist_ok=True)
    check_ports(here)
    watch = Watch([*(process(name) for name in names), *extra])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with database(here) as watch.tend:
            prepare(here)
            if before is not None:
                before()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: watch.stop.set())
            if ready is not None:
                threading.Thread(target=ready, args=(watch.stop,), daemon=True).start()
            try:
                watch.run()
            finally:
                log.info("up.stopping", processes=len(watch.processes), pid=os.getpid())
                watch.end()
    except KeyboardInterrupt:
        log.info("up.interrupted_before_it_ran")
