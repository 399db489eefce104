# SPDX-License-Identifier: EUPL-1.2
"""Lists of reference prices as ministries publish them: in force whole, or refused with the row."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from tarazy.procurement import cli, references
from tarazy.procurement.pricing import keep
from tarazy.procurement.references import BadReference, load
from tarazy.procurement.sources.flat_mapping import BadMapping

MAPPING = """
kind = "prices"
header_row = 3
separator = ";"
decimal = ","
[columns]
code = "Код"
unit = "Ед. изм."
price_max = "Предельная цена"
[constants]
currency = "KZT"
valid_from = "2026-01-01"
source = "order 1"
"""
HEAD = "Предельные цены;;\n\nКод;Ед. изм.;Предельная цена\n"


def csv_of(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "prices.csv"
    path.write_bytes((HEAD + "\n".join(lines)).encode(encoding))
    return path


def test_a_list_is_in_force_and_its_headings_are_counted(tmp_path: Path) -> None:
    file = csv_of(tmp_path, "Антибиотики;;", "21.20;упаковка;1 234,56", "21.21;штука;-")
    kept = keep(tmp_path / "own", file, MAPPING.encode())
    assert (kept.rows, kept.passed_over) == (1, 2)
    [row] = load(tmp_path / "own", "prices").to_pylist()
    assert (row["code"], row["unit"], row["price_max"]) == ("21.20", "упаковка", Decimal("1234.56"))
    assert (row["scheme"], row["valid_to"], row["source"]) == (None, None, "order 1")


BY_NUMBER = MAPPING.replace("header_row = 3", "header_row = 1").replace("[columns]", "[at]")
for _name, _number in (("Код", 1), ("Ед. изм.", 2), ("Предельная цена", 3)):
    BY_NUMBER = BY_NUMBER.replace(f'"{_name}"', str(_number))


def sheet_of(folder: Path, price: object) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Цены"])
    sheet.append(["21.20", "упаковка", 1234.56])
    sheet.append(["21.21", "упаковка", price])
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def test_a_spreadsheet_gives_the_same_and_by_number(tmp_path: Path) -> None:
    kept = keep(tmp_path / "own", sheet_of(tmp_path, None), BY_NUMBER.encode())
    assert (kept.rows, kept.passed_over) == (1, 1)
    assert load(tmp_path / "own", "prices").to_pylist()[0]["price_max"] == Decimal("1234.56")


def test_a_price_that_no_program_has_worked_out_refuses_the_list(tmp_path: Path) -> None:
    with pytest.raises(BadReference) as refused:
        keep(tmp_path / "own", sheet_of(tmp_path, "=C2*2"), BY_NUMBER.encode())
    assert refused.value.line == 3
    assert refused.value.what.startswith("price_max: A formula that no program")


@pytest.mark.parametrize(
    ("line", "row", "what"),
    [
        ("21.20;упаковка;дорого", 5, "price_max"),
        ("21.20;упаковка;1.234", 5, "price_max"),
        ("21.20;;5", 5, "unit is empty"),
        ('21.20;"упаковка;5', 5, "The row cannot be told"),
    ],
)
def test_a_list_with_a_hole_is_refused_and_the_one_before_stays(
    line: str, row: int, what: str, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    keep(own, csv_of(tmp_path, "21.20;упаковка;7"), MAPPING.encode())
    with pytest.raises(BadReference) as refused:
        keep(own, csv_of(tmp_path, "21.20;упаковка;8", line), MAPPING.encode())
    assert refused.value.line == row
    assert refused.value.what.startswith(what)
    assert [one["price_max"] for one in load(own, "prices").to_pylist()] == [7]


@pytest.mark.parametrize(
    "mapping",
    [
        MAPPING.replace("[columns]", "[at]\ncode = 9\n[columns]").replace('code = "Код"', ""),
        MAPPING.replace('"Предельная цена"', '"Ед. изм."').replace('unit = "Ед. изм."', "")
        + 'unit = "x"',
    ],
)
def test_a_mapping_that_finds_no_price_puts_no_empty_list_in_force(
    mapping: str, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    keep(own, csv_of(tmp_path, "21.20;упаковка;7"), MAPPING.encode())
    with pytest.raises(BadReference) as refused:
        keep(own, csv_of(tmp_path, "21.20;;7"), mapping.encode())
    assert refused.value.what == "no row has both a code and a price"
    assert len(load(own, "prices")) == 1


@pytest.mark.parametrize("line", ["21.20;упаковка;0", "21.20;упаковка;-5"])
def test_a_ceiling_of_nothing_is_refused(line: str, tmp_path: Path) -> None:
    with pytest.raises(BadReference):
        keep(tmp_path / "own", csv_of(tmp_path, line), MAPPING.encode())


@pytest.mark.parametrize(
    "mapping",
    [
        "",
        'kind = "rates"',
        MAPPING.replace("code =", "codes ="),
        MAPPING.replace('currency = "KZT"', ""),
        MAPPING.replace('currency = "KZT"', 'currency = "KZT"\ncode = "1"'),
    ],
)
def test_a_mapping_that_leaves_something_open_is_refused(mapping: str, tmp_path: Path) -> None:
    with pytest.raises(BadMapping):
        keep(tmp_path / "own", csv_of(tmp_path, "1;2;3"), mapping.encode())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x;y\n1;2\n"])
def test_a_file_that_is_no_such_list_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(BadReference):
        keep(tmp_path / "own", tmp_path / "a", MAPPING.encode())
    with pytest.raises(BadReference):
        keep(tmp_path / "own", tmp_path / "none", MAPPING.encode())


def test_the_command(tmp_path: Path) -> None:
    mapping, own = tmp_path / "m.toml", tmp_path / "own"
    mapping.write_text(MAPPING, encoding="utf-8")
    file = csv_of(tmp_path, "21.20;упаковка;8")
    given = ["prices", str(file), "--mapping", str(mapping), "--in", str(own)]
    done = CliRunner().invoke(cli.app, given)
    assert (done.exit_code, "1 prices are in force" in done.output) == (0, True)
    assert CliRunner().invoke(cli.app, given[:4]).exit_code == 2
    table = tmp_path / "prices-of-ours.csv"
    assert CliRunner().invoke(cli.app, [*given[:4], "--out", str(table)]).exit_code == 0
    assert references.keep(own, "prices", table) == 1
    csv_of(tmp_path, "21.20;упаковка;x")
    bad = CliRunner().invoke(cli.app, given)
    assert bad.exit_code == 2
    assert "line 4: price_max" in bad.output


@pytest.mark.parametrize("line", ["21.20;упаковка;x", "21.20;упаковка;"])
def test_a_table_that_is_there_stays_where_the_list_is_refused(line: str, tmp_path: Path) -> None:
    mapping, table = tmp_path / "m.toml", tmp_path / "table.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    table.write_text("mine")
    given = ["prices", "--mapping", str(mapping), "--out", str(table), str(csv_of(tmp_path, line))]
    before = sorted(tmp_path.iterdir())
    bad = CliRunner().invoke(cli.app, given)
    assert bad.exit_code == 2
    assert table.read_text() == "mine"
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("target", ["/dev/full", "/nowhere/table.csv"])
def test_where_the_table_cannot_be_written_that_is_said(target: str, tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    given = ["prices", "--mapping", str(mapping), "--out", target]
    bad = CliRunner().invoke(cli.app, [*given, str(csv_of(tmp_path, "21.20;упаковка;8"))])
    assert bad.exit_code == 1
    assert bad.output.startswith(f"{target}: No ")
