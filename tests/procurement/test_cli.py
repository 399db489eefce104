# SPDX-License-Identifier: EUPL-1.2
"""The command on a folder of one's own: exit codes, what is said, and no service needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tarazy.procurement import cli

runner = CliRunner()
simulate = typer.Typer()
simulate.command()(cli.simulate_command)


@pytest.fixture
def market(tmp_path: Path) -> Path:
    made = ["--processes", "60", "--out", str(tmp_path / "m.jsonl"), "--truth", str(tmp_path / "t")]
    assert runner.invoke(simulate, made).exit_code == 0
    return tmp_path / "m.jsonl"


def test_import_and_run_in_a_folder_of_ones_own(market: Path, tmp_path: Path) -> None:
    own = str(tmp_path / "own")
    first = runner.invoke(cli.app, ["import", str(market), "--to", own])
    assert first.exit_code == 0
    assert "Version 1 is in force" in first.output
    again = runner.invoke(cli.app, ["import", str(market), "--to", own])
    assert again.exit_code == 0
    assert "Nothing has changed" in again.output
    found = runner.invoke(cli.app, ["run", "--in", own])
    assert found.exit_code == 0
    assert "R036" in found.output


def test_a_market_that_cannot_be_written_leaves_what_is_there(tmp_path: Path) -> None:
    market = tmp_path / "m.jsonl"
    market.write_text("mine")
    made = ["--processes", "60", "--out", str(market), "--truth"]
    full = runner.invoke(simulate, [*made, "/dev/full"])
    assert full.exit_code == 1
    assert "No space left on device" in full.output
    assert runner.invoke(simulate, [*made, str(market)]).exit_code == 2
    assert market.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [market]


def test_troubles_are_told_with_their_lines(market: Path, tmp_path: Path) -> None:
    with market.open("a") as file:
        file.write('{"ocid": "x", "tender": {"value": {"amount": "x"}}}\n{\n')
    told = runner.invoke(cli.app, ["import", str(market), "--to", str(tmp_path / "own")]).output
    assert "tender.value.amount: 1. Could not be kept. Lines: 61" in told
    assert "Lines: 62" in told


def test_the_report_of_an_import_fits_a_narrow_window_and_any_name(tmp_path: Path) -> None:
    file = tmp_path / "[final] of a long name, the second half of November 2026.jsonl"
    file.write_text('{"ocid": "x", "planning": 1, "date": "2026-01-01"}\n{\n')
    done = runner.invoke(cli.app, ["import", str(file), "--to", str(tmp_path / "own")])
    head, row, *_ = done.stdout.splitlines()
    assert head.split() == ["file", *cli.COUNTS, "refused", "lost"]
    assert row.startswith("[final] of")
    assert row.split()[-len(head.split()) + 1 :] == ["1", "1", "0", "0", "0", "1", "1"]
    assert max(map(len, done.stdout.splitlines())) <= 80
    told = (
        "A date names no time zone: it was kept as it is, and is not compared with others. Lines: 1"
    )
    assert f"{file.name}: date: 1. {told}\n" in done.stderr


def test_where_nothing_can_be_read_the_code_is_1_and_the_reason_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    made = [str(tmp_path / "empty"), str(tmp_path / "none"), "--to", str(tmp_path / "own")]
    told = runner.invoke(cli.app, ["import", *made])
    assert told.exit_code == 1
    assert "empty: The file is empty." in told.output
    assert "none: There is no such file" in told.output
    assert runner.invoke(cli.app, ["run", "--in", str(tmp_path / "own")]).exit_code == 1


def test_a_reference_table_is_taken_or_refused_with_its_line(tmp_path: Path, market: Path) -> None:
    own = str(tmp_path / "own")
    assert runner.invoke(cli.app, ["import", str(market), "--to", own]).exit_code == 0
    listed = tmp_path / "listed.csv"
    listed.write_text("identifier,valid_from,valid_to,source\n000020000001,soon,,list\n")
    refused = runner.invoke(cli.app, ["run", "--in", own, "--debarred", str(listed)])
    assert refused.exit_code == 2
    assert "line 2: valid_from" in refused.output
    assert not (tmp_path / "own" / "references").exists()
    listed.write_text("identifier,valid_from,valid_to,source\n000020000001,2020-01-01,,list\n")
    taken = runner.invoke(cli.app, ["run", "--in", own, "--debarred", str(listed)])
    assert taken.exit_code == 0
    assert (tmp_path / "own" / "references" / "debarred.csv").read_bytes() == listed.read_bytes()


@pytest.mark.parametrize("arguments", [["import"], ["import", "x", "--bad"], ["run", "--to", "x"]])
def test_bad_options_give_2(arguments: list[str]) -> None:
    assert runner.invoke(cli.app, arguments).exit_code == 2


def test_on_a_laptop_no_setting_is_needed(market: Path, tmp_path: Path) -> None:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TARAZY", "DJANGO", "DATABASE"))
    }
    source = str(Path(cli.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "tarazy.site.cli", "procurement", "import", str(market),
         "--to", str(tmp_path / "own")],
        env={**clean, "PYTHONPATH": source},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
