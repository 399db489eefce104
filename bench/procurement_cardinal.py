# SPDX-License-Identifier: EUPL-1.2
"""Cardinal's eleven in one pass over a file, beside a bare decoding of the same lines.

The peers, in the same run: msgspec decoding every line whole and throwing it away, msgspec decoding
the typed part that is read, and DuckDB's read_json with a schema of the same fields counting bids.

Whoever has Cardinal names it: `--cardinal PATH` runs it over the same file and settings (its own
command: ocdscardinal indicators -s SETTINGS --no-meta FILE), and stops where an answer differs. Its
wheel has no indicators, a build of its sources has. All run in turns, our import with the eleven
from its tables among them; each ratio is the median of those of the turns. A run imports what it
needs, and no other: else the peers would pay for our start.
"""

import argparse
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
from peers import versions

OUT = Path(__file__).parent / "out" / "procurement_cardinal.jsonl"
REPEATS = 3
MB = 1e6
CARDINAL = "peer: Cardinal itself"
TABLES = "import, and the eleven from its tables"
CODES = "R003 R018 R024 R025 R028 R030 R035 R036 R038 R048 R058"
SCHEMA = (
    "{ocid: 'VARCHAR', bids: 'STRUCT(details STRUCT(status VARCHAR, date VARCHAR,"
    " tenderers STRUCT(id VARCHAR)[], value STRUCT(amount DOUBLE, currency VARCHAR))[])',"
    " awards: 'STRUCT(status VARCHAR, suppliers STRUCT(id VARCHAR)[],"
    " items STRUCT(classification STRUCT(id VARCHAR))[])[]'}"
)


class Used(NamedTuple):
    """What one run of a command took: seconds, and bytes at the most."""

    by_clock: float
    of_cpu: float
    peak: int


def main() -> None:
    """Make a file, measure in processes of their own, print, append to bench/out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=90_000)
    parser.add_argument("--cardinal", type=Path, help="Cardinal's own program")
    parser.add_argument("--only", choices=sorted(RUNS), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        RUNS[asked.only](asked.file)
        status = Path("/proc/self/status").read_text()  # getrusage tells of the parent as well
        sys.stderr.write(status.partition("VmHWM:")[2].split()[0])
        return
    from tarazy.procurement.run import remembered
    from tarazy.procurement.simulate import write_market

    versions.tell()
    folder = Path(tempfile.mkdtemp(prefix="tarazy-bench-"))
    try:
        market = folder / "market.jsonl"
        write_market(market, folder / "truth.jsonl", seed=1, processes=asked.processes)
        settings = folder / "settings.ini"
        settings.write_text("".join(f"[{code}]\n" for code in CODES.split()))
        commands = {
            name: [sys.executable, __file__, "--only", name, "--file", str(market)] for name in RUNS
        }
        if asked.cardinal:
            cardinal = [
                str(asked.cardinal),
                "indicators",
                "-s",
                str(settings),
                "--no-meta",
                str(market),
            ]
            _compare(cardinal, market)
            commands[CARDINAL] = cardinal
        remembered(folder)
        results = list(_measured(commands, market.stat().st_size))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("a") as log:
        for result in results:
            print(json.dumps(result))
            log.write(json.dumps(result) + "\n")


def _compare(cardinal: list[str], market: Path) -> None:
    """Stop unless Cardinal's own answers are those of our one pass."""
    from tarazy.procurement.cardinal.run import flags

    theirs = json.loads(subprocess.run(cardinal, check=True, capture_output=True).stdout)
    if theirs != json.loads(flags(market, market.parent / "settings.ini", with_meta=False)):
        raise SystemExit("Cardinal answers otherwise: what follows would compare two things.")


def _measured(commands: dict[str, list[str]], size: int) -> Iterator[dict[str, float | str | None]]:
    """Each command once a turn; memory is that of the command's own process, where it says so."""
    turns = [{name: _once(command) for name, command in commands.items()} for _ in range(REPEATS)]
    for name in commands:
        runs = [turn[name] for turn in turns]
        ratios = [
            turn[name].by_clock / turn[CARDINAL].by_clock for turn in turns if CARDINAL in turn
        ]
        yield {
            "name": name,
            "file_mb": round(size / MB),
            "mb_per_s": round(size / MB / statistics.median(one.by_clock for one in runs), 1),
            "mb_per_cpu_s": round(size / MB / statistics.median(one.of_cpu for one in runs), 1),
            "peak_mb": round(max(one.peak for one in runs) / MB) or None,
            "times_cardinal": round(statistics.median(ratios), 2) if ratios else None,
        }


def _once(command: list[str]) -> Used:
    began = time.perf_counter()
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=pipe, text=True) as process:
        told = process.stderr.read() if process.stderr else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{shlex.join(command)} failed")
    by_clock = time.perf_counter() - began
    last = "".join(told.split()[-1:])  # of ours; Cardinal tells of its warnings there
    peak_kb = int(last) if last.isdecimal() else 0
    return Used(by_clock, used.ru_utime + used.ru_stime, peak_kb * 1024)


def _flags(file: Path) -> None:
    from tarazy.procurement.cardinal.run import flags

    print(flags(file, file.parent / "settings.ini", with_meta=False))


def _tables(file: Path) -> None:
    from procurement_indicators import Clock, eleven

    from tarazy.core import clock
    from tarazy.procurement.importing import import_files
    from tarazy.procurement.run import STATEMENTS

    own = Path(tempfile.mkdtemp(prefix="tables-", dir=file.parent))
    try:
        shutil.copy(file.parent / STATEMENTS, own)  # a folder keeps them from its first run on
        import_files(own, [file], now=clock.now())
        eleven(own, Clock())
    finally:
        shutil.rmtree(own)


def _decode_whole(file: Path) -> None:
    _decode_with(msgspec.json.Decoder().decode, file)


def _decode_typed(file: Path) -> None:
    from tarazy.procurement.cardinal.release import Release

    _decode_with(msgspec.json.Decoder(Release).decode, file)


def _decode_with(decode: Callable[[bytes], object], file: Path) -> None:
    with file.open("rb", 1 << 20) as lines:
        for line in lines:
            decode(line)


def _duckdb(file: Path) -> None:
    query = (
        "SELECT sum(len(bids.details)), sum(len(awards)) FROM"
        f" read_json('{file}', format = 'newline_delimited', columns = {SCHEMA})"
    )
    with duckdb.connect() as engine:
        print(engine.execute(query).fetchall())


RUNS: dict[str, Callable[[Path], None]] = {
    "the eleven": _flags,
    TABLES: _tables,
    "peer: msgspec, every line whole": _decode_whole,
    "peer: msgspec, the part that is read": _decode_typed,
    "peer: DuckDB read_json, the part that is read": _duckdb,
}

if __name__ == "__main__":
    main()
