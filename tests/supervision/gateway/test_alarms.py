# SPDX-License-Identifier: EUPL-1.2
"""docs/devices.md holds the closed list of alarms, and every language with what it can be asked."""

import re
from pathlib import Path

import pytest

from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.languages import COMMANDS, STREAMS, TITLES

PAGE = (Path(__file__).parents[3] / "docs" / "devices.md").read_text()


def cells(title: str) -> list[list[str]]:
    """The rows of the first table below a line that begins so."""
    rows = PAGE[PAGE.index(title) :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def names(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_alarm_is_documented_once() -> None:
    documented = [name for row in cells("| alarm | means |") for name in names(row[0])]
    assert sorted(documented) == sorted(Alarm)


def test_every_language_is_documented_in_the_table() -> None:
    documented = [names(row[0])[0] for row in cells("| language | for |")]
    assert sorted(documented) == sorted(TITLES)


@pytest.mark.parametrize("row", cells("| language | for |"), ids=lambda row: row[0])
def test_ports_and_commands_are_as_documented(row: list[str]) -> None:
    name = names(row[0])[0]
    if name in STREAMS:
        assert row[3] == str(STREAMS[name].PORT)
    assert set(row[4].split(", ")) - {"nothing"} == set(COMMANDS[name])


def test_every_tracker_says_how_it_is_set() -> None:
    assert sorted(names(row[0])[0] for row in cells("| language | identity")) == sorted(STREAMS)
