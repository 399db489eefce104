# SPDX-License-Identifier: EUPL-1.2
"""The command: what it prints, what it warns of, and its exit codes."""

import io
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tarazy.procurement import cli
from tarazy.procurement.cardinal import run as module
from tarazy.procurement.cardinal.run import run
from tarazy.procurement.cardinal.settings import parse

runner = CliRunner()
FLAGS = ["flags", "--format", "cardinal"]
ONE = json.dumps({"ocid": "п 1", "tender": {"numberOfTenderers": 1, "procurementMethod": "open"}})


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "settings.ini"
    path.write_text("[R018]\n")
    return path


def told(data: bytes) -> tuple[str, list[str]]:
    warnings: list[str] = []
    book = run(io.BytesIO(data), parse("[R018]"), with_maps=False, warn=warnings.append)
    return book.json(with_meta=False), warnings


def test_the_command(settings: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text(ONE)
    asked = [*FLAGS, str(lines), "--settings", str(settings)]
    assert runner.invoke(cli.app, [*asked, "--no-meta"]).stdout == '{"OCID":{"п 1":{"R018":1.0}}}\n'
    assert runner.invoke(cli.app, asked).stdout == '{"OCID":{"п 1":{"R018":1.0}},"Meta":{}}\n'
    with_maps = json.loads(runner.invoke(cli.app, [*asked, "--map"]).stdout)
    assert list(with_maps) == ["OCID", "Meta", "Maps"]
    assert len(with_maps["Maps"]) == 8
    assert runner.invoke(cli.app, [*FLAGS, str(lines)]).stdout == '{"Meta":{}}\n'


def test_from_standard_input(settings: Path) -> None:
    done = runner.invoke(cli.app, [*FLAGS, "-", "-s", str(settings), "--no-meta"], input=ONE)
    assert done.stdout == '{"OCID":{"п 1":{"R018":1.0}}}\n'


def test_what_cannot_be_used_gives_2_and_says_why(settings: Path, tmp_path: Path) -> None:
    for file, why in (
        (tmp_path / "none", "No such file or directory"),
        (tmp_path, "Is a directory"),
    ):
        done = runner.invoke(cli.app, [*FLAGS, str(file), "-s", str(settings)])
        assert done.exit_code == 2
        assert done.stderr == f"error: {file}: {why}\n"
    settings.write_text("[R018]\nthreshold = 1\n")
    done = runner.invoke(cli.app, [*FLAGS, os.devnull, "-s", str(settings)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "R018: unknown field 'threshold'" in done.stderr


@pytest.mark.parametrize("data", [b"", b"\n", b" \t\r\n\x0c\n"])
def test_an_empty_file(data: bytes) -> None:
    assert told(data) == ("{}", [])


def test_bad_lines_are_told_and_the_others_judged() -> None:
    line = ONE.encode()
    printed, warnings = told(b"\xef\xbb\xbf{}\n" + line + b"\r\n{\n\n[1]\n\xff\n" + line)
    assert printed == '{"OCID":{"п 1":{"R018":1.0}}}'
    assert [warning.partition(",")[0] for warning in warnings] == [
        "Line 1 is invalid JSON",
        "Line 3 is invalid JSON",
        "Line 6 is invalid JSON",
    ]


def test_a_line_over_the_limit_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINE_BYTES_MAX", 120)
    long = json.dumps({"ocid": "x" * 300}).encode()
    printed, warnings = told(long + b"\n" + ONE.encode() + b"\n")
    assert printed == '{"OCID":{"п 1":{"R018":1.0}}}'
    assert warnings == ["Line 1 is longer than 120 bytes, skipping."]


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("", ["USD is not KZT, skipping. [2 times]"]),
        ("[output]\n", ["USD is not KZT, skipping. [2 times]"]),
        ("[output]\ninfo_currency_mismatches = true\n", []),
    ],
)
def test_other_currencies_are_told_once_or_not_at_all(output: str, told: list[str]) -> None:
    bids = [
        {"status": "valid", "value": {"amount": 1, "currency": currency}}
        for currency in ("KZT", "USD", "USD")
    ]
    line = json.dumps({"ocid": "p", "bids": {"details": bids}, "awards": [{"status": "active"}]})
    warnings: list[str] = []
    settings = parse(f"[R036]\n{output}")
    run(io.BytesIO(line.encode()), settings, with_maps=False, warn=warnings.append)
    assert warnings == told


def test_the_last_group_takes_the_place_of_an_empty_one() -> None:
    bids = [{"status": "disqualified", "tenderers": [{"id": "a"}]}] * 2
    made = {"ocid": "p", "bids": {"details": bids}, "buyer": {"id": "b"}}
    entity = {**made, "tender": {"procuringEntity": {"id": "e"}}}
    both = run(
        io.BytesIO(json.dumps(entity).encode()), parse("[R038]"), with_maps=False, warn=print
    )
    assert list(both.groups()) == ["ProcuringEntity", "Tenderer", "Buyer"]


def test_one_ocid_on_two_lines_keeps_the_results_of_both() -> None:
    period = {"startDate": "2025-01-01T00:00:00Z", "endDate": "2025-01-02T00:00:00Z"}
    other = json.dumps({"ocid": "п 1", "tender": {"tenderPeriod": period}})
    lines = io.BytesIO(f"{ONE}\n{other}".encode())
    book = run(lines, parse("[R003]\n[R018]"), with_maps=False, warn=print)
    assert book.json(with_meta=False) == '{"OCID":{"п 1":{"R018":1.0,"R003":1.0}}}'
