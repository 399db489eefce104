# SPDX-License-Identifier: EUPL-1.2
"""`tarazy procurement fetch-goszakup` as a process of its own, killed on the way."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from procurement.goszakup_portal import TOKEN, LocalPortal, always, market, serving
from procurement.imported import contents, until
from typer.testing import CliRunner

from tarazy.procurement import cli
from tarazy.procurement.portal_access import ADDRESS
from tarazy.procurement.portal_access import TOKEN as SETTING

runner = CliRunner()


def process(local: LocalPortal, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tarazy.site.cli", "procurement", "fetch-goszakup"]
    return subprocess.Popen(
        [*command, "--to", str(folder), "--per-second", "20"],
        env={**os.environ, SETTING: TOKEN, ADDRESS: local.address},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_kill_on_the_way_loses_nothing_and_asks_nothing_twice(tmp_path: Path) -> None:
    go_on = threading.Event()

    def hold(root: str, asked: dict[str, object]) -> None:
        if root == "Lots" and "after" in asked and not go_on.is_set():
            go_on.wait(30)

    with serving(market(450)) as local:
        local.tricks.append(hold)
        first = process(local, tmp_path / "killed")
        until(lambda: len(local.asked) == 5)  # three pages, a fourth, and the fifth is held
        first.kill()
        first.communicate()
        held = local.asked[-1]
        local.asked.clear()
        go_on.set()
        again = process(local, tmp_path / "killed")
        told, _ = again.communicate(timeout=60)
        assert again.returncode == 0, told
    lots = [asked for root, asked in local.asked if root == "Lots"]
    assert (len(lots), lots[0]) == (2, held[1])
    [notices] = [asked for root, asked in local.asked if root == "TrdBuy"]
    assert notices["filter"]  # that list was done: only what has changed since
    assert TOKEN not in told
    tables = contents(tmp_path / "killed")
    assert len(tables["contracting_process"]) == len(tables["lot"]) == 450


def test_what_came_and_what_failed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = str(tmp_path / "own")
    monkeypatch.setenv(SETTING, TOKEN)
    with serving(market(2)) as local:
        monkeypatch.setenv(ADDRESS, local.address)
        local.tricks.append(always("Lots", (404, {}, b"")))
        failed = runner.invoke(cli.app, ["fetch-goszakup", "--to", own, "--per-second", "20"])
        assert failed.exit_code == 1
        assert "Lots: The portal's answer is an error" in failed.output
        assert "nothing is imported" in failed.output
        local.tricks.clear()
        local.unknown = {"PlansSpec"}
        done = runner.invoke(cli.app, ["fetch-goszakup", "--to", own, "--per-second", "20"])
        assert done.exit_code == 0
        assert "the portal does not know PlansSpec" in done.output
        assert "Version 1 is in force" in done.output
        again = runner.invoke(cli.app, ["fetch-goszakup", "--to", own, "--per-second", "20"])
        assert "Nothing has changed" in again.output
        monkeypatch.setenv(SETTING, "another-token-0815")
        refused = runner.invoke(cli.app, ["fetch-goszakup", "--to", own, "--per-second", "20"])
    assert refused.exit_code == 1
    assert "The portal does not take the token" in refused.output
    assert "another-token-0815" not in refused.output
