# SPDX-License-Identifier: EUPL-1.2
"""`tarazy doctor`: one line a check, and what to do. What was not found out is said as such."""

import os
import shutil
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import psycopg
import typer
from cryptography import x509
from django.conf import settings

from tarazy.core import clock
from tarazy.core.outbox import ATTEMPTS_MAX
from tarazy.site.environment import Environment
from tarazy.supervision.archived import ARCHIVE
from tarazy.supervision.models import ArchivedDay

NTP_PORT = 123
NTP_S_MAX = 3.0
NTP_EPOCH_S = 2_208_988_800  # 1900 to 1970, RFC 5905
NTP_REQUEST = b"\x23" + bytes(47)  # version 4, client
CLOCK_S_MAX = 1.0
DISK_DAYS_MIN = 30
DISK_FREE_SHARE_MIN = 0.1
CERTIFICATE_DAYS_MIN = 21
CHECKPOINT_H_MAX = 26
SILENT_H_MAX = 24
OUTBOX_MIN_MAX = 10
HEARTBEAT_S_MAX = 60
FILES_MIN = 30_000
NAMED_MAX = 10


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    LOOK = "look"
    FAULT = "fault"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, in words with what to do."""

    check: str
    state: State
    words: str


def command(
    *, as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False
) -> None:
    """Look at disk, clock, ports, keys, certificates, database and devices; say what to do."""
    findings = list(examine(settings.TARAZY, clock.now()))
    for finding in findings:
        if as_json:
            typer.echo(msgspec.json.encode(asdict(finding)).decode())
        else:
            typer.echo(f"{finding.state.value:<9}  {finding.check:<14}  {finding.words}")
    if any(finding.state is State.FAULT for finding in findings):
        raise typer.Exit(1)


def examine(here: Environment, now: datetime) -> Iterator[Finding]:
    """Every check, in reading order; one that fails in itself is `not known`, with the reason."""
    yield _tried("clock", lambda: clock_finding(here.ntp_server))
    for name, port in here.ports:
        yield _tried("port", partial(port_finding, here.bind, port, name))
    yield _tried("open files", files_finding)
    for path in here.certificates:
        yield _tried("certificate", partial(certificate_finding, path, now))
    try:
        with psycopg.connect(here.database_url, connect_timeout=3, autocommit=True) as database:
            for check, look in DATABASE_CHECKS:
                yield _tried(check, partial(look, database, here, now))
    except psycopg.OperationalError:
        yield Finding("database", State.FAULT, "It does not answer. Is `tarazy up` running?")
        yield _tried("disk", lambda: disk_finding(here.folder, None))


def _tried(check: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (OSError, ValueError, psycopg.Error) as error:
        return Finding(check, State.UNKNOWN, f"It could not be looked at: {type(error).__name__}.")


def clock_finding(server: str) -> Finding:
    """Our clock against a time server's (SNTP, RFC 4330)."""
    if not server:
        return Finding("clock", State.UNKNOWN, "No time server is set: TARAZY_NTP_SERVER.")
    host, _, port = server.partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(NTP_S_MAX)
        try:
            line.connect((host, int(port or NTP_PORT)))
            sent_s = time.time()
            line.send(NTP_REQUEST)
            answer = line.recv(512)
        except OSError:
            words = f"{server} does not answer. Name another one in TARAZY_NTP_SERVER."
            return Finding("clock", State.UNKNOWN, words)
        got_s = time.time()
    if len(answer) < len(NTP_REQUEST):
        return Finding("clock", State.UNKNOWN, f"{server} answers something else than the time.")
    received, answered = (_ntp_s(answer[at : at + 8]) for at in (32, 40))
    ahead_s = (sent_s - received + got_s - answered) / 2
    words = f"Our clock is {abs(ahead_s):.2f} s {'ahead of' if ahead_s > 0 else 'behind'} {server}."
    if abs(ahead_s) > CLOCK_S_MAX:
        return Finding("clock", State.FAULT, f"{words} Start a time service (chrony).")
    return Finding("clock", State.OK, words)


def _ntp_s(stamp: bytes) -> float:
    seconds, fraction = struct.unpack(">II", stamp)
    return float(seconds - NTP_EPOCH_S + fraction / 2**32)


def port_finding(bind: str, port: int, name: str) -> Finding:
    """Whether something listens there: the service when it runs, somebody else when it does not."""
    with socket.socket() as line:
        line.settimeout(1)
        if line.connect_ex((bind, port)) == 0:
            return Finding("port", State.OK, f"{port} ({name}) answers.")
    return Finding("port", State.LOOK, f"{port} ({name}) is silent. Is `tarazy up` running?")


def files_finding() -> Finding:
    """Each connection of a tracker is an open file."""
    most = os.sysconf("SC_OPEN_MAX")
    if most < FILES_MIN:
        words = f"Only {most} files may be open; trackers need one each. Raise LimitNOFILE."
        return Finding("open files", State.LOOK, words)
    return Finding("open files", State.OK, f"{most} files may be open.")


def certificate_finding(path: Path, now: datetime) -> Finding:
    """How long a certificate is still good."""
    certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    days = (certificate.not_valid_after_utc - now).days
    words = f"{path} ends on {certificate.not_valid_after_utc:%Y-%m-%d}, in {days} days."
    if days < 0:
        return Finding("certificate", State.FAULT, f"{path} has ended. Devices are turned away.")
    state = State.LOOK if days < CERTIFICATE_DAYS_MIN else State.OK
    return Finding("certificate", state, words if state is State.OK else f"{words} Renew it.")


def disk_finding(folder: Path, grows_bytes_a_day: float | None) -> Finding:
    """How much is free, and for how long that lasts at the present growth."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    total, _, free = shutil.disk_usage(there)
    words = f"{free / 1e9:.1f} GB of {total / 1e9:.0f} GB are free"
    if not grows_bytes_a_day:
        state = State.OK if free > DISK_FREE_SHARE_MIN * total else State.LOOK
        return Finding("disk", state, f"{words}; how fast it fills is not known yet.")
    days = free / grows_bytes_a_day
    words = f"{words}; at {grows_bytes_a_day / 1e6:.0f} MB a day it lasts {days:.0f} days."
    if days < DISK_DAYS_MIN:
        return Finding("disk", State.FAULT, f"{words} Add space.")
    return Finding("disk", State.OK, words)


Database = psycopg.Connection[tuple[object, ...]]


def _one(database: Database, query: str, *facts: object) -> tuple[object, ...]:
    return database.execute(query.encode(), facts).fetchone() or ()


GROWTH = """
SELECT coalesce(max(pg_total_relation_size(inhrelid)), 0) FROM pg_inherits
WHERE inhparent = 'supervision_fix'::regclass
"""


def growth(database: Database, here: Environment, _now: datetime) -> Finding:
    """By the largest day that the fix store has."""
    (largest,) = _one(database, GROWTH)
    return disk_finding(here.folder, float(str(largest)))


def partitions(database: Database, _here: Environment, now: datetime) -> Finding:
    """Tomorrow's table must be there before midnight."""
    name = f"supervision_fix_{now + timedelta(days=1):%Y%m%d}"
    (found,) = _one(database, "SELECT to_regclass(%s)::text", name)
    if found is None:
        words = "Tomorrow's table of fixes is not there. Is the worker running?"
        return Finding("fix store", State.FAULT, words)
    return Finding("fix store", State.OK, "Tomorrow's table of fixes is there.")


MANIFEST = """
SELECT DISTINCT ON (day) day, generation, run, size_bytes FROM supervision_archivedday
ORDER BY day, generation DESC
"""


def archived(database: Database, here: Environment, _now: datetime) -> Finding:
    """Every file that the manifest names is there, in its size."""
    rows: list[tuple[Any, ...]] = database.execute(MANIFEST).fetchall()
    wrong = []
    for day, generation, run, size_bytes in rows:
        named = ArchivedDay(day=day, generation=generation, run=run)
        paths = [here.folder / ARCHIVE / name for name in (named.name, named.raw_name)]
        if sum(path.stat().st_size if path.is_file() else 0 for path in paths) != size_bytes:
            wrong.append(str(day))
    if not wrong:
        return Finding("archive", State.OK, f"The files of {len(rows)} days are there.")
    more = f" and {len(wrong) - NAMED_MAX} more" if len(wrong) > NAMED_MAX else ""
    words = f"Files are missing or of another size: {', '.join(wrong[:NAMED_MAX])}{more}."
    return Finding("archive", State.FAULT, f"{words} Stop the worker; take them from a backup.")


RESTORED = """
SELECT transaction > pg_snapshot_xmax(pg_current_snapshot())::text::bigint
FROM supervision_enginecheckpoint WHERE name = 'engine'
"""


def reading(database: Database, _here: Environment, _now: datetime) -> Finding:
    """A server made anew from a dump counts its transactions from the start again."""
    if _one(database, RESTORED) == (True,):
        words = (
            "The engine reads no fix: the database was restored, and counts its transactions anew."
            " See Backups in docs/operations.md."
        )
        return Finding("engine", State.FAULT, words)
    return Finding("engine", State.OK, "It reads what comes.")


def heartbeats(database: Database, _here: Environment, now: datetime) -> Finding:
    """Who has not been heard of."""
    rows = database.execute("SELECT process, at FROM supervision_heartbeat").fetchall()
    late = [str(name) for name, at in rows if (now - _time(at)).total_seconds() > HEARTBEAT_S_MAX]
    if late or not rows:
        words = f"Not heard for a minute: {', '.join(late) or 'any process'}. See their logs."
        return Finding("processes", State.FAULT, words)
    return Finding("processes", State.OK, f"{len(rows)} are heard.")


def checkpoint(database: Database, _here: Environment, now: datetime) -> Finding:
    """The audit log is signed every hour."""
    (at,) = _one(database, "SELECT max(at) FROM core_audit_checkpoint")
    if at is None:
        return Finding("audit log", State.LOOK, "It was never signed. Is the worker running?")
    hours = (now - _time(at)).total_seconds() / 3600
    if hours > CHECKPOINT_H_MAX:
        return Finding("audit log", State.FAULT, f"It was last signed {hours:.0f} hours ago.")
    return Finding("audit log", State.OK, f"It was signed {hours:.1f} hours ago.")


OUTBOX = """
SELECT count(*) FILTER (WHERE attempts >= %s), count(*) FILTER (WHERE attempts < %s AND at < %s),
    coalesce(string_agg(DISTINCT listener, ', '), '')
FROM core_outbox_delivery WHERE NOT done
"""


def outbox(database: Database, _here: Environment, now: datetime) -> Finding:
    """What happened in one room and is not told to another: a notice that nobody got."""
    late = now - timedelta(minutes=OUTBOX_MIN_MAX)
    given_up, waiting, who = _one(database, OUTBOX, ATTEMPTS_MAX, ATTEMPTS_MAX, late)
    if waiting:
        words = f"{waiting} events wait for {who}. Is the worker running? See its log."
        return Finding("outbox", State.FAULT, words)
    if given_up:
        words = f"{given_up} events never reached {who}: core_outbox_delivery says why."
        return Finding("outbox", State.LOOK, words)
    return Finding("outbox", State.OK, "Nothing waits.")


FITTED = """
SELECT device.identifier, (
    SELECT known_at FROM supervision_fix
    WHERE person_id = fitting.person_id AND at > now() - interval '10 days'
        AND device_id = device.id ORDER BY at DESC LIMIT 1)
FROM supervision_fitting AS fitting JOIN supervision_device AS device ON device.id = device_id
JOIN supervision_order AS court ON court.person_id = fitting.person_id
WHERE period @> now() AND in_force @> now() ORDER BY device.identifier
"""


def devices(database: Database, _here: Environment, now: datetime) -> Finding:
    """Devices on somebody under an order that we do not hear of."""
    rows = database.execute(FITTED).fetchall()
    limit = timedelta(hours=SILENT_H_MAX)
    silent = [str(name) for name, at in rows if at is None or now - _time(at) > limit]
    if not silent:
        return Finding("devices", State.OK, f"All {len(rows)} that are worn were heard today.")
    more = f" and {len(silent) - NAMED_MAX} more" if len(silent) > NAMED_MAX else ""
    words = f"{len(silent)} of {len(rows)} worn were not heard for a day: "
    return Finding("devices", State.LOOK, f"{words}{', '.join(silent[:NAMED_MAX])}{more}.")


def _time(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.min.replace(tzinfo=UTC)


DATABASE_CHECKS: tuple[tuple[str, Callable[[Database, Environment, datetime], Finding]], ...] = (
    ("disk", growth),
    ("fix store", partitions),
    ("archive", archived),
    ("processes", heartbeats),
    ("engine", reading),
    ("audit log", checkpoint),
    ("outbox", outbox),
    ("devices", devices),
)
