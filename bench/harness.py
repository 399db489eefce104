# SPDX-License-Identifier: EUPL-1.2
"""What the benchmarks of intake share: a database with people under order, a process, a table."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from tarazy.site import secrets
from tarazy.site.postgres import Postgres

FOLDER = Path(__file__).parent / "out"
PORT = 18001
TRACKER_PORT = 18002
RUNS = 3
READY_S_MAX = 30
STOP_S_MAX = 30

GATEWAY = "from tarazy.site import service; service.gateway()"

FILL = """
INSERT INTO supervision_person (public_id, full_name, sort_key, phone)
    SELECT 'per_' || md5('p' || n), 'x', 'x', '' FROM generate_series(1, %(count)s) AS n;
INSERT INTO supervision_device (public_id, kind, identifier, broker_hash, report_interval_s)
    SELECT 'dev_' || md5('d' || n), 'owntracks', n::text, '', 60
    FROM generate_series(1, %(count)s) AS n;
INSERT INTO supervision_fitting (public_id, device_id, person_id, period)
    SELECT 'fit_' || md5(id::text), id, id, tstzrange(now() - interval '40 days', NULL)
    FROM supervision_device;
INSERT INTO supervision_order (public_id, person_id, measure, court, document_number, judge,
    decided_on, in_force, late_upload_h, time_zone, version)
    SELECT 'ord_' || md5(id::text), id, 'bail', '', '', '', now(),
        tstzrange(now() - interval '40 days', now() + interval '9 days'), 72, 'Asia/Almaty', 1
    FROM supervision_person;
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One measured figure, and the peer's in the same run."""

    name: str
    value: float
    unit: str
    peer: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer if self.peer else None


@dataclass(frozen=True, slots=True)
class Run:
    """Messages in a second, and how long the answers took."""

    rate: float
    latencies_s: list[float]

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_s)
        return 1000 * ordered[int(share * (len(ordered) - 1))]


@dataclass(frozen=True, slots=True)
class Bench:
    """A database of its own, and the settings of a gateway over it."""

    server: Postgres
    env: dict[str, str]

    @property
    def device_key(self) -> str:
        return self.env["TARAZY_DEVICE_KEY"]

    def fill(self, digests: list[bytes]) -> list[str]:
        """As many people under order, each with a device of that address; the devices' ids."""
        with psycopg.connect(self.server.url("tarazy_owner"), autocommit=True) as connection:
            for statement in FILL.split(";\n"):
                if statement.strip():
                    query = statement.replace("%(count)s", str(len(digests)))
                    connection.execute(query.encode())
            connection.cursor().executemany(
                "INSERT INTO supervision_deviceaddress (device_id, digest) VALUES (%s, %s)",
                list(enumerate(digests, 1)),
            )
            connection.execute("ANALYZE")
            found = connection.execute("SELECT public_id FROM supervision_device ORDER BY id")
            return [public_id for (public_id,) in found.fetchall()]

    def places(self) -> int:
        """How many reports with a place the fix store has."""
        with psycopg.connect(self.server.url("tarazy_owner"), autocommit=True) as connection:
            query = "SELECT count(*) FROM supervision_fix WHERE lat IS NOT NULL"
            (count,) = connection.execute(query).fetchone() or (0,)
            return int(count)


@contextmanager
def database() -> Iterator[Bench]:
    """An embedded PostgreSQL in a folder that goes away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tarazy-bench-"))
    server = Postgres(folder / "postgres")
    try:
        server.start()
        env = {
            **os.environ,
            **secrets.make("demo-"),
            "TARAZY_MODE": "demo",
            "TARAZY_FOLDER": str(folder),
            "TARAZY_GATEWAY_PORT": str(PORT),
            "TARAZY_TRACKERS": f"gt06={TRACKER_PORT}",
            "DATABASE_URL": server.url("tarazy_app"),
            "TARAZY_OWNER_DATABASE_URL": server.url("tarazy_owner"),
            "DJANGO_SETTINGS_MODULE": "tarazy.site.settings",
        }
        migrate = [sys.executable, "-m", "django", "migrate", "--database", "owner", "-v", "0"]
        subprocess.run(migrate, env=env, check=True)
        yield Bench(server, env)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def apart(work: Callable[[Bench], None]) -> None:
    """In a process and a database of its own. Raises SystemExit where that fails."""
    sys.stdout.flush()  # else the child would say again what waits to be printed
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit("a part of the benchmark failed: see above")
        return
    with database() as bench:
        work(bench)
    sys.stdout.flush()
    os._exit(0)


def http_ready() -> bool:
    """The gateway, or a peer that speaks HTTP, is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready", timeout=1):
            return True
    except OSError:
        return False


def tcp_ready() -> bool:
    """A peer of the doors for trackers listens."""
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", TRACKER_PORT)) == 0


@contextmanager
def serving(
    code: str, env: dict[str, str], ready: Callable[[], bool] = http_ready
) -> Iterator[int]:
    """A process that runs this code, once it is ready; its id."""
    process = subprocess.Popen([sys.executable, "-c", code], env=env)
    try:
        deadline_s = time.monotonic() + READY_S_MAX
        while not ready():
            if time.monotonic() > deadline_s or process.poll() is not None:
                raise RuntimeError("the process did not come up")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            # Left alone it would keep our output open, and whoever reads that would wait for ever.
            process.kill()
            process.wait()
            raise RuntimeError(f"the process did not stop within {STOP_S_MAX} s") from None


def measured(go: Callable[[], Run]) -> Run:
    """The middle one of several runs, after one that warms up."""
    go()
    runs = sorted((go() for _ in range(RUNS)), key=lambda run: run.rate)
    return runs[len(runs) // 2]


def report(bench: str, results: list[Result]) -> None:
    """Print a table, and add it to the file of results."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{bench}.jsonl").open("a") as lines:
        for one in results:
            line = {**asdict(one), "name": f"{bench}_{one.name}", "ratio": one.ratio}
            lines.write(json.dumps(line) + "\n")
            peer = "" if one.peer is None else f"{one.peer:12.0f} {one.ratio:8.2f}"
            print(f"{one.name:32} {one.value:12.1f} {one.unit:12}{peer}")
