# SPDX-License-Identifier: EUPL-1.2
"""The pages of procurement over a made-up country of a given size, on the server's side.

Medians of whole requests: doors, audit line, DuckDB, template; by the clock and of processors. The
peer in the same run is the list of flags of a market without any. A folder that was assessed
already (`--folder`, as `bench/procurement_indicators.py --folder` leaves it) is used as it is.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import harness
from peers import versions

REPEATS = 7
PROCESSES = 100_000
WORD = "алу 12"  # of a few titles in a hundred


@contextmanager
def served(folder: Path, processes: int) -> Iterator[Path]:
    """A database, and Django on it with this folder as the market; where Django has it."""
    with harness.database() as bench:
        os.environ.update(bench.env)
        import django

        django.setup()
        from django.conf import settings

        from tarazy.core import clock
        from tarazy.core.access import Actor, Role
        from tarazy.core.actions import create_user
        from tarazy.procurement import counting
        from tarazy.procurement.country import write_country
        from tarazy.procurement.run import run
        from tarazy.procurement.store import Folder

        if Folder(folder).manifest().tables is None:
            write_country(folder, seed=1, processes=processes, now=clock.now())
        if Folder(folder).manifest().findings is None:
            run(folder, now=clock.now())
        began = time.perf_counter()
        counting.keep(folder)
        print(f"counted for the pages of quality in {time.perf_counter() - began:.0f} s")
        create_user(Actor.console(), "analyst", "", roles=[Role.ANALYST], demo=True)
        yield Path(settings.TARAZY.procurement_folder)


def addresses(folder: Path) -> dict[str, str]:
    """The pages, by what they show."""
    from tarazy.procurement import queries

    first = queries.first(folder, queries.Wanted()).rows[0]
    buyer, word = quote(first["buyer_id"]), quote(WORD)
    flags, opened = "/procurement/flags", "/procurement/first"
    return {
        "open first": opened,
        "open first, page 200": f"{opened}?page=200",
        "open first, words": f"{opened}?text={word}",
        "open first, a buyer": f"{opened}?buyer={buyer}",
        "flags": flags,
        "flags, page 200": f"{flags}?page=200",
        "flags, of one indicator": f"{flags}?code=R028",
        "flags, largest first": f"{flags}?sort=largest",
        "flags, words": f"{flags}?text={word}",
        "flags, a buyer": f"{flags}?buyer={buyer}",
        "flags, a year": f"{flags}?year={first['year']}",
        "clear, of one indicator": f"{flags}?code=R003&answer=clear",
        "not assessed, of one indicator": f"{flags}?code=R003&answer=not_assessed",
        "not assessed, of one, words": f"{flags}?code=R003&answer=not_assessed&text={word}",
        "every answer": f"{flags}?answer=all",
        "process": f"/procurement/processes/{quote(first['ocid'])}",
        "buyers": "/procurement/buyers",
        "buyer": f"/procurement/buyers/{buyer}",
        "data quality": "/procurement/quality",
        "every answer of one, largest first": f"{flags}?code=R003&answer=all&sort=largest",
        "every answer of one, words": f"{flags}?code=R003&answer=all&text={word}",
    }


def measure(folder: Path, at: Path) -> Iterator[harness.Result]:
    """The median of each page in ms, and what it takes of processors."""
    from django.test import Client

    from tarazy.core.models import User

    client = Client(headers={"host": "127.0.0.1", "accept": "text/html"})
    client.force_login(User.objects.get(username="analyst"))
    peer, peer_cpu = timed(client, "/procurement/flags")
    yield harness.Result("flags of an empty market (peer)", peer, "ms", peer)
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(folder.resolve())
    for name, address in addresses(folder).items():
        median, cpu = timed(client, address)
        print(f"{name:32} {median:9.0f} ms {cpu:9.0f} ms of processor", flush=True)
        yield harness.Result(name, median, "ms", peer)
        yield harness.Result(f"{name}: processor", cpu, "ms", peer_cpu)


def timed(client: Any, address: str) -> tuple[float, float]:
    """A page's median by the clock and of our processors, in ms."""
    times, spent = [], []
    for _ in range(REPEATS):
        began, cpu = time.perf_counter(), time.process_time()
        answer = client.get(address)
        times.append(time.perf_counter() - began)
        spent.append(time.process_time() - cpu)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    return 1000 * statistics.median(times), 1000 * statistics.median(spent)


def main() -> None:
    """Make or take a country, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="one that stays; else a temporary one")
    parser.add_argument("--processes", type=int, default=PROCESSES)
    given = parser.parse_args()
    versions.tell()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="tarazy-bench-"))
    try:
        with served(folder, given.processes) as at:
            results = list(measure(folder, at))
            harness.report("pages_procurement", results)
            print(f"load: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
            from django.db import connections

            connections.close_all()
    finally:
        if not given.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
