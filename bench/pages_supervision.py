# SPDX-License-Identifier: EUPL-1.2
"""The control centre's pages with 20,000 wearers and a million alerts, on the server's side.

Medians of whole requests: doors, audit line, queries, template. The peer in the same run is the
board of an officer without people: the same page with nothing to show. `--plans` prints how
PostgreSQL answers the slowest query of each page.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import harness
import psycopg
from peers import versions

REPEATS = 15
OPEN_MAX = 2_000
CATCH_UP = 200
"""As many wearers have moved when the live stream takes a turn."""

FILL_ALERTS = Path(__file__).with_suffix(".sql").read_text()


@dataclass(slots=True)
class Asked:
    """The queries of one request, and how long each took."""

    queries: list[tuple[float, str, Any]] = field(default_factory=list)

    def note(self, execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        """Run a query for Django, and keep its time."""
        began = time.perf_counter()
        try:
            return execute(sql, params, *rest)
        finally:
            self.queries.append((time.perf_counter() - began, sql, params))


@contextmanager
def filled(people: int, alerts: int) -> Iterator[harness.Bench]:
    """A database of that size, with Django set up on it."""
    with harness.database() as bench:
        os.environ.update(bench.env)
        import django

        django.setup()
        users()
        bench.fill([n.to_bytes(32, "big") for n in range(people)])
        began = time.perf_counter()
        with psycopg.connect(bench.server.url("tarazy_owner"), autocommit=True) as owner:
            facts = {
                "people": people,
                "alerts": alerts,
                "open": min(OPEN_MAX, alerts // 7, people // 7),
            }
            for statement in FILL_ALERTS.split(";\n"):
                if statement.strip():
                    owner.execute(_filled_in(statement, facts).encode())
            owner.execute("VACUUM ANALYZE")
        print(f"filled in {time.perf_counter() - began:.0f} s")
        yield bench


def _filled_in(statement: str, facts: dict[str, int]) -> str:
    for name, value in facts.items():
        statement = statement.replace(f"%({name})s", str(value))
    return statement


def users() -> None:
    """Forty officers with people, one without, an operator and a supervisor."""
    from tarazy.core.access import Actor, Role
    from tarazy.core.actions import create_user

    for number in range(40):
        create_user(Actor.console(), f"officer{number}", "", roles=[Role.OFFICER], demo=True)
    for name, role in (("idle", Role.OFFICER), ("op", Role.OPERATOR), ("boss", Role.SUPERVISOR)):
        create_user(Actor.console(), name, "", roles=[role], demo=True)


def measure(plans: bool) -> list[harness.Result]:  # noqa: FBT001
    """The median of each page, in ms."""
    from django.test import Client

    from tarazy.core.models import User
    from tarazy.supervision.models import Alert, AlertState

    signed: dict[str, Client] = {}
    for name in ("idle", "op", "officer1", "boss"):
        signed[name] = Client(headers={"host": "127.0.0.1", "accept": "text/html"})
        signed[name].force_login(User.objects.get(username=name))
    alert = Alert.objects.exclude(state=AlertState.RESOLVED).order_by("id")[7]
    assert alert.person is not None
    pages = {
        "board": ("op", "/supervision/"),
        "board, filtered": ("op", "/supervision/?severity=high&hands=free"),
        "board of an officer": ("officer1", "/supervision/"),
        "alert": ("op", f"/supervision/alerts/{alert.public_id}/"),
        "person": ("op", f"/supervision/people/{alert.person.public_id}/"),
        "people": ("op", "/supervision/people/"),
        "people, searched": ("op", "/supervision/people/?name=wearer+1999"),
        "trail": ("op", f"/supervision/people/{alert.person.public_id}/trail/"),
        "orders of an officer": ("officer1", "/supervision/orders/"),
        "orders of everybody": ("boss", "/supervision/orders/"),
        "devices": ("boss", "/supervision/devices/"),
        "resolve together": ("op", "/supervision/together/"),
        "shift, 12 h": ("boss", "/supervision/shift/?hours=12"),
        "shift, a week": ("boss", "/supervision/shift/?hours=168"),
        "shift, 12 h, alerts as CSV": ("boss", "/supervision/shift/export?table=alerts&hours=12"),
    }
    peer, peer_s, _ = timed(signed["idle"], "/supervision/")
    results = [harness.Result("empty board (peer)", peer, "ms", peer)]
    print(f"peer: {1000 * peer_s:.0f} ms of processor")
    for name, (who, address) in pages.items():
        median_ms, spent_s, asked = timed(signed[who], address)
        results.append(harness.Result(name, median_ms, "ms", peer))
        results.append(harness.Result(f"{name}: processor", 1000 * spent_s, "ms", 1000 * peer_s))
        print(f"{name}: {len(asked.queries)} queries")
        if plans:
            explain(asked)
    return [*results, *live(peer)]


def timed(client: Any, address: str) -> tuple[float, float, Asked]:
    """A page's median in ms, seconds of processor (ours and the database's), the last queries."""
    from django.db import connection

    times, asked = [], Asked()
    client.get(address)
    spent_s = processor_s()
    for _ in range(REPEATS):
        asked = Asked()
        began = time.perf_counter()
        with connection.execute_wrapper(asked.note):
            answer = client.get(address)
        times.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    spent_s = (processor_s() - spent_s) / REPEATS
    return 1000 * statistics.median(times), spent_s, asked


def processor_s() -> float:
    """What this process and its database session have used: other people's load is not in it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(words[11]) + int(words[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def live(peer: float) -> list[harness.Result]:
    """What a turn of the live stream reads for one board."""
    from django.db.models import Q
    from django.utils import timezone

    from tarazy.supervision.basis import people_under_order
    from tarazy.supervision.live.reading import _alerts
    from tarazy.supervision.live.standing import Standing
    from tarazy.supervision.looks.board import last_change, wearers
    from tarazy.supervision.looks.filters import Filters

    people = people_under_order(timezone.now()) & Q()
    one = Standing(1, 1, "en", people, Filters(), "")
    last = last_change()
    found = []
    for name, work in (
        ("live: alerts of a board", lambda: _alerts(one)),
        ("live: everybody at the start", lambda: wearers(people)),
        ("live: 200 who moved", lambda: wearers(people, after=last - CATCH_UP)),
    ):
        times = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
        found.append(harness.Result(name, 1000 * statistics.median(times), "ms", peer))
    return found


def explain(asked: Asked) -> None:
    """Print the plan of the slowest query."""
    from django.db import connection

    seconds, sql, params = max(asked.queries, key=lambda one: one[0])
    if not sql.lstrip().upper().startswith("SELECT"):
        return
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {sql}", params)
        plan = "\n".join(f"    {line}" for (line,) in cursor.fetchall())
    print(f"  slowest, {1000 * seconds:.1f} ms: {sql[:160]} …\n{plan}")


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--alerts", type=int, default=1_000_000)
    parser.add_argument("--plans", action="store_true")
    given = parser.parse_args()
    versions.tell()
    with filled(given.people, given.alerts):
        results = measure(given.plans)
        print(f"\n{'page':32} {'median':>12} {'':12}{'peer: an empty board':>12}")
        harness.report("pages_supervision", results)
        print(f"load: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
        from django.db import connections

        connections.close_all()


if __name__ == "__main__":
    main()
