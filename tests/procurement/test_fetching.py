# SPDX-License-Identifier: EUPL-1.2
"""From a portal on this machine to the tables: pages, changes, troubles, and a kill on the way."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from procurement.goszakup_portal import (
    NOW,
    TOKEN,
    LocalPortal,
    always,
    brought,
    contract,
    fetched,
    lot,
    market,
    notice,
    of,
    once,
    serving,
    spelt,
    subject,
    unfair,
)
from procurement.imported import contents

from tarazy.core.errors import Temporary
from tarazy.procurement.fetching import fetch
from tarazy.procurement.portal import Portal
from tarazy.procurement.portal_access import Access
from tarazy.procurement.references import keep, load
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.shelf import shelf


@pytest.fixture
def portal() -> Iterator[LocalPortal]:
    with serving(market(3)) as local:
        yield local


def rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The tables without what names the import."""
    tables = contents(folder)
    for row in tables["contracting_process"]:
        del row["source"], row["position"]
    tables["contracting_process"].sort(key=lambda row: str(row["ocid"]))
    return {
        name: [
            {key: value for key, value in row.items() if key not in {"telephone", "email"}}
            for row in table
        ]
        for name, table in tables.items()
    }


def test_a_portal_of_several_pages_comes_into_the_tables(folder: Path) -> None:
    with serving(market(450)) as local:
        report = fetched(folder, local)
        limits = {variables["limit"] for _, variables in local.asked}
    assert [(one.kind, one.pages, one.items) for one in report.kinds] == [
        ("TrdBuy", 3, 450),
        ("Lots", 3, 450),
        ("Contract", 3, 450),
        ("TrdApp", 3, 450),
        ("Subjects", 1, 2),
        ("Rnu", 1, 1),
    ]
    assert limits == {200}
    came = brought(folder)
    assert (came.releases, came.debarred, came.lost, came.complete) == (450, 1, [], True)
    assert came.summary is not None
    assert [(one.imported, one.lost, one.refused) for one in came.summary.files] == [(450, [], [])]
    counts = {name: len(table) for name, table in rows(folder).items()}
    assert (counts["contracting_process"], counts["lot"], counts["contract"]) == (450, 450, 450)
    assert (counts["item"], counts["party"], counts["award"]) == (900, 1350, 450)
    assert counts["bid"] == 450
    assert load(folder, "debarred")["identifier"].to_pylist() == ["050240000007"]


def test_pages_are_kept_as_they_came_with_time_and_hash(folder: Path, portal: LocalPortal) -> None:
    fetched(folder, portal)
    with shelf(folder) as opened:
        pages = list(opened.pages())
    assert [kind for kind, _, _, _ in pages] == [
        "TrdBuy",
        "Lots",
        "Contract",
        "TrdApp",
        "Subjects",
        "Rnu",
    ]
    for kind, at, digest, body in pages:
        own = {"filter": {}, "limit": 200}
        assert body == spelt(portal.page(kind, own))[2]
        assert sha256(body).hexdigest() == digest
        assert datetime.fromisoformat(at) == NOW


def test_only_what_changed_is_asked_for_and_the_tables_are_those_of_a_full_walk(
    tmp_path: Path, portal: LocalPortal
) -> None:
    fetched(tmp_path / "little", portal)
    brought(tmp_path / "little")
    portal.lists["TrdBuy"][0] = {**notice(1000, "2026-03-06 08:00:00"), "nameRu": "Изменено"}
    portal.lists["TrdBuy"].append(notice(1003, "2026-03-06 09:00:00"))
    portal.lists["Lots"].append(lot(5003, 1003, "2026-03-06 09:00:00"))
    agreement = contract(9100, 1001, 5001, "2026-03-06")
    portal.lists["Contract"].append({**agreement, "rootId": 9001, "contractSum": 55000})
    moved = subject(2, "050240000007", "ТОО «Жаңа ат»")
    portal.lists["Subjects"][1] = {**moved, "lastUpdateDate": "2026-03-06 00:00:00"}
    portal.lists["Rnu"] = [unfair(2, "990140000002")]
    portal.asked.clear()
    later = NOW + timedelta(days=2)
    report = fetched(tmp_path / "little", portal, later)
    assert [variables["filter"] for _, variables in portal.asked] == [
        {"lastUpdateDate": ["2026-03-04", ""]},
        {"lastUpdateDate": ["2026-03-04", ""]},
        {"indexDate": ["2026-03-04", ""]},
        {"dateApply": ["2026-01-04 00:00:00.000000", ""]},
        {"lastUpdateDate": ["2026-03-04", ""]},
        {},
    ]
    assert [one.changed for one in report.kinds] == [2, 1, 1, 0, 1, 1]
    brought(tmp_path / "little", later)
    fetched(tmp_path / "full", portal, later)
    brought(tmp_path / "full", later)
    assert rows(tmp_path / "little") == rows(tmp_path / "full")
    for one in ("little", "full"):
        unfair_now = load(tmp_path / one, "debarred")["identifier"].to_pylist()
        assert unfair_now == ["990140000002"]
    by_id = {row["contract_id"]: row for row in rows(tmp_path / "little")["contract"]}
    assert (by_id["9001"]["value_amount"], by_id["9001"]["amendments"]) == (55000, 1)


def test_a_contract_that_gets_its_notice_later_is_there_once(
    folder: Path, portal: LocalPortal
) -> None:
    portal.lists["Contract"].append(contract(9009, 0, 5000))
    fetched(folder, portal)
    brought(folder)
    portal.lists["Contract"][-1] = contract(9009, 1000, 5000, "2026-03-06")
    later = NOW + timedelta(days=2)
    fetched(folder, portal, later)
    brought(folder, later)
    assert [row["ocid"] for row in rows(folder)["contract"] if row["contract_id"] == "9009"] == [
        "goszakup-1000"
    ]
    assert [row["ocid"] for row in rows(folder)["award"]].count("goszakup-contract-9009") == 0


def test_who_gets_another_number_is_no_longer_described_under_the_first(
    folder: Path, portal: LocalPortal
) -> None:
    fetched(folder, portal)
    brought(folder)
    other = {**subject(2, "990340000005", "ТОО «Басқа»"), "lastUpdateDate": "2026-03-06 00:00:00"}
    portal.lists["Subjects"][1] = other
    later = NOW + timedelta(days=2)
    fetched(folder, portal, later)
    brought(folder, later)
    fetched(folder / "full", portal, later)
    brought(folder / "full", later)
    assert rows(folder)["party"] == rows(folder / "full")["party"]


def test_a_second_fetch_without_changes_changes_nothing(folder: Path, portal: LocalPortal) -> None:
    fetched(folder, portal)
    before = brought(folder)
    report = fetched(folder, portal, NOW, whole=True)
    assert [one.changed for one in report.kinds] == [0] * 6
    again = brought(folder)
    assert (before.releases, again.releases, again.summary) == (3, 0, None)


@pytest.mark.parametrize(
    "reply",
    [
        (429, {"Retry-After": "3"}, b""),
        (503, {}, b"<html>"),
        (200, {}, b'{"data": {"Lots": [{"id": 1'),
        (200, {"Content-Length": "500"}, b'{"data"'),
        (200, {}, b"<html>"),
        (200, {}, b'{"data": {"Lots": "none"}}'),
        spelt({"data": {"Lots": []}}),
        spelt({"data": None, "errors": [{"message": "Internal server error"}]}),
        spelt({"data": {"Lots": []}, "extensions": {"pageInfo": {"hasNextPage": True}}}),
    ],
)
def test_what_goes_wrong_once_is_asked_again(reply: Any, folder: Path, portal: LocalPortal) -> None:
    portal.tricks.append(once("Lots", reply, reply))
    report = fetched(folder, portal)
    assert report.failures() == set()
    assert of(report, "Lots").items == 3


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ((429, {}, b""), Refusal.PORTAL_BUSY),
        ((429, {"Retry-After": "86400"}, b""), Refusal.PORTAL_BUSY),
        ((502, {}, b""), Refusal.PORTAL_AWAY),
        ((200, {}, b"{"), Refusal.PORTAL_CUT),
        ((200, {}, b"\xff"), Refusal.PORTAL_CUT),
        ((200, {}, b"[]"), Refusal.PORTAL_BROKEN),
        ((200, {}, b"[" * 5000), Refusal.PORTAL_BROKEN),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), Refusal.PORTAL_BROKEN),
        ((404, {}, b""), Refusal.PORTAL_BROKEN),
        ((200, {}, b'"' + TOKEN.encode() + b'"'), Refusal.PORTAL_BROKEN),
        ((403, {}, b""), Refusal.PORTAL_TOKEN),
    ],
)
def test_what_stays_wrong_is_named_and_loses_nothing(
    reply: Any, why: Refusal, folder: Path, portal: LocalPortal
) -> None:
    portal.tricks.append(always("Contract", reply))
    report = fetched(folder, portal)
    assert of(report, "Contract").failed == why
    assert of(report, "Lots").failed is None
    unfinished = brought(folder)
    assert (unfinished.complete, unfinished.summary) == (False, None)
    portal.tricks.clear()
    again = fetched(folder, portal)
    assert (again.failures(), of(again, "Contract").items) == (set(), 3)


def test_unfinished_lists_are_imported_only_on_demand(folder: Path, portal: LocalPortal) -> None:
    portal.tricks.append(always("Contract", (502, {}, b"")))
    fetched(folder, portal)
    came = brought(folder, unfinished=True)
    assert (came.complete, came.releases, came.debarred) == (False, 3, 1)
    portal.tricks.clear()
    fetched(folder, portal)
    assert brought(folder).releases == 3
    assert len(rows(folder)["contract"]) == 3


def test_a_list_that_fails_when_changes_are_asked_for_holds_the_import(
    folder: Path, portal: LocalPortal
) -> None:
    fetched(folder, portal)
    brought(folder)
    portal.lists["TrdBuy"].append(notice(1003, "2026-03-06 09:00:00"))
    portal.lists["Lots"].append(lot(5003, 1003, "2026-03-06 09:00:00"))
    portal.tricks.append(always("Lots", (502, {}, b"")))
    fetched(folder, portal, NOW + timedelta(days=2))
    assert brought(folder).summary is None
    assert len(rows(folder)["contracting_process"]) == 3
    portal.tricks.clear()
    fetched(folder, portal, NOW + timedelta(days=3))
    assert brought(folder).releases == 1
    assert len(rows(folder)["lot"]) == 4


def test_a_page_that_is_too_much_at_once_is_asked_for_in_smaller_ones(
    folder: Path, portal: LocalPortal
) -> None:
    portal.tricks.append(
        lambda root, asked: (200, {}, b"{") if root == "Lots" and asked["limit"] > 2 else None
    )
    report = fetched(folder, portal)
    assert (of(report, "Lots").failed, of(report, "Lots").items) == (None, 3)


def test_after_a_page_that_was_too_much_pages_grow_again(folder: Path) -> None:
    with serving(market(3000)) as local:
        odd = local.lists["TrdBuy"][-100]

        def cut(root: str, asked: dict[str, Any]) -> tuple[int, dict[str, str], bytes] | None:
            """The page breaks off where one entry is not alone on it."""
            together = asked["limit"] > 1 and odd in local.page(root, asked)["data"][root]
            return (200, {}, b'{"data":') if root == "TrdBuy" and together else None

        local.tricks.append(cut)
        report = fetched(folder, local)
        sizes = [asked["limit"] for root, asked in local.asked if root == "TrdBuy"]
    assert (of(report, "TrdBuy").failed, of(report, "TrdBuy").items) == (None, 3000)
    assert 1 in sizes
    assert sizes[-1] > 50
    assert len(sizes) < 300


@pytest.mark.parametrize("pause", ["3600", "0"])
def test_a_portal_that_asks_to_be_left_alone_is_left_alone(
    pause: str, folder: Path, portal: LocalPortal
) -> None:
    fetched(folder, portal)
    assert brought(folder).complete
    portal.asked.clear()
    portal.tricks.append(lambda _root, _asked: (429, {"Retry-After": pause}, b""))
    report = fetched(folder, portal, NOW + timedelta(days=2))
    assert {one.failed for one in report.kinds} == {Refusal.PORTAL_BUSY}
    assert {root for root, _ in portal.asked} == {"TrdBuy"}
    assert not brought(folder).complete
    portal.tricks.clear()
    assert not fetched(folder, portal, NOW + timedelta(days=2)).failures()
    assert brought(folder).complete


def test_a_list_that_leads_in_a_circle_is_left(folder: Path, portal: LocalPortal) -> None:
    first = portal.page("Lots", {"filter": {}, "limit": 2})
    portal.tricks.append(always("Lots", spelt(first)))
    assert of(fetched(folder, portal), "Lots").failed == Refusal.PORTAL_CIRCLE


def test_a_page_that_repeats_items_makes_no_doubles(folder: Path, portal: LocalPortal) -> None:
    page = portal.page("Lots", {"filter": {}, "limit": 200})
    page["data"]["Lots"] *= 2
    portal.tricks.append(once("Lots", spelt(page)))
    assert of(fetched(folder, portal), "Lots").items == 6
    brought(folder)
    assert len(rows(folder)["lot"]) == 3


def test_odd_items_are_rows_of_the_report_and_the_rest_comes(
    folder: Path, portal: LocalPortal
) -> None:
    portal.lists["Lots"] += [
        {"nameRu": "без номера"},
        lot(7000, 0),
        {**lot(7001, 1000), "Plans": 5},
    ]
    odd = {"totalSum": "дорого", "startDate": "вчера", "nameRu": ["x"], "orgBin": {"a": 1}}
    portal.lists["TrdBuy"][0] = {**notice(1000), **odd, "refBuyStatusId": 10**30}
    portal.lists["Rnu"] += [unfair(5, "нет"), unfair(6, "050240000007", startDate=None)]
    portal.lists["Rnu"] += [unfair(7, "050240000007", endDate="2025-04-30 00:00:00")]
    report = fetched(folder, portal)
    troubles = {(one.what, one.count) for one in of(report, "Lots").refused}
    assert troubles == {(Refusal.PORTAL_NO_ID, 1), (Refusal.PORTAL_NO_PROCESS, 1)}
    came = brought(folder)
    assert {(one.what, one.count) for one in came.lost} == {
        ("Plans", 1),
        ("Rnu", 3),
        ("orgBin", 1),
        ("refBuyStatusId", 1),
    }
    assert came.summary is not None
    lost = {one.what for one in came.summary.files[0].lost}
    assert lost == {"tender.title", "tender.value.amount", "tender.tenderPeriod.startDate"}
    assert (came.summary.files[0].imported, came.debarred) == (3, 1)


def test_a_field_that_the_portal_does_not_know_is_left_out_and_told(
    folder: Path, portal: LocalPortal
) -> None:
    portal.unknown = {"PlansSpec", "dayOverdue", "aktDate"}
    report = fetched(folder, portal)
    assert report.failures() == set()
    assert of(report, "Lots").left_out == ["PlansSpec"]
    assert of(report, "Contract").left_out == ["PlansSpec", "aktDate", "dayOverdue"]


def test_an_expired_token_stops_the_fetch_at_once(folder: Path, portal: LocalPortal) -> None:
    with Portal(Access(portal.address, "another-token-0815"), per_second=20) as asking:
        report = fetch(folder, asking, now=NOW)
    assert {one.failed for one in report.kinds} == {Refusal.PORTAL_TOKEN}
    assert portal.asked == []


def test_two_do_not_fetch_into_one_folder(folder: Path, portal: LocalPortal) -> None:
    with shelf(folder), pytest.raises(Temporary):
        fetched(folder, portal)


def test_a_list_of_the_users_own_stays(folder: Path, tmp_path: Path, portal: LocalPortal) -> None:
    own = tmp_path / "own.csv"
    own.write_text("identifier,valid_from,valid_to,source\n1,2026-01-01,,list\n")
    folder.mkdir()
    keep(folder, "debarred", own)
    fetched(folder, portal)
    assert brought(folder).debarred is None
    assert load(folder, "debarred")["identifier"].to_pylist() == ["1"]


def test_an_import_that_fails_is_made_good(
    folder: Path, portal: LocalPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched(folder, portal)
    with monkeypatch.context() as patch:
        patch.setattr("tarazy.procurement.importing.merge", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            brought(folder)
    assert brought(folder).releases == 3
    assert len(rows(folder)["contracting_process"]) == 3
