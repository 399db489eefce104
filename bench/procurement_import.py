# SPDX-License-Identifier: EUPL-1.2
"""Import of compiled OCDS with all checks, the indicators over it, and the pages' queries.

The peer of the import is DuckDB's own typed read_json of the same fields to Parquet: one nested
file, no account of what is lost, no versions, no second reading of the same release.

`--kill` ends an import by SIGKILL when half of its parts are there, starts it again, and compares
the tables with those of the last import that was let be.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, get_args, get_origin

import duckdb
import msgspec
import pyarrow as pa
from peers import versions

from tarazy.core import clock
from tarazy.procurement import process_queries, queries
from tarazy.procurement.importing import import_files
from tarazy.procurement.run import run
from tarazy.procurement.simulate import write_market
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.sources.release import Release
from tarazy.procurement.sources.tables import SHAPES
from tarazy.procurement.staging import DONE, PART_BYTES_MAX
from tarazy.procurement.store import Folder

OUT = Path(__file__).parent / "out" / "procurement.jsonl"
REPEATS = 5
PROCESSES = 36_000  # of the market that is simulated: about 100 MB
READ_MB_MAX = 1000  # of larger markets, only the import
WATCH_S = 0.02
MB = 1e6
DECIMALS = {"amount", "quantity"}
MOMENTS = {"date", "startDate", "endDate", "dateSigned"}


@dataclass(frozen=True, slots=True)
class Result:
    """One measured figure, and the peer's in the same run."""

    name: str
    value: float
    unit: str
    peer: str
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one piece of work: time, time of processors, the most memory at once."""

    seconds: float
    cpu_s: float
    peak_mb: float


def main() -> None:
    """Make a market, measure, print a table, append to bench/out/procurement.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=100, help="of releases; 1000, 5000, 10000")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--kill", action="store_true", help="an import in the middle, and resume")
    given = parser.parse_args()
    versions.tell()
    folder = Path(tempfile.mkdtemp(prefix="tarazy-bench-"))
    try:
        market = folder / "market.jsonl"
        make_market(market, given.mb)
        for result in measure(folder, market, given.repeats):
            show(result)
        if given.kill:
            for result in measure_killed(folder, market):
                show(result)
        if given.mb <= READ_MB_MAX:
            for result in measure_reading(folder / "own"):
                show(result)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def show(result: Result) -> None:
    """A line of the table, and of bench/out/procurement.jsonl."""
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("a") as out:
        out.write(json.dumps(asdict(result)) + "\n")
    ratio = f"{result.ratio:7.2f} x {result.peer}" if result.ratio else ""
    print(f"{result.name:48} {result.value:10.3f} {result.unit:8} {ratio}", flush=True)


def make_market(target: Path, mb: int) -> None:
    """A market of this size: one that is simulated, and copies of it under other ocids."""
    once = target.with_name("once.jsonl")
    write_market(once, target.with_name("truth.jsonl"), seed=1, processes=PROCESSES)
    lines = once.read_bytes()
    with target.open("wb") as out:
        for number in range(10**6):
            if out.tell() >= mb * MB:
                break
            copy = lines.replace(b"tarazydemo-1-", b"tarazydemo-%d-" % (number + 1))
            left = int(mb * MB) - out.tell()
            out.write(copy if len(copy) <= left else copy[: copy.find(b"\n", left) + 1])


def measure(folder: Path, market: Path, repeats: int) -> Iterator[Result]:
    """The import and its peer, in pairs."""
    size_mb = market.stat().st_size / MB
    own = folder / "own"
    pairs, peaks = [], []
    for _ in range(repeats):
        shutil.rmtree(own, ignore_errors=True)
        theirs = cost(typed_read_json, market, folder / "peer.parquet")
        ours = cost(import_anew, own, market)
        pairs.append((theirs, ours))
        peaks.append(ours.peak_mb)
    theirs_s, ours_s = (
        statistics.median(one.seconds for one in column) for column in zip(*pairs, strict=True)
    )
    ratio = statistics.median(theirs.seconds / ours.seconds for theirs, ours in pairs)
    cpu = statistics.median(theirs.cpu_s / ours.cpu_s for theirs, ours in pairs)
    yield Result("duckdb typed read_json to Parquet", size_mb / theirs_s, "MB/s", "", None)
    yield Result("import with all checks", size_mb / ours_s, "MB/s", "typed read_json", ratio)
    cpu_s = statistics.median(ours.cpu_s for _, ours in pairs)
    yield Result("import, processor time", size_mb / cpu_s, "MB/s", "typed read_json", cpu)
    yield Result("import, peak memory of all processes", max(peaks), "MB", "", None)


def measure_killed(folder: Path, market: Path) -> Iterator[Result]:
    """An import that is killed in the middle and started again; the same tables, or an error."""
    own = folder / "killed"
    half = market.stat().st_size / PART_BYTES_MAX / 2
    process = get_context("spawn").Process(target=import_anew, args=(own, market))
    start = time.perf_counter()
    process.start()
    while process.is_alive() and len(list(own.glob(f"staging/parts/*/{DONE}"))) < half:
        time.sleep(WATCH_S)
    process.kill()
    process.join()
    before = time.perf_counter() - start
    again = cost(import_anew, own, market)
    found, expected = (fingerprints(folder / name) for name in ("killed", "own"))
    if found != expected:
        raise SystemExit(f"other tables after a kill: {found} instead of {expected}")
    yield Result("import until it was killed", before, "s", "", None)
    yield Result("import gone on with after it", again.seconds, "s", "", None)


def fingerprints(own: Path) -> dict[str, tuple[int, int]]:
    """Of each table: rows, and a hash of all but what is of the folder itself, in no order."""
    store = Folder(own)
    with store.engine("2GB") as engine:
        found = {}
        for name, files in store.tables(store.manifest()).items():
            own_columns = {"source", *SHAPES[name].sealed}
            columns = ", ".join(one for one in SCHEMAS[name].names if one not in own_columns)
            found[name] = engine.sql(
                f"SELECT count(*), bit_xor(hash({columns})) FROM read_parquet('{files}')"
            ).fetchall()[0]
        return found


def measure_reading(own: Path) -> Iterator[Result]:
    """What is done with the tables."""
    bids = Folder(own).manifest().rows["bid"]
    taken = statistics.median(seconds(lambda: run(own, now=clock.now())) for _ in range(REPEATS))
    yield Result("all indicators, per million bids", taken / bids * 1e6, "s", "", None)
    for name, look in looks(own):
        taken = statistics.median(seconds(look) for _ in range(REPEATS))
        yield Result(name, taken * 1e3, "ms", "", None)


def import_anew(own: Path, market: Path) -> None:
    import_files(own, [market], now=clock.now())


def cost(work: Callable[[Path, Path], None], first: Path, second: Path) -> Cost:
    """What a piece of work takes in a process of its own, started and warm beforehand."""
    context = get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_timed, args=(work, first, second, tell))
    process.start()
    tell.close()  # the last end that is open is the process's own: where it dies, we hear of it
    peak_kb = 0
    while not told.poll(WATCH_S):
        peak_kb = max(peak_kb, resident_kb(process.pid or 0))
    taken, cpu_s = told.recv()
    process.join()
    return Cost(taken, cpu_s, peak_kb / 1e3)


def _timed(work: Callable[[Path, Path], None], first: Path, second: Path, tell: Connection) -> None:
    pa.array([""])  # pyarrow looks for pandas at its first array
    before = sum(os.times()[:4])
    taken = seconds(lambda: work(first, second))
    tell.send((taken, sum(os.times()[:4]) - before))


def resident_kb(pid: int) -> int:
    """Memory of a process and its children now, each by itself."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it has ended meanwhile
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return (int(found[1]) if found else 0) + sum(resident_kb(int(child)) for child in children)


def looks(own: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the pages ask."""
    wanted = queries.Wanted
    some = queries.flags(own, wanted()).rows[0]
    buyer, word = some["buyer_id"] or "", (some["title"] or "").split(" ")[-1]
    one = wanted(code="R003", answer="all", text=word)
    largest = wanted(code="R003", answer="all", sort="largest")
    yield "page of flags", lambda: queries.flags(own, wanted())
    yield "page 200 of flags", lambda: queries.flags(own, wanted(page=200))
    yield "page of flags, largest first", lambda: queries.flags(own, wanted(sort="largest"))
    yield "page of flags, a buyer", lambda: queries.flags(own, wanted(buyer=buyer))
    yield "page of flags, words", lambda: queries.flags(own, wanted(text=word))
    yield "page of every answer of one indicator, words", lambda: queries.flags(own, one)
    yield "the same, no words, largest first", lambda: queries.flags(own, largest)
    yield "page to open first, a buyer", lambda: queries.first(own, wanted(buyer=buyer))
    yield "page to open first, words", lambda: queries.first(own, wanted(text=word))
    yield "page of a process", lambda: process_queries.process(own, some["ocid"])


def typed_read_json(market: Path, target: Path) -> None:
    """The peer."""
    columns = ", ".join(
        f"{field.encode_name}: '{_type(field.encode_name, field.type)}'"
        for field in msgspec.structs.fields(Release)
    )
    with duckdb.connect() as engine:
        engine.execute("SET enable_progress_bar = false")
        engine.execute(
            f"COPY (FROM read_json('{market}', format='newline_delimited', columns={{{columns}}}))"
            f" TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )


def _type(name: str, kind: Any) -> str:
    if kind is Any or kind is str:
        if name in DECIMALS:
            return "DECIMAL(28, 8)"
        return "TIMESTAMPTZ" if name in MOMENTS else "VARCHAR"
    if get_origin(kind) is tuple:
        return f"{_type(name, get_args(kind)[0])}[]"
    inner = ", ".join(
        f'"{field.encode_name}" {_type(field.encode_name, field.type)}'
        for field in msgspec.structs.fields(kind)
    )
    return f"STRUCT({inner})"


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
