# SPDX-License-Identifier: EUPL-1.2
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tarazy.site import secrets
from tarazy.site.cli import ENTRIES, language_of

BARE = {name: value for name, value in os.environ.items() if "TARAZY" not in name}


def run(*words: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in BARE.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-m", "tarazy.site.cli", *words],
        cwd=folder,
        env={**environment, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_every_command_without_any_settings(tmp_path: Path) -> None:
    done = run("--help", folder=tmp_path)
    assert done.returncode == 0
    assert all(f" {name} " in done.stdout for name in ENTRIES)


def test_secrets_need_no_settings_and_are_settings(tmp_path: Path) -> None:
    done = run("secrets", folder=tmp_path)
    assert done.returncode == 0
    assert {line.partition("=")[0] for line in done.stdout.splitlines()} == set(secrets.make())


def test_what_is_missing_is_said_in_one_sentence(tmp_path: Path) -> None:
    done = run("up", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("tarazy cannot start. TARAZY_SECRET_KEY is missing")
    assert "Traceback" not in done.stderr


def test_a_settings_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = run("--env-file", "nowhere.env", "migrate", folder=tmp_path)
    assert done.returncode == 2
    assert "nowhere.env" in done.stderr


def test_a_database_that_is_away_is_temporary_and_not_a_traceback(tmp_path: Path) -> None:
    gone = "postgresql://nobody@127.0.0.1:1/tarazy"
    done = run("audit", "verify", folder=tmp_path, DATABASE_URL=gone, **secrets.make())
    assert done.returncode == 75
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "kk_KZ.UTF-8"}, "kk"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_terminals_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
