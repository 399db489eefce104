# SPDX-License-Identifier: EUPL-1.2
"""Which fields are filled, by whom and when, and which indicators that silences."""

from pathlib import Path

import msgspec
import pytest
from procurement.imported import NOW, Write
from typer.testing import CliRunner

from tarazy.core.errors import Refused
from tarazy.procurement import cli
from tarazy.procurement.completeness import By, shares, silenced
from tarazy.procurement.importing import import_files
from tarazy.procurement.store import BaseRate, Findings, Folder

HOSTILE = "=HYPERLINK(1)"


@pytest.fixture
def market(folder: Path, write: Write) -> Path:
    start = {"startDate": "2026-01-05T00:00:00Z"}
    releases = [
        {"ocid": "a", "buyer": {"id": HOSTILE}, "tender": {"title": "x", "tenderPeriod": start}},
        {"ocid": "b", "buyer": {"id": HOSTILE}, "date": "2026-02-01T00:00:00Z"},
        {"ocid": "c", "bids": {"details": [{"id": "1"}, {"id": "2"}]}},
    ]
    import_files(folder, [write("all.jsonl", *releases)], now=NOW)
    return folder


@pytest.mark.parametrize(
    ("by", "field", "expected"),
    [
        (By.ALL, "title", {"": (1, 3)}),
        (By.ALL, "bid", {"": (1, 3)}),
        (By.BUYER, "title", {"": (0, 1), HOSTILE: (1, 2)}),
        (By.BUYER, "bid", {"": (1, 1), HOSTILE: (0, 2)}),
        (By.MONTH, "buyer_id", {"": (0, 1), "2026-01": (1, 1), "2026-02": (1, 1)}),
    ],
)
def test_each_share_is_of_its_group(
    by: By, field: str, expected: dict[str, tuple[int, int]], market: Path
) -> None:
    found = {one.group: (one.filled, one.of) for one in shares(market, by) if one.field == field}
    assert found == expected


def test_indicators_that_assess_nothing_are_named_with_the_reason() -> None:
    rates = [
        BaseRate(code="A", version=1, raised=0, assessed=0, not_assessed={"rare": 1, "often": 5}),
        BaseRate(code="B", version=1, raised=0, assessed=1, not_assessed={"often": 5}),
        BaseRate(code="C", version=1, raised=0, assessed=0, not_assessed={}),
    ]
    findings = Findings(folder="f", tables="t", at=NOW, base_rates=rates)
    assert dict(silenced(findings)) == {"A": "often", "C": "no such subject in the data"}
    assert list(silenced(None)) == []


def test_the_command_escapes_formulas(market: Path) -> None:
    told = CliRunner().invoke(cli.app, ["quality", "--in", str(market), "--by", "buyer"])
    assert told.exit_code == 0
    assert f"'{HOSTILE},title,1,2" in told.output.replace('"', "")


def test_without_tables_or_with_old_ones_it_refuses(market: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        list(shares(tmp_path / "none", By.ALL))
    store = Folder(market)
    with store.writing() as manifest:
        store.publish(msgspec.structs.replace(manifest, reader=1))
    assert CliRunner().invoke(cli.app, ["quality", "--in", str(market)]).exit_code == 1
