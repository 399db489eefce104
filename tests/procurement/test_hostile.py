# SPDX-License-Identifier: EUPL-1.2
"""The worst input at each door of the import: a row of the report, never a crash or a silent loss.

JSON lines, CSV and XLSX with a mapping, and the user's reference tables.
"""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from procurement.factory import answers
from procurement.imported import NOW, Write, bring, contents, release
from procurement.test_flat import GOOD, HEADER, MAPPING

from tarazy.procurement import references
from tarazy.procurement.importing import FileReport, import_files
from tarazy.procurement.indicators import r070_loser_as_subcontractor
from tarazy.procurement.references import BadReference
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.ocds import OBJECTS_MAX

HUGE = 200 * 1024 * 1024
NASTY = "'); DROP TABLE bid; --"


def with_a_huge_line(path: Path, before: str, after: str) -> Path:
    """A file with a line of 200 MB in its midst; the disk holds little of it."""
    with path.open("wb") as file:
        file.write(before.encode() + b"\n")
        file.seek(HUGE, 1)
        file.write(b"\n" + after.encode() + b"\n")
    return path


@pytest.mark.parametrize("door", ["json", "csv"])
def test_a_line_of_200_mb_costs_only_itself_and_bounded_memory(
    door: str, folder: Path, tmp_path: Path
) -> None:
    tracemalloc.start()
    if door == "json":
        lines = [json.dumps(release(one)) for one in "ab"]
        file = with_a_huge_line(tmp_path / "a.jsonl", *lines)
        [report] = bring(folder, file)
    else:
        file = with_a_huge_line(
            tmp_path / "a.csv", f"{HEADER}\n{GOOD}", GOOD.replace("1;", "2;", 1)
        )
        mapping = MAPPING.encode()
        [report] = import_files(folder, [file], now=NOW, mapping=mapping).files
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.imported == 2
    [refused] = report.refused
    assert (refused.what, refused.count) == (Refusal.TOO_LONG, 1)
    assert peak < HUGE


def test_a_line_of_nothing_but_empty_objects_costs_only_itself(folder: Path, write: Write) -> None:
    many = b",".join([b"{}"] * (OBJECTS_MAX + 1))
    crowded = b'{"ocid": "%s", "tender": {"items": [%s]}}' % (b"o" * 255, many)
    file = write("a.jsonl", release("a"))
    file.write_bytes(crowded + b"\n" + file.read_bytes())
    [report] = bring(folder, file)
    assert report.imported == 1
    [refused] = report.refused
    assert (refused.what, refused.lines) == (Refusal.TOO_MANY_OBJECTS, [1])


def test_processes_that_are_related_in_a_circle_are_read_and_judged(
    folder: Path, write: Write
) -> None:
    def related(ocid: str, *to: str) -> dict[str, Any]:
        found = [
            {"id": str(number), "relationship": ["parent"], "scheme": "ocid", "identifier": one}
            for number, one in enumerate(to)
        ]
        contract = {"id": "c", "relatedProcesses": found}
        return {**release(ocid), "relatedProcesses": found, "contracts": [contract]}

    circle = [related("a", "b", "a"), related("b", "c"), related("c", "a", NASTY)]
    [report] = bring(folder, write("a.jsonl", *circle))
    assert (report.imported, report.lost, report.refused) == (3, [], [])
    assert noted(report) == {("note_circle", "relatedProcesses"): (3, [1, 2, 3])}
    assert len(contents(folder)["related_process"]) == 10
    found = answers(r070_loser_as_subcontractor, *circle)
    assert {row["ocid"] for row in found} == {"a", "b", "c"}


def noted(report: FileReport) -> dict[tuple[str | None, str], tuple[int, list[int]]]:
    return {(one.why, one.what): (one.count, one.lines) for one in report.noted}


def test_dates_without_zones_are_kept_and_not_trusted(folder: Path, write: Write) -> None:
    period = {"startDate": "2026-01-05T09:00:00", "endDate": "05.02.2026"}
    [report] = bring(folder, write("a.jsonl", release("a", "2026-01-01", tenderPeriod=period)))
    [row] = contents(folder)["contracting_process"]
    assert (row["tender_start_at"], row["tender_start_published"]) == (None, "2026-01-05T09:00:00")
    assert (row["released_at"], row["tender_end_published"]) == (None, None)
    assert [(one.what, one.lines) for one in report.lost] == [("tender.tenderPeriod.endDate", [1])]
    assert noted(report) == {
        ("note_no_zone", "date"): (1, [1]),
        ("note_no_zone", "tender.tenderPeriod.startDate"): (1, [1]),
    }


def test_prices_of_nothing_or_less_are_kept_and_told(folder: Path, write: Write) -> None:
    prices = (0, 5, -3, "0.00", None)
    releases = [release(f"p{n}", price=price) for n, price in enumerate(prices)]
    [report] = bring(folder, write("a.jsonl", *releases))
    kept = [row["value_amount"] for row in contents(folder)["bid"]]
    assert sorted(one for one in kept if one is not None) == [-3, 0, 0, 5]
    assert (report.imported, report.lost) == (5, [])
    assert noted(report) == {("note_not_positive", "bids.details.value.amount"): (3, [1, 3, 4])}


def test_what_stands_twice_in_a_release_counts_once_and_is_told(folder: Path, write: Write) -> None:
    one = release("a", lots=[{"id": "1"}, {"id": "1"}], items=[{"id": "1"}, {"id": "1"}])
    one["bids"]["details"] *= 2
    one["awards"] = [{"id": "1", "title": "first"}, {"id": "2"}, {"id": 1, "title": "last"}]
    paid = [{"id": "t"}, {"id": None}, {"id": None}, {"id": "t"}, {"id": "t"}]
    one["contracts"] = [{"id": "c", "implementation": {"transactions": paid}}]
    [report] = bring(folder, write("a.jsonl", one))
    tables = contents(folder)
    names = ("lot", "item", "bid", "award", "contract", "transaction")
    assert [len(tables[name]) for name in names] == [1, 2, 1, 2, 1, 3]
    assert {row["title"] for row in tables["award"]} == {None, "last"}
    assert report.lost == []
    assert noted(report) == {
        ("note_repeated", "awards"): (1, [1]),
        ("note_repeated", "bids.details"): (1, [1]),
        ("note_repeated", "contracts.implementation.transactions"): (2, [1]),
        ("note_repeated", "tender.lots"): (1, [1]),
    }


def test_bids_and_awards_of_one_id_for_different_lots_are_different(
    folder: Path, write: Write
) -> None:
    one = release("a")
    one["bids"]["details"] = [{"id": "1", "relatedLots": [lot]} for lot in ("l1", "l2", "l1")]
    one["awards"] = [{"id": "1", "relatedLots": [lot]} for lot in ("l1", "l2")]
    [report] = bring(folder, write("a.jsonl", one))
    tables = contents(folder)
    assert (len(tables["bid"]), len(tables["award"])) == (2, 2)
    assert noted(report) == {("note_repeated", "bids.details"): (1, [1])}


WRONG_CELLS = ["true", "[]", "{}", "=1+1", "1e9", "0x10", NASTY, "\u202e1", "٣", "-", "9" * 50]


@pytest.mark.parametrize("column", range(1, HEADER.count(";") + 1))
def test_a_wrong_type_in_each_column_is_kept_or_told(
    column: int, folder: Path, tmp_path: Path
) -> None:
    lines = []
    for number, cell in enumerate(WRONG_CELLS):
        cells = [str(number), *[""] * HEADER.count(";")]
        cells[column] = f'"{cell}"'
        lines.append(";".join(cells))
    file = tmp_path / "a.csv"
    file.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    [report] = import_files(folder, [file], now=NOW, mapping=MAPPING.encode()).files
    assert (report.rows, report.imported, report.refused) == (len(lines), len(lines), [])
    lost = sum(one.count for one in report.lost)
    kept = _kept(folder)
    # of each cell a value, a line of the report, or nothing where the mapping says that it is empty
    assert lost + kept == len(WRONG_CELLS) - 1


def _kept(folder: Path) -> int:
    names = ("title", "method", "tender_start_published", "value_amount", "buyer_id")
    tables = contents(folder)
    rows = [row[name] for row in tables["contracting_process"] for name in names]
    inner = ("description", "quantity", "unit_price")
    rows += [row[name] for row in tables["item"] for name in inner]
    return sum(one is not None for one in rows)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (f"x,c,u,1,KZT,2026-01-01,,{NASTY}", None),
        ("x,c,u,1,5,KZT,2026-01-01,,s", "the line has more cells than columns"),
        ("x,c,u,0,KZT,2026-01-01,,s", "price_max"),
        ("x,c,u,-5,KZT,2026-01-01,,s", "price_max"),
        ("x,c,u,=1,KZT,2026-01-01,,s", "price_max"),
        ("x,c,u,1,KZT,01.02.2026,,s", "valid_from"),
        ("x,c,u,1,KZT,2026-02-30,,s", "valid_from"),
        ("x,,u,1,KZT,2026-01-01,,s", "code is empty"),
        ('x,"c,u,1,KZT,2026-01-01,,s', "unit is empty"),
    ],
)
def test_a_price_list_is_taken_whole_or_refused_with_its_line(
    line: str, what: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(f"scheme,code,unit,price_max,currency,valid_from,valid_to,source\n{line}\n")
    if what is None:
        assert references.keep(tmp_path, "prices", file) == 1
        return
    with pytest.raises(BadReference) as refused:
        references.keep(tmp_path, "prices", file)
    assert refused.value.line == 2
    assert refused.value.what.startswith(what)
    assert not (tmp_path / "references").exists()
