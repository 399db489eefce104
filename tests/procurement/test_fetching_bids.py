# SPDX-License-Identifier: EUPL-1.2
"""Bids from a portal on this machine to an indicator's answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from procurement.goszakup_portal import (
    NOW,
    LocalPortal,
    always,
    application,
    brought,
    fetched,
    market,
    of,
    once,
    serving,
)
from procurement.imported import contents

from tarazy.procurement import listing
from tarazy.procurement.deciding import masked
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.run import run
from tarazy.procurement.store import Folder

OTHER, PERSON = "120340000012", "890314450410"
LATER = NOW + timedelta(days=7)


@pytest.fixture
def portal() -> Iterator[LocalPortal]:
    with serving(market(3)) as local:
        yield local


def bids(folder: Path) -> dict[str, dict[str, Any]]:
    return {str(row["bid_id"]): row for row in contents(folder)["bid"]}


def bidders(folder: Path) -> dict[str, Any]:
    return {str(row["ocid"]): row["bidders"] for row in contents(folder)["contracting_process"]}


def test_a_bid_comes_into_the_tables(folder: Path, portal: LocalPortal) -> None:
    fetched(folder, portal)
    assert brought(folder).lost == []
    one = bids(folder)["700000"]
    assert (one["ocid"], one["status"], one["lot_ids"]) == ("goszakup-1000", "valid", ["5000"])
    assert (float(one["value_amount"]), one["value_currency"]) == (49000.25, "KZT")
    assert one["tenderer_ids"] == ["KZ-BIN-050240000007"]
    assert one["submitted_at"] == datetime(2026, 2, 5, 10, 30, 24, 884000, tzinfo=UTC)
    assert set(bidders(folder).values()) == {1}


def test_a_walk_that_broke_goes_on_and_holds_the_import(folder: Path) -> None:
    with serving(market(450)) as local:
        local.tricks.append(
            lambda root, asked: (
                (200, {}, b"{") if root == "TrdApp" and asked.get("after", 99999) <= 70250 else None
            )
        )
        report = fetched(folder, local)
        assert (of(report, "TrdApp").failed, of(report, "TrdApp").items) == (
            Refusal.PORTAL_CUT,
            200,
        )
        assert (of(report, "Rnu").failed, brought(folder).complete) == (None, False)
        unfinished = brought(folder, unfinished=True)
        assert (unfinished.releases, contents(folder)["bid"]) == (450, [])
        assert set(bidders(folder).values()) == {None}  # some of the bids are none
        local.tricks.clear()
        local.asked.clear()
        again = fetched(folder, local)
    assert [asked.get("after") for root, asked in local.asked if root == "TrdApp"] == [70250, 70050]
    assert of(again, "TrdApp").items == 250
    assert brought(folder).releases == 450
    assert len(contents(folder)["bid"]) == 450
    assert set(bidders(folder).values()) == {1}


def test_a_walk_begun_anew_after_one_that_broke_holds_the_import(folder: Path) -> None:
    with serving(market(450)) as local:
        fetched(folder, local)
        brought(folder)
        local.tricks.append(
            lambda root, asked: (404, {}, b"") if root == "TrdApp" and "after" in asked else None
        )
        fetched(folder, local, LATER)
        assert not brought(folder, LATER).complete
        local.tricks.append(always("TrdApp", (404, {}, b"")))
        fetched(folder, local, LATER, whole=True)
        assert not brought(folder, LATER).complete
        local.tricks.clear()
        fetched(folder, local, LATER)
    assert brought(folder, LATER).complete


def test_a_page_that_is_broken_once_is_asked_for_again(folder: Path, portal: LocalPortal) -> None:
    portal.tricks.append(once("TrdApp", (200, {}, b'{"data": {"TrdApp": [{'), (503, {}, b"")))
    report = fetched(folder, portal)
    assert (of(report, "TrdApp").failed, of(report, "TrdApp").items) == (None, 3)


def test_what_was_opened_or_decided_later_is_seen(folder: Path, portal: LocalPortal) -> None:
    portal.lists["TrdApp"] = [application(70000, 1000, {5000: "Подано"})]
    fetched(folder, portal)
    brought(folder)
    assert {name: one["status"] for name, one in bids(folder).items()} == {"700000": "pending"}
    portal.lists["TrdApp"] = [
        application(70000, 1000, {5000: "Победитель"}),
        application(69999, 1000, {5000: "Подано"}, OTHER),  # handed in before, opened since
        {**application(60000, 1001, {5001: "Победитель"}), "dateApply": "2025-11-01 09:00:00"},
    ]
    report = fetched(folder, portal, LATER)
    assert of(report, "TrdApp").since == "2026-01-04"
    assert (of(report, "TrdApp").items, of(report, "TrdApp").changed) == (2, 2)
    assert brought(folder, LATER).releases == 1
    found = {name: one["status"] for name, one in bids(folder).items()}
    assert found == {"700000": "valid", "699990": "valid"}
    assert bidders(folder)["goszakup-1000"] == 2
    fetched(folder, portal, LATER, whole=True)  # what was handed in long before
    brought(folder, LATER)
    assert bidders(folder)["goszakup-1001"] == 1


def test_a_filter_that_the_portal_does_not_know_stops_bids_alone(
    folder: Path, portal: LocalPortal
) -> None:
    fetched(folder, portal)
    brought(folder)
    portal.unknown_filters = {"dateApply"}
    portal.lists["TrdBuy"][0]["lastUpdateDate"] = "2026-03-06 08:00:00"
    portal.lists["TrdBuy"][0]["nameRu"] = "Изменено"
    portal.asked.clear()
    report = fetched(folder, portal, LATER)
    assert report.failures() == {Refusal.PORTAL_UNKNOWN}
    assert [root for root, _ in portal.asked].count("TrdApp") == 1
    assert of(report, "Rnu").failed is None
    came = brought(folder, LATER)
    assert (came.complete, came.releases) == (True, 1)
    assert "Изменено" in {row["title"] for row in contents(folder)["contracting_process"]}
    assert len(bids(folder)) == 3  # as they were


@pytest.mark.parametrize("unknown", ["TrdApp", "AppLots", "supplierBinIin"])
def test_what_the_portal_does_not_know_of_bids_is_told(
    unknown: str, folder: Path, portal: LocalPortal
) -> None:
    portal.unknown = {unknown}
    portal.lists["TrdApp"] = [
        {name: value for name, value in one.items() if name != unknown}
        for one in portal.lists["TrdApp"]
    ]
    report = fetched(folder, portal)
    bids_told = of(report, "TrdApp")
    if unknown == "TrdApp":
        assert (bids_told.failed, bids_told.left_out) == (Refusal.PORTAL_UNKNOWN, [])
    else:
        assert (bids_told.failed, bids_told.left_out) == (None, [unknown])
    came = brought(folder)
    assert (came.complete, came.releases) == (True, 3)
    assert [(one.what, one.count) for one in came.lost] == (
        [("AppLots", 3)] if unknown == "AppLots" else []
    )
    known = 1 if unknown == "supplierBinIin" else None  # the bidder's name is there
    assert set(bidders(folder).values()) == {known}


def test_bids_without_an_id_or_a_notice_are_told(folder: Path, portal: LocalPortal) -> None:
    portal.lists["TrdApp"] += [{"buyId": 1000}, application(80000, 0, {5000: "Подано"})]
    report = fetched(folder, portal)
    troubles = {(one.what, one.count) for one in of(report, "TrdApp").refused}
    assert troubles == {(Refusal.PORTAL_NO_ID, 1), (Refusal.PORTAL_NO_PROCESS, 1)}


def test_the_portal_away_for_bids_holds_nothing(folder: Path, portal: LocalPortal) -> None:
    portal.tricks.append(always("TrdApp", (502, {}, b"")))
    assert fetched(folder, portal).failures() == {Refusal.PORTAL_AWAY}
    assert (brought(folder).releases, contents(folder)["bid"]) == (3, [])
    portal.tricks.clear()
    fetched(folder, portal)
    assert brought(folder).releases == 3
    assert len(bids(folder)) == 3


def test_an_indicator_is_answered_from_fetched_bids(folder: Path, portal: LocalPortal) -> None:
    person = {"bin": "", "nameRu": "ИП Үміт"}
    portal.lists["TrdApp"] = [
        application(70000, 1000, {5000: "Победитель"}),
        application(70001, 1001, {5001: "Победитель"}),
        {**application(70002, 1001, {5001: "Подано"}, PERSON), "Supplier": person},
    ]
    fetched(folder, portal)
    brought(folder)
    run(folder, now=NOW)
    findings = Folder(folder).manifest().findings
    assert findings is not None
    with duckdb.connect() as engine:
        listing.show(engine, folder / findings.folder, findings.base_rates)
        found = engine.sql(
            "SELECT ocid, raised, reason, value FROM answers WHERE code = 'R018' ORDER BY ocid"
        ).fetchall()
    assert found == [
        ("goszakup-1000", True, None, 1),
        ("goszakup-1001", False, None, 2),
        ("goszakup-1002", None, "the number of bidders is not published", None),
    ]
    [bidder] = bids(folder)["700020"]["tenderer_ids"]
    assert bidder == f"KZ-IIN-{PERSON}"
    assert masked(bidder) == "KZ-IIN-••••••••0410"
