# SPDX-License-Identifier: EUPL-1.2
"""What runs prepare: believed again where nothing changed, and never by halves."""

import json
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from tarazy.procurement import numbered, references
from tarazy.procurement import run as running
from tarazy.procurement.importing import import_files
from tarazy.procurement.prepared import MADE_OF, Prepared
from tarazy.procurement.run import prepared, remembered, run
from tarazy.procurement.simulate import write_market
from tarazy.procurement.store import Findings, Folder

NOW = datetime(2026, 11, 25, tzinfo=UTC)
RATES = "currency,day,rate,base\nUSD,2024-01-01,{rate},KZT\n"


@pytest.fixture
def market(tmp_path: Path) -> Path:
    write_market(tmp_path / "market.jsonl", tmp_path / "truth.jsonl", seed=7, processes=60)
    import_files(tmp_path / "folder", [tmp_path / "market.jsonl"], now=NOW)
    return tmp_path / "folder"


def files_in(folder: Path) -> dict[str, str]:
    """SHA-256 of each file by its path."""
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def made_at(folder: Path) -> dict[str, int]:
    """When each prepared table was written."""
    return {
        str(file.relative_to(folder)): file.stat().st_mtime_ns
        for file in (folder / "prepared").rglob("*.parquet")
    }


def answered(folder: Path, findings: Findings) -> dict[str, str]:
    return files_in(folder / findings.folder)


def test_a_second_run_reads_what_the_first_prepared_and_answers_the_same(market: Path) -> None:
    first = run(market, now=NOW)
    made, before = made_at(market), answered(market, first)
    second = run(market, now=NOW)
    assert second.folder != first.folder
    assert made_at(market) == made
    assert {name.split("/")[2] for name in made} >= {"facts.parquet", "numbered", "shared"}
    assert second.base_rates == first.base_rates
    assert answered(market, second) == before


def test_an_import_deletes_what_was_prepared_of_the_tables_before(
    market: Path, tmp_path: Path
) -> None:
    run(market, now=NOW)
    before = made_at(market)
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"ocid": "ocds-another", "tender": {"id": "1"}}))
    import_files(market, [more], now=NOW)
    assert not made_at(market)
    run(market, now=NOW)
    assert len(made_at(market)) == len(before)
    assert not before.items() & made_at(market).items()


def is_kept(folder: Path) -> bool:
    """Whether the next run would believe what lies there; what it would not is deleted."""
    store, written = Folder(folder), remembered(folder)
    with store.writing() as manifest:
        return not prepared(store, manifest, written).lacks(numbered.names())


def test_other_rates_merged_parties_code_or_machine_make_it_anew(
    market: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = tmp_path / "rates.csv"
    rates.write_text(RATES.format(rate=450))
    run(market, now=NOW, given={"rates": rates})
    written = remembered(market)
    whole = tmp_path / "whole"
    shutil.copytree(market / "prepared", whole)

    def kept_after_all() -> bool:
        shutil.rmtree(market / "prepared")
        shutil.copytree(whole, market / "prepared")
        return is_kept(market)

    assert kept_after_all()
    references.keep(market, "rates", rates)
    assert kept_after_all()
    rates.write_text(RATES.format(rate=460))
    references.keep(market, "rates", rates)
    assert not kept_after_all()
    rates.write_text(RATES.format(rate=450))
    references.keep(market, "rates", rates)
    for name, other in {
        "aliases": lambda _folder: {"one": "another"},
        "BOOT": "after the machine went down",
        "remembered": lambda _folder: msgspec.structs.replace(written, made_by="other code"),
    }.items():
        assert kept_after_all(), name
        with monkeypatch.context() as changed:
            changed.setattr(sys.modules[__name__] if name == "remembered" else running, name, other)
            assert not kept_after_all(), name


def test_a_run_that_was_killed_leaves_whole_tables_only(market: Path) -> None:
    whole = run(market, now=NOW)
    before = answered(market, whole)
    with Folder(market).writing() as manifest:
        kept = Folder(market).prepared(manifest)
    for file in kept.rglob("*.parquet"):
        file.unlink()
    program = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from tarazy.procurement.run import run\n"
        "def tell(name):\n"
        "    print(name, flush=True)\n"
        "    if name == 'the tables by numbers': sys.stdin.read()\n"
        f"run(Path({str(market)!r}), now=datetime.now(UTC), tell=tell)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line == "the tables by numbers\n":
                break
        child.send_signal(signal.SIGKILL)
    made = made_at(market)
    assert any("numbered" in name for name in made)
    assert not any("shared" in name for name in made)
    half = kept / "shared" / "contests" / "0.new"  # of the first stretch
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"half of a table")
    again = run(market, now=NOW)
    assert made.items() <= made_at(market).items()
    assert not list(kept.rglob("*.new"))
    assert answered(market, again) == before


def test_what_is_half_written_has_no_name(tmp_path: Path) -> None:
    kept = Prepared(tmp_path / "000001", b"these")

    def stopped(file: Path) -> None:
        file.write_bytes(b"half")
        raise KeyboardInterrupt

    def whole(file: Path) -> None:
        file.write_bytes(b"whole")

    with pytest.raises(KeyboardInterrupt):
        kept.make("bid.parquet", stopped)
    assert kept.lacks(["bid.parquet"])
    kept.make("bid.parquet", whole)
    kept.make("bid.parquet", stopped)
    assert kept.file("bid.parquet").read_bytes() == b"whole"


@pytest.mark.parametrize("told", [b"thes", b"", None])
def test_what_was_made_of_others_is_deleted(tmp_path: Path, told: bytes | None) -> None:
    kept = Prepared(tmp_path / "000001", b"these")
    kept.make("bid.parquet", Path.touch)
    assert not Prepared(kept.path, b"these").lacks(["bid.parquet"])
    if told is None:
        (kept.path / MADE_OF).unlink()
    else:
        (kept.path / MADE_OF).write_bytes(told)
    assert Prepared(kept.path, b"these").lacks(["bid.parquet"])
