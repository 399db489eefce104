# SPDX-License-Identifier: EUPL-1.2
"""A proposed mapping from headers in three languages, good enough to be used after a look."""

import tomllib
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from tarazy.procurement import cli
from tarazy.procurement.flat import trial
from tarazy.procurement.proposing import _data, propose
from tarazy.procurement.sources.flat_mapping import read_mapping
from tarazy.procurement.sources.flat_paths import CODES, PLACES

runner = CliRunner()
KK = (
    "Сатып алу нөмірі;Сатып алу атауы;Сатып алу тәсілі;Жарияланған күні;Жоспарлы сома;"
    "Тапсырыс берушінің БСН;Тапсырыс беруші;Жеткізуші"
)
RU = (
    "№ закупки;Наименование закупки;Способ закупки;Дата публикации;Плановая сумма, тенге;"
    "БИН заказчика;Заказчик;Поставщик"
)
EN = (
    "Tender number;Tender title;Procurement method;Publication date;Planned amount;"
    "Buyer BIN;Buyer;Supplier"
)
PATHS = {
    "tender.title",
    "tender.procurementMethod",
    "tender.tenderPeriod.startDate",
    "tender.value.amount",
    "buyer.identifier.id",
    "buyer.name",
    "awards.suppliers.name",
}


@pytest.mark.parametrize(
    ("header", "method", "encoding"),
    [
        (KK, "Ашық тендер", "utf-8"),
        (RU, "Открытый тендер", "windows-1251"),
        (RU, "Открытый тендер", "utf-16"),
        (EN, "Open tender", "utf-8-sig"),
    ],
)
def test_headers_of_three_languages_go_where_they_belong(
    header: str, method: str, encoding: str, tmp_path: Path
) -> None:
    file = tmp_path / "Отчёт 1.csv"
    row = f"17;x;{method};05.02.2026 09:00;1 000,50;041240002346;B;S"
    file.write_bytes(f"Отчет;;;;;;;\n\n{header}\n{row}\n".encode(encoding))
    text = propose(file)
    found = read_mapping(text.encode())
    assert {column.to for column in found.column} == PATHS
    assert (found.header_row, found.decimal, found.separator) == (3, ",", ";")
    tried = trial(file, found)
    assert (tried.rows, tried.processes, tried.refused) == (1, 1, {})
    assert tried.report.first == []


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ("Suplier", "awards.suppliers.name"),
        ("Наименвание закупки", "tender.title"),
        ("Бин поставшика", "awards.suppliers.identifier.id"),
        ("Tapsyrys", ""),
        ("dates", ""),
        ("keys", ""),
        ("buyer.nam", "buyer.name"),
    ],
)
def test_a_header_with_a_slip_goes_where_it_was_meant_to(
    header: str, path: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_text(f"№ закупки,Валюта,{header}\n1,KZT,x\n")
    text = propose(file)
    assert ("goes nowhere yet" in text) == (not path)
    assert not path or f'header = "{header}"\nto = "{path}"' in text


def test_what_is_not_sure_is_a_remark(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('№ закупки,Способ закупки,Непонятное "поле"\n1,по знакомству,=1\n2,тендер,x\n')
    text = propose(file)
    assert '# which code is "по знакомству"?' in text
    assert '# "Непонятное \\"поле\\"" goes nowhere yet: =1, x' in text
    assert tomllib.loads(text)["column"][0]["values"] == {"тендер": "open"}


def test_a_spreadsheet_by_its_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Данные")
    sheet.append(["№ закупки", "Цена за единицу", "Код ЕНС ТРУ"])
    sheet.append([1, 2.5, "171213.100.000000"])
    book.save(tmp_path / "a.xlsx")
    found = tomllib.loads(propose(tmp_path / "a.xlsx", "Данные"))
    assert found["sheet"] == "Данные"
    assert [one["to"] for one in found["column"]] == [
        "tender.items.unit.value.amount",
        "tender.items.classification.id",
    ]
    assert {"to": "tender.items.classification.scheme", "value": "ENSTRU"} in found["constant"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\xff\x00", b"a" * 100])
def test_whatever_the_file_holds_a_text_comes_that_is_toml(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "-.csv"
    file.write_bytes(content)
    assert tomllib.loads(propose(file))["key"] == []


def test_every_word_of_ours_goes_to_a_place_and_means_a_code() -> None:
    data = _data()
    assert set(data) - {"key", "words"} <= set(PLACES)
    assert {path: set(words) <= CODES[path] for path, words in data["words"].items()} == (
        dict.fromkeys(data["words"], True)
    )
    listed = [word for path, words in data.items() if path != "words" for word in words]
    assert len(listed) == len(set(listed))


def test_the_commands_propose_try_and_import(tmp_path: Path) -> None:
    file, mapping, own = tmp_path / "a.csv", tmp_path / "m.toml", str(tmp_path / "own")
    file.write_text(f"{RU}\n1;x;Открытый тендер;05.02.2026;один;;B;S\n", encoding="utf-8")
    made = ["propose", str(file), "--out", str(mapping)]
    assert runner.invoke(cli.app, made).exit_code == 0
    assert runner.invoke(cli.app, made).exit_code == 1
    given = ["import", str(file), "--mapping", str(mapping)]
    tried = runner.invoke(cli.app, [*given, "--dry-run"])
    assert tried.exit_code == 0
    assert "1 rows of 1 processes" in tried.output
    assert "row 2 | Плановая сумма, тенге | один" in tried.output
    done = runner.invoke(cli.app, [*given, "--to", own])
    assert done.exit_code == 0
    assert "Version 1 is in force" in done.output
    bad = runner.invoke(cli.app, ["import", str(file), "--dry-run"])
    assert bad.exit_code == 2
    assert runner.invoke(cli.app, [*given[:2], "--mapping", "/none"]).exit_code == 2
    assert runner.invoke(cli.app, ["propose", str(tmp_path / "none")]).exit_code == 1
