# SPDX-License-Identifier: EUPL-1.2
"""All indicators over a made-up country of a given size, Cardinal's eleven alone, and the queries.

The whole country is `--processes 11100000`: 18 million contracts, 28 million lots, 40 million plan
items, 22 million bids. There is no peer: nobody else computes these. Figures are of this machine's
processors (`cpu`) and of the clock; on a machine that others use too, the first is the one to read.
Two indicators are answered at once: the figures of one are its own with `--one-by-one` only.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import msgspec
from peers import versions
from procurement_import import looks, resident_kb, seconds

from tarazy.core import clock
from tarazy.procurement import assessing, listing, numbered, references
from tarazy.procurement.country import write_country
from tarazy.procurement.run import memory, prepared, remembered, run, show
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.store import Folder

OUT = Path(__file__).parent / "out" / "procurement_indicators.jsonl"
PROCESSES = 50_000  # about 0.1 million bids
LOOKS = 3
WATCH_S = 0.2
ELEVEN = (
    "R003", "R018", "R024", "R025", "R028", "R030", "R035", "R036", "R038", "R048", "R058",
)  # fmt: skip


class Clock:
    """The time since the last call, by the clock and of processors, under a name."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float]] = []
        self.at, self.cpu = time.perf_counter(), time.process_time()

    def __call__(self, name: str) -> None:
        at, cpu = time.perf_counter(), time.process_time()
        self.rows.append((name, at - self.at, cpu - self.cpu))
        self.at, self.cpu = at, cpu

    def whole(self) -> tuple[str, float, float]:
        """All of it together."""
        return "all", sum(row[1] for row in self.rows), sum(row[2] for row in self.rows)


class Memory:
    """The most memory that this process had while it was watched."""

    def __init__(self) -> None:
        self.peak_kb, self._on = 0, True
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while self._on:
            self.peak_kb = max(self.peak_kb, resident_kb(os.getpid()))
            time.sleep(WATCH_S)

    def stop(self) -> float:
        """The peak in MB."""
        self._on = False
        self._thread.join()
        return self.peak_kb / 1e3


def main() -> None:
    """Make a country, assess it, look at its pages; print, append to bench/out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--folder", type=Path, help="an empty one that stays; else a temporary one")
    parser.add_argument("--one-by-one", action="store_true")
    asked = parser.parse_args()
    versions.tell()
    if asked.one_by_one:
        assessing.AT_ONCE = 1
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="tarazy-bench-"))
    try:
        for name, value, unit in measured(folder, asked.processes):
            print(f"{name:40} {value:12.2f} {unit}", flush=True)
            OUT.parent.mkdir(exist_ok=True)
            with OUT.open("a") as log:
                row = {"processes": asked.processes, "name": name, "value": value, "unit": unit}
                log.write(json.dumps(row) + "\n")
    finally:
        if not asked.folder:
            shutil.rmtree(folder, ignore_errors=True)


def measured(folder: Path, processes: int) -> Iterator[tuple[str, float, str]]:
    """(what, figure, unit) of everything, each as soon as it is known: a country takes an hour."""
    timed = Clock()
    if Folder(folder).manifest().tables is None:
        write_country(folder, seed=1, processes=processes, now=clock.now())
    timed("the country")
    rows = Folder(folder).manifest().rows
    yield from ((f"rows: {name}", float(count), "") for name, count in rows.items() if count)
    million_bids = max(rows["bid"], 1) / 1e6
    memory = Memory()
    whole = Clock()
    run(folder, now=clock.now(), tell=timed)
    whole("all indicators")
    for step in sorted(timed.rows, key=lambda row: -row[2]):
        yield from figures(*step)
    yield from figures(*whole.rows[0])
    yield from figures(*whole.rows[0], million_bids)
    yield "peak memory", memory.stop(), "MB"
    on_disk = sum(one.stat().st_size for one in folder.rglob("*.parquet"))
    yield "disk", on_disk / 1e6, "MB"
    whole = Clock()
    run(folder, now=clock.now())
    whole("all indicators again")
    yield from figures(*whole.rows[0])
    yield from figures(*whole.rows[0], million_bids)
    yield from ((name, _median_ms(look), "ms") for name, look in looks(folder))
    for which in ("again", "for the first time"):
        parts = Clock()
        eleven(folder, parts)
        for name, by_clock, of_cpu in [*parts.rows, parts.whole()]:
            named = f"Cardinal's eleven {which}, {name}"
            yield from figures(named, by_clock, of_cpu, million_bids)
        shutil.rmtree(Folder(folder).prepared(Folder(folder).manifest()))
    yield "load", os.getloadavg()[0], ""


def figures(
    name: str, by_clock: float, of_cpu: float, million_bids: float | None = None
) -> Iterator[tuple[str, float, str]]:
    """What a step took, by the clock and of processors; as a whole, or per million bids."""
    each = ", per million bids" if million_bids else ""
    yield name + each, by_clock / (million_bids or 1.0), "s"
    yield f"{name}{each}, processors", of_cpu / (million_bids or 1.0), "s"


def eleven(folder: Path, timed: Clock) -> None:
    """Cardinal's eleven alone, from tables to files of answers; what is prepared is not made."""
    written, store = remembered(folder), Folder(folder)
    queries = {code: written.queries[code] for code in ELEVEN}
    needed: dict[str, str] = {}
    for name, query in reversed(written.shared.items()):
        if any(f'"shared_{name}"' in one for one in (*queries.values(), *needed.values())):
            needed = {name: query, **needed}
    alone = msgspec.structs.replace(written, shared=needed, queries=queries)
    target = Path(tempfile.mkdtemp(prefix="tarazy-bench-", dir=folder))
    try:
        with store.writing() as manifest, store.engine(memory()) as engine:
            engine.execute("SET preserve_insertion_order = false")  # as in a run
            files, kept = store.tables(manifest), prepared(store, manifest, written)
            asked = " ".join((*queries.values(), *needed.values()))
            named = [name for name in SCHEMAS if f'"{name}"' in asked]
            references.show(engine, folder)
            if kept.lacks(numbered.names(named)):
                show(engine, files, folder)
            listing.write_facts(engine, kept, files[numbered.PROCESS], target)
            numbered.write(engine, kept, named)
            timed("tables by numbers")
            assessing.share(engine, alone, kept, lambda _name: None)
            timed("shared tables")
            assessing.assess_all(engine, alone, target, lambda _name: None)
            timed("their answers")
    finally:
        shutil.rmtree(target)


def _median_ms(look: Callable[[], object]) -> float:
    return sorted(seconds(look) for _ in range(LOOKS))[LOOKS // 2] * 1e3


if __name__ == "__main__":
    main()
