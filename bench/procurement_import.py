# SPDX-License-Identifier: EUPL-1.2
"""Import of compiled OCDS with all checks, the indicators over it, and the pages' queries.

The peer of the import is DuckDB's own typed read_json of the same fields to Parquet: one nested
file, no account of what is lost, no versions, no second reading of the same release.
"""

import argparse
import json
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

import duckdb
import msgspec

from tarazy.core import clock
from tarazy.procurement import queries
from tarazy.procurement.importing import import_files
from tarazy.procurement.run import run
from tarazy.procurement.simulate import write_market
from tarazy.procurement.sources.release import Release
from tarazy.procurement.store import Folder

OUT = Path(__file__).parent / "out" / "procurement.jsonl"
REPEATS = 3
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


def main() -> None:
    """Make a market, measure, print a table, append to bench/out/procurement.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=50_000)
    processes = parser.parse_args().processes
    folder = Path(tempfile.mkdtemp(prefix="tarazy-bench-"))
    try:
        market = folder / "market.jsonl"
        write_market(market, folder / "truth.jsonl", seed=1, processes=processes)
        results = list(measure(folder, market))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("a") as out:
        for result in results:
            out.write(json.dumps(asdict(result)) + "\n")
            ratio = f"{result.ratio:7.2f} x {result.peer}" if result.ratio else ""
            print(f"{result.name:48} {result.value:10.3f} {result.unit:8} {ratio}")


def measure(folder: Path, market: Path) -> Iterator[Result]:
    """All figures over one market."""
    size_mb = market.stat().st_size / MB
    own = folder / "own"

    def import_anew() -> None:
        shutil.rmtree(own, ignore_errors=True)
        import_files(own, [market], now=clock.now())

    pairs = [
        (seconds(lambda: typed_read_json(market, folder / "peer.parquet")), seconds(import_anew))
        for _ in range(REPEATS)
    ]
    theirs, ours = (size_mb / statistics.median(column) for column in zip(*pairs, strict=True))
    yield Result("duckdb typed read_json to Parquet", theirs, "MB/s", "", None)
    yield Result("import with all checks", ours, "MB/s", "typed read_json", ours / theirs)
    peak_kb = sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    yield Result("peak memory, main process and one worker", peak_kb / 1e3, "MB", "", None)
    bids = Folder(own).manifest().rows["bid"]
    taken = statistics.median(seconds(lambda: run(own, now=clock.now())) for _ in range(REPEATS))
    yield Result("all indicators, per million bids", taken / bids * 1e6, "s", "", None)
    for name, look in looks(own):
        taken = statistics.median(seconds(look) for _ in range(REPEATS))
        yield Result(name, taken * 1e3, "ms", "", None)


def looks(own: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the pages ask."""
    every = queries.Wanted(answer="all", text="дизель", sort="largest")
    yield "page of flags", lambda: queries.flags(own, queries.Wanted())
    yield "page of flags, every answer, words", lambda: queries.flags(own, every)
    ocid = queries.flags(own, queries.Wanted()).rows[0]["ocid"]
    yield "page of a process", lambda: queries.process(own, ocid)


def typed_read_json(market: Path, target: Path) -> None:
    """The peer."""
    columns = ", ".join(
        f"{field.encode_name}: '{_type(field.encode_name, field.type)}'"
        for field in msgspec.structs.fields(Release)
    )
    with duckdb.connect() as engine:
        engine.execute(
            f"COPY (FROM read_json('{market}', format='newline_delimited', columns={{{columns}}}))"
            f" TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )


def _type(name: str, kind: Any) -> str:
    if kind is Any or kind is str:
        if name in DECIMALS:
            return "DECIMAL(28, 8)"
        return "TIMESTAMPTZ" if name in MOMENTS else "VARCHAR"
    if get_origin(kind) is list:
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
