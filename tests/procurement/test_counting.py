# SPDX-License-Identifier: EUPL-1.2
"""What is counted of each field, whichever parts it lies in, and what the pages make of it."""

from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from procurement.imported import NOW, Write
from procurement.test_matching import FIRST

from tarazy.core.errors import Refused
from tarazy.procurement import counting, indicators
from tarazy.procurement.completeness import By, shares
from tarazy.procurement.counting import PROCESS
from tarazy.procurement.importing import import_files
from tarazy.procurement.listing import FACTS, PAGES
from tarazy.procurement.quality_fields import BY_KEY, FIELDS, REASONS
from tarazy.procurement.quality_queries import Quality, buyers
from tarazy.procurement.quality_queries import quality as asked
from tarazy.procurement.run import run
from tarazy.procurement.sources.interface import MOMENT
from tarazy.procurement.staging import write_parquet
from tarazy.procurement.store import VERSIONS_KEPT, BaseRate, Findings, Folder

HOSTILE = "'; DROP TABLE counts; --"
EVIDENCE = pa.list_(pa.struct([(name, pa.string()) for name in ("field", "id", "value")]))
START = {"startDate": "2026-01-05T00:00:00Z"}


def release(ocid: str, buyer: str, **tender: Any) -> dict[str, Any]:
    return {"ocid": ocid, "buyer": {"id": buyer, "name": f"Name {buyer}"}, "tender": tender}


@pytest.fixture
def market(folder: Path, write: Write) -> Path:
    first = [
        release("a", HOSTILE, title="x", tenderPeriod=START),
        release("b", HOSTILE, tenderPeriod={"startDate": "2026-02-05"}, items=[{"id": "1"}]),
    ]
    second = [
        release("c", "B", title="y", items=[{"quantity": 1}, {"quantity": 2}, {"id": "3"}]),
        {"ocid": "d", "date": "2026-01-09T00:00:00Z"},
    ]
    import_files(folder, [write("a.jsonl", *first)], now=NOW)
    import_files(folder, [write("b.jsonl", *second)], now=NOW)
    return folder


def share(found: Quality | None, key: str) -> tuple[int, int, int, int]:
    assert found is not None
    [one] = [one for one in found.shares if one.field.key == key]
    return one.filled, one.of, one.filled_in_all, one.of_all


def test_ids_of_one_number_are_one_buyer_with_its_fields_and_its_answers(
    folder: Path, write: Write
) -> None:
    registered = f"KZ-BIN-{FIRST}"
    identifier = {"identifier": {"id": FIRST}, "roles": ["buyer"]}
    releases = [
        {**release(ocid, buyer, title="x"), "parties": [{"id": buyer, **identifier}]}
        for ocid, buyer in (("a", "X-1"), ("b", "X-1"), ("c", registered))
    ]
    import_files(folder, [write("a.jsonl", *releases)], now=NOW)
    run(folder, now=NOW)
    counting.keep(folder)
    found = asked(folder, registered)
    assert found is not None
    assert share(found, f"{PROCESS}.title") == (3, 3, 3, 3)
    [silence] = [one for one in found.silences if one.code == "R003"]
    assert (silence.assessed, silence.missing) == (0, 3)
    assert asked(folder, "X-1") is None
    [row] = buyers(folder, "", "", "most", 1).rows
    assert row["buyer"] == registered
    assert {one.group for one in shares(folder, By.BUYER)} == {registered}


def test_fields_are_counted_over_all_parts(market: Path) -> None:
    counting.keep(market)
    found = asked(market)
    assert found is not None
    assert found.processes == 4
    assert share(found, f"{PROCESS}.title")[:2] == (2, 4)
    assert share(found, f"{PROCESS}.tender_start_published")[:2] == (2, 4)
    assert share(found, f"{PROCESS}.tender_start_at")[:2] == (1, 4)
    assert share(found, "item")[:2] == (2, 4)
    assert share(found, "item.quantity")[:2] == (2, 4)
    assert found.months == [("2026-01", 2)]


def test_a_buyer_and_a_month_stand_beside_all(market: Path) -> None:
    counting.keep(market)
    own = asked(market, HOSTILE)
    assert own is not None
    assert (own.processes, own.buyer_name) == (2, f"Name {HOSTILE}")
    assert share(own, f"{PROCESS}.title") == (1, 2, 2, 4)
    assert share(own, "item.quantity") == (0, 1, 2, 4)
    assert share(asked(market, "", "2026-01"), f"{PROCESS}.title") == (1, 2, 2, 4)
    assert share(asked(market, HOSTILE, "2026-01"), f"{PROCESS}.title") == (1, 1, 2, 4)
    assert asked(market, "nobody") is None
    assert asked(market, "B", "2026-01") is None
    assert asked(market, "", "1999-01") is None
    least = asked(market, order="least")
    assert least is not None
    parts = [one.part() for one in least.shares]
    assert parts == sorted(parts)
    without_items = asked(market, "", "2026-01", "least")
    assert without_items is not None
    last = without_items.shares[-1]
    assert (last.field.key.startswith("item."), last.of) == (True, 0)  # no share is no least share


def test_buyers_by_words_and_orders(market: Path) -> None:
    counting.keep(market)
    found = buyers(market, f"{PROCESS}.title", "", "least", 1)
    assert [(row["buyer"], row["filled"], row["of"]) for row in found.rows] == [
        ("", 0, 1),
        (HOSTILE, 1, 2),
        ("B", 1, 1),
    ]
    least = buyers(market, "item.quantity", "", "least", 1).rows
    assert [(row["buyer"], row["share"]) for row in least] == [
        (HOSTILE, 0.0),
        ("B", pytest.approx(2 / 3)),
        ("", None),
    ]
    assert [row["buyer"] for row in buyers(market, "x", "name b", "name", 9).rows] == ["B"]
    assert buyers(market, "x", "' OR 1=1", "most", 1).rows == []
    assert buyers(market, "item.quantity", "name b", "most", 1).rows[0]["share"] == pytest.approx(
        2 / 3
    )


def found(folder: Path, *rows: tuple[str | None, bool | None, str | None]) -> None:
    """Findings as a run would leave them, without running eighty indicators: R003 alone."""
    store = Folder(folder)
    with store.writing() as manifest:
        name, target = store.fresh("findings", manifest.version + 1)
        (target / PAGES).mkdir()
        ocids = [f"p{number}" for number in range(len(rows))]
        # the reason of the last stands in the base rates, and it has no row
        answers = {
            "place": range(1, len(rows)),
            "lot_id": pa.nulls(len(rows) - 1, pa.string()),
            "raised": [raised for _, raised, _ in rows[:-1]],
            "reason": [reason for _, _, reason in rows[:-1]],
            "value": pa.nulls(len(rows) - 1, pa.float64()),
            "evidence": pa.nulls(len(rows) - 1, EVIDENCE),
        }
        rate = BaseRate(
            code="R003", version=1, raised=0, assessed=0, not_assessed={}, usual=rows[-1][2]
        )
        facts = {
            "ocid": ocids,
            "place": range(1, len(rows) + 1),
            "buyer_id": [buyer for buyer, _, _ in rows],
            "happened_at": pa.array([NOW] * len(rows), MOMENT),
        }
        (target / "0").mkdir()
        write_parquet(pa.table(answers), target / "0" / "R003.parquet")
        write_parquet(pa.table(facts), target / PAGES / FACTS)
        findings = Findings(folder=name, tables=str(manifest.tables), at=NOW, base_rates=[rate])
        after = msgspec.structs.replace(manifest, version=manifest.version + 1, findings=findings)
        store.publish(after)


def test_what_is_silenced_is_told_with_its_fields(market: Path) -> None:
    period, status = "the tender period is not published", "no bids are published"
    found(
        market,
        (HOSTILE, True, None),
        (HOSTILE, None, period),
        ("B", None, status),
        ("B", None, status),
        (None, None, "a reason of later"),
    )
    counting.keep(market)
    [own] = (asked(market, "B") or Quality()).silences
    assert (own.code, own.assessed, own.missing) == ("R003", 0, 2)
    assert own.reasons == [(status, 2, [BY_KEY["bid"]])]
    [whole] = (asked(market) or Quality()).silences
    assert (whole.assessed, whole.missing) == (1, 4)
    assert {reason: count for reason, count, _ in whole.reasons} == {
        status: 2,
        period: 1,
        "a reason of later": 1,
    }


def test_every_reason_is_told_so_that_they_add_up(market: Path) -> None:
    found(market, *(("B", None, f"reason {number}") for number in range(9)))
    counting.keep(market)
    [own] = (asked(market, "B") or Quality()).silences
    assert (len(own.reasons), sum(count for _, count, _ in own.reasons)) == (9, own.missing)


def test_it_is_counted_once_for_what_is_in_force(market: Path, write: Write) -> None:
    assert asked(market) == Quality(processes=4)
    assert not buyers(market, "", "", "most", 1).counted
    first = counting.keep(market)
    mark = first / "mark"
    mark.touch()
    assert counting.keep(market) == first
    assert mark.exists()
    for number in range(VERSIONS_KEPT):
        import_files(market, [write(f"{number}.jsonl", release(f"n{number}", "B"))], now=NOW)
        assert not (asked(market) or Quality(counted=True)).counted
        assert counting.keep(market) != first
    assert not first.exists()


def test_without_tables_it_refuses(folder: Path) -> None:
    with pytest.raises(Refused):
        counting.keep(folder)
    assert asked(folder) == Quality()
    assert not folder.exists()


def test_every_reason_is_one_that_an_indicator_gives_and_every_field_is_counted() -> None:
    folder = Path(indicators.__file__).parent
    texts = [path.read_text() for path in folder.glob("*.py")]
    code = " ".join(" ".join(texts).split())
    assert [one for one in REASONS if f'"{one}"' not in code.replace('" "', "")] == []
    assert {key for keys in REASONS.values() for key in keys} <= set(BY_KEY)
    assert all(one.of == "processes" or one.of.endswith(".rows") for one in FIELDS)
    assert len({one.key for one in FIELDS}) == len(FIELDS)
