# SPDX-License-Identifier: EUPL-1.2
"""`tarazy audit` as somebody at the console sees it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from typer.testing import CliRunner

from tarazy.core import clock
from tarazy.core.audit import log
from tarazy.core.audit.cli import app
from tarazy.core.audit.entry import Line

Cheat = Callable[[str], None]
NOW = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english(empty_log: None) -> None:
    line = Line(verb="core.test.act", kind="action", outcome="done", actor="usr_1")
    log.append([line] * 10, NOW)


def run(*words: str) -> tuple[int, str]:
    with translation.override("en"):
        done = CliRunner().invoke(app, list(words), catch_exceptions=False)
    return done.exit_code, done.output


def test_a_sound_log_against_its_own_checkpoint(tmp_path: Path) -> None:
    code, note = run("checkpoint")
    assert (code, note.splitlines()[1]) == (0, "10")
    (tmp_path / "note").write_text(note)
    code, output = run("verify", "--against", str(tmp_path / "note"))
    assert code == 0
    assert "sound: 11 entries" in output
    assert "all 10 entries of the checkpoint" in output


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("update core_audit_entry set leaf = '\\x7b7d' where seq = 4", "Entry 4 was changed"),
        # Neither of these logs can take the line of the look any more.
        ("delete from core_audit_node where level = 1 and position = 4", "fit entries 8 to 9"),
        ("delete from core_audit_entry where seq = 9", "Entry 9 is missing"),
    ],
)
def test_a_bad_entry_is_named(cheat: Cheat, sql: str, sentence: str) -> None:
    cheat(sql)
    code, output = run("verify")
    assert code == 1
    assert sentence in output


def test_a_checkpoint_that_is_none(tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_text("x")
    assert run("verify", "--against", str(note)) == (
        1,
        "The checkpoint cannot be used: this is not a signed note.\n",
    )
    assert run("verify", "--against", str(tmp_path / "none"))[0] == 1


def test_a_proof_is_json(cheat: Cheat) -> None:
    code, output = run("prove", "7")
    assert code == 0
    proof = json.loads(output)
    assert (proof["seq"], proof["size"]) == (7, 10)
    assert proof["leaf"] == log.entry(7).leaf.decode()


def test_the_facts_of_an_entry_are_erased_and_the_log_is_sound() -> None:
    facts = {"name": "a name", "note": "what somebody wrote"}
    line = Line(verb="core.test.act", kind="action", outcome="done", actor="usr_1", details=facts)
    seq = log.append([line], NOW)
    assert run("erase", str(seq)) == (0, "2 facts are erased.\n")
    assert log.details(seq) == {}
    assert run("erase", str(seq)) == (0, "0 facts are erased.\n")
    assert run("verify")[0] == 0
    assert len(log.about("core.audit.erase", f"entry/{seq}", NOW, clock.now())) == 2


def test_an_entry_that_is_not_there_has_nothing_to_erase() -> None:
    assert run("erase", "999") == (0, "0 facts are erased.\n")
