# SPDX-License-Identifier: EUPL-1.2
"""Cardinal's eleven in one pass over a file, beside a bare decoding of the same lines.

The peers, in the same run: msgspec decoding every line whole and throwing it away, msgspec decoding
the typed part that is read, and DuckDB's read_json with a schema of the same fields counting bids.
Whoever has Cardinal compares with: ocdscardinal indicators -s SETTINGS --no-meta FILE
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import msgspec
from peers import versions

from tarazy.procurement.cardinal.release import Release
from tarazy.procurement.simulate import write_market

OUT = Path(__file__).parent / "out" / "procurement_cardinal.jsonl"
REPEATS = 3
MB = 1e6
CODES = "R003 R018 R024 R025 R028 R030 R035 R036 R038 R048 R058"
SCHEMA = (
    "{ocid: 'VARCHAR', bids: 'STRUCT(details STRUCT(status VARCHAR, date VARCHAR,"
    " tenderers STRUCT(id VARCHAR)[], value STRUCT(amount DOUBLE, currency VARCHAR))[])',"
    " awards: 'STRUCT(status VARCHAR, suppliers STRUCT(id VARCHAR)[],"
    " items STRUCT(classification STRUCT(id VARCHAR))[])[]'}"
)


def main() -> None:
    """Make a file, measure in processes of their own, print, append to bench/out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=90_000)
    parser.add_argument("--only", choices=sorted(RUNS), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        RUNS[asked.only](asked.file)
        used = resource.getrusage(resource.RUSAGE_SELF)
        sys.stderr.write(f"{used.ru_maxrss * 1024} {used.ru_utime + used.ru_stime}")
        return
    versions.tell()
    folder = Path(tempfile.mkdtemp(prefix="tarazy-bench-"))
    try:
        market = folder / "market.jsonl"
        write_market(market, folder / "truth.jsonl", seed=1, processes=asked.processes)
        (folder / "settings.ini").write_text("".join(f"[{code}]\n" for code in CODES.split()))
        results = [_measured(name, market) for name in RUNS]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("a") as log:
        for result in results:
            print(json.dumps(result))
            log.write(json.dumps(result) + "\n")


def _measured(name: str, market: Path) -> dict[str, float | str]:
    size = market.stat().st_size
    times, cpu_times, peak = [], [], 0
    for _ in range(REPEATS):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, __file__, "--only", name, "--file", str(market)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        times.append(time.perf_counter() - began)
        *_, bytes_used, cpu = done.stderr.split()
        peak = max(peak, int(bytes_used))
        cpu_times.append(float(cpu))
    return {
        "name": name,
        "file_mb": round(size / MB),
        "mb_per_s": round(size / MB / statistics.median(times), 1),
        "mb_per_cpu_s": round(size / MB / statistics.median(cpu_times), 1),
        "peak_mb": round(peak / MB),
    }


def _flags(file: Path) -> None:
    from tarazy.procurement.cardinal.run import flags

    print(flags(file, file.parent / "settings.ini", with_meta=False))


def _decode_whole(file: Path) -> None:
    _decode_with(msgspec.json.Decoder().decode, file)


def _decode_typed(file: Path) -> None:
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
    "peer: msgspec, every line whole": _decode_whole,
    "peer: msgspec, the part that is read": _decode_typed,
    "peer: DuckDB read_json, the part that is read": _duckdb,
}

if __name__ == "__main__":
    main()
