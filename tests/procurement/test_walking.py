# SPDX-License-Identifier: EUPL-1.2
"""Walks over entries that break their page, and registers that come back empty."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from procurement.goszakup_portal import (
    NOW,
    LocalPortal,
    Reply,
    always,
    brought,
    fetched,
    lot,
    market,
    notice,
    of,
    serving,
    spelt,
    unfair,
)
from procurement.imported import contents

from tarazy.procurement import cli_fetch, walking
from tarazy.procurement.references import keep, load
from tarazy.procurement.refusals import Refusal

LATER = NOW + timedelta(days=2)
SAID = "Cannot return null for non-nullable field Plan.nameRu."
BROKEN = spelt({"data": None, "errors": [{"message": SAID}]})


@pytest.fixture
def portal() -> Iterator[LocalPortal]:
    with serving(market(3)) as local:
        yield local


def breaking(local: LocalPortal, root: str, *ids: int, reply: Reply = BROKEN) -> None:
    """These entries break each page that they are on, whatever is asked of them."""

    def broken(asked: str, variables: dict[str, Any]) -> Reply | None:
        if asked != root:
            return None
        page = local.page(root, variables)["data"][root]
        return reply if {one["id"] for one in page} & set(ids) else None

    local.tricks.append(broken)


def unread(report: Any, root: str) -> list[tuple[str, str, str, str]]:
    return [(one.after, one.until, one.key, one.process) for one in of(report, root).unread]


def lots(folder: Path) -> set[str]:
    return {str(row["lot_id"]) for row in contents(folder)["lot"]}


@pytest.mark.parametrize("reply", [BROKEN, (200, {}, b'{"data":')])
@pytest.mark.parametrize("broken", [5100, 5249, 5001])
def test_the_list_goes_on_behind_an_entry_that_breaks_its_page_alone(
    reply: Reply, broken: int, folder: Path
) -> None:
    with serving(market(250)) as local:
        breaking(local, "Lots", broken, reply=reply)
        if broken == 5249:  # the newest: there is no cursor before it
            local.lists["Lots"].append(lot(5250, 1249))
        report = fetched(folder, local)
        assert of(report, "Lots").failed is None
        assert unread(report, "Lots") == [(str(broken + 1), str(broken), "", "")]
        [gap] = of(report, "Lots").unread
        assert gap.why == (Refusal.PORTAL_BROKEN if reply == BROKEN else Refusal.PORTAL_CUT)
        assert gap.said == (SAID if reply == BROKEN else "")
        assert brought(folder).complete
        every = {str(one["id"]) for one in local.lists["Lots"]}
        assert every - lots(folder) == {str(broken)}
        local.tricks.clear()
        again = fetched(folder, local, LATER)
        assert of(again, "Lots").unread == []
        brought(folder, LATER)
        assert lots(folder) == every


def test_the_last_entry_of_a_list_may_break_its_page(folder: Path) -> None:
    with serving(market(250)) as local:
        breaking(local, "Lots", 5000)
        report = fetched(folder, local)
        assert (of(report, "Lots").failed, unread(report, "Lots")) == (
            None,
            [("5001", "5000", "", "")],
        )


def test_a_portal_that_knows_only_cursors_of_its_own_is_not_believed(folder: Path) -> None:
    """An empty page for a number that is no entry's would end the list in its middle."""
    with serving(market(250)) as local:
        known = {one["id"] for one in local.lists["Lots"]} - {5100}
        empty = {"data": {"Lots": []}, "extensions": {"pageInfo": {"hasNextPage": False}}}
        local.tricks.append(
            lambda root, asked: (
                spelt(empty) if root == "Lots" and asked.get("after", 5000) not in known else None
            )
        )
        breaking(local, "Lots", 5100)
        report = fetched(folder, local)
        assert of(report, "Lots").failed is None
        assert unread(report, "Lots") == [("5101", "5099", "", "")]
        local.tricks.clear()
        assert unread(fetched(folder, local, LATER), "Lots") == []
        brought(folder, LATER)
        assert len(lots(folder)) == 250


def test_an_entry_that_later_walks_meet_again_is_one_gap(folder: Path, portal: LocalPortal) -> None:
    breaking(portal, "TrdApp", 70001)
    [first] = of(fetched(folder, portal), "TrdApp").unread
    portal.lists["TrdApp"].append({**portal.lists["TrdApp"][2], "id": 70005})
    [again] = of(fetched(folder, portal, LATER), "TrdApp").unread
    assert again == first


def test_several_entries_break_and_more_than_the_most_stop_the_list(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "GAPS_MAX", 2)
    with serving(market(250)) as local:
        breaking(local, "Lots", 5010, 5100)
        report = fetched(folder, local)
        assert of(report, "Lots").failed is None
        assert unread(report, "Lots") == [("5101", "5100", "", ""), ("5011", "5010", "", "")]
        breaking(local, "Lots", 5200)
        stopped = fetched(folder, local, whole=True)
        assert of(stopped, "Lots").failed == Refusal.PORTAL_BROKEN


def test_sparse_ids_are_stepped_over_and_nothing_sound_beside_them(folder: Path) -> None:
    with serving(market(3)) as local:
        local.lists["Lots"] = [lot(number, 1000) for number in (900_000, 500_123, 499_000, 7)]
        breaking(local, "Lots", 500_123)
        report = fetched(folder, local)
        assert unread(report, "Lots") == [("900000", "500123", "", "")]
        brought(folder)
        assert lots(folder) == {"900000", "499000", "7"}


def bare_only(local: LocalPortal, root: str, *ids: int) -> None:
    """What is inside of these entries breaks the page; their ids alone can be had."""
    ask, inside = local.answer, re.compile(r"^RefLotsStatus|^nameRu|^AppLots", re.MULTILINE)

    def answer(authorization: str, body: bytes) -> Reply:
        query = json.loads(body)
        if f"{root}(" in query["query"] and inside.search(query["query"]):
            page = local.page(root, query["variables"])["data"][root]
            if {one["id"] for one in page} & set(ids):
                return BROKEN
        return ask(authorization, body)

    local.answer = answer  # type: ignore[method-assign]


@pytest.mark.parametrize(("root", "broken"), [("Lots", 5002), ("Lots", 5000), ("TrdApp", 70001)])
def test_the_process_of_an_entry_whose_id_is_known_waits_and_no_other(
    root: str, broken: int, folder: Path, portal: LocalPortal
) -> None:
    sound = portal.answer
    bare_only(portal, root, broken)
    report = fetched(folder, portal)
    process = str(1000 + broken % 10)
    assert [one[2:] for one in unread(report, root)] == [(str(broken), process)]
    came = brought(folder)
    assert (came.complete, came.releases, came.waiting) == (True, 2, 1)
    assert f"goszakup-{process}" not in {
        row["ocid"] for row in contents(folder)["contracting_process"]
    }
    still = fetched(folder, portal, LATER)
    assert [one[2:] for one in unread(still, root)] == [(str(broken), process)]
    portal.answer = sound  # type: ignore[method-assign]
    again = fetched(folder, portal, LATER)
    assert unread(again, root) == []
    assert brought(folder, LATER).releases == 1
    assert len(lots(folder)) == len(contents(folder)["bid"]) == 3


def test_an_entry_that_is_gone_holds_its_process_no_longer(
    folder: Path, portal: LocalPortal
) -> None:
    portal.lists["Lots"].append(lot(5003, 1000))
    bare_only(portal, "Lots", 5003)
    fetched(folder, portal)
    assert brought(folder).releases == 2
    portal.lists["Lots"].pop()
    assert unread(fetched(folder, portal, LATER), "Lots") == []
    assert brought(folder, LATER).releases == 1


def test_a_kill_does_not_forget_what_was_not_read(folder: Path, portal: LocalPortal) -> None:
    breaking(portal, "Lots", 5001)
    portal.tricks.append(
        lambda root, asked: (
            (502, {}, b"") if root == "Lots" and asked.get("after") == 5001 else None
        )
    )
    assert of(fetched(folder, portal), "Lots").failed == Refusal.PORTAL_AWAY
    portal.tricks.pop()
    report = fetched(folder, portal)
    assert (of(report, "Lots").failed, unread(report, "Lots")) == (None, [("5002", "5001", "", "")])
    portal.tricks.clear()
    assert unread(fetched(folder, portal, LATER), "Lots") == []


def test_what_was_not_read_is_told_on_the_terminal(
    folder: Path, portal: LocalPortal, capsys: pytest.CaptureFixture[str]
) -> None:
    breaking(portal, "Lots", 5001)
    bare_only(portal, "TrdApp", 70001)
    cli_fetch.show_fetch(fetched(folder, portal))
    told = capsys.readouterr().err
    assert f"Lots: what has an id below 5002 down to 5001 was not read. {SAID}"[:40] in told
    assert SAID in told
    assert "TrdApp: the entry 70001 was not read." in told
    assert "Process 1001 stays as it was until then." in told


@pytest.mark.parametrize("broken", [2, 1])
def test_an_unfair_supplier_whose_entry_breaks_stays_on_the_register(
    broken: int, folder: Path, portal: LocalPortal
) -> None:
    portal.lists["Rnu"] = [
        unfair(3, "050240000007"),
        unfair(2, "990140000002"),
        unfair(1, "990140000001"),
    ]
    fetched(folder, portal)
    brought(folder)
    breaking(portal, "Rnu", broken)
    portal.lists["Rnu"] = [one for one in portal.lists["Rnu"] if one["id"] in {3, broken}]
    report = fetched(folder, portal, LATER)
    assert unread(report, "Rnu") == [("3", str(broken), "", "")]
    brought(folder, LATER)
    left = {"050240000007", "990140000002" if broken == 2 else "990140000001"}
    assert set(load(folder, "debarred")["identifier"].to_pylist()) - left == (
        {"990140000002"} if broken == 1 else set()  # it lies in the gap, so nobody knows
    )
    portal.tricks.clear()
    fetched(folder, portal, LATER)
    brought(folder, LATER)
    assert set(load(folder, "debarred")["identifier"].to_pylist()) == left


def empties(total: int) -> Any:
    info = {"hasNextPage": False, "lastId": None, "totalCount": total}
    return spelt({"data": {"Rnu": []}, "extensions": {"pageInfo": info}})


@pytest.mark.parametrize("total", [0, 17])
def test_an_empty_answer_does_not_empty_the_register(
    total: int, folder: Path, portal: LocalPortal
) -> None:
    fetched(folder, portal)
    brought(folder)
    portal.tricks.append(always("Rnu", empties(total)))
    portal.lists["TrdBuy"].append(notice(1003, "2026-03-06 09:00:00"))
    report = fetched(folder, portal, LATER)
    assert of(report, "Rnu").failed == Refusal.PORTAL_EMPTY
    came = brought(folder, LATER)
    assert (came.complete, came.releases, came.debarred) == (True, 1, None)  # it holds nothing up
    assert load(folder, "debarred")["identifier"].to_pylist() == ["050240000007"]
    portal.tricks.clear()
    portal.lists["Rnu"] = [unfair(2, "990140000002")]
    assert of(fetched(folder, portal, LATER), "Rnu").failed is None
    brought(folder, LATER)
    assert load(folder, "debarred")["identifier"].to_pylist() == ["990140000002"]


def test_a_register_that_never_had_a_row_may_be_empty(folder: Path, portal: LocalPortal) -> None:
    portal.lists["Rnu"] = []
    assert fetched(folder, portal).failures() == set()
    assert brought(folder).debarred == 0


@pytest.mark.parametrize(("unknown", "why"), [("id", None), ("supplierBiin", Refusal.PORTAL_EMPTY)])
def test_entries_that_lost_what_is_needed_do_not_empty_the_register(
    unknown: str, why: Refusal | None, folder: Path, portal: LocalPortal
) -> None:
    portal.lists["Rnu"] = [unfair(number, "050240000007") for number in range(1, 250)]
    fetched(folder, portal)
    brought(folder)
    own = portal.page

    def page(root: str, variables: dict[str, Any]) -> dict[str, Any]:
        found = own(root, variables)
        if root == "Rnu":
            found["data"][root] = [
                {name: value for name, value in one.items() if name != unknown}
                for one in found["data"][root]
            ]
        return found

    portal.page = page  # type: ignore[method-assign]
    report = fetched(folder, portal, LATER)
    assert of(report, "Rnu").failed == (None if why else Refusal.PORTAL_EMPTY)
    assert brought(folder, LATER).register == why
    assert load(folder, "debarred").num_rows == 249
    portal.page = own  # type: ignore[method-assign]
    fetched(folder, portal, LATER)
    assert brought(folder, LATER).debarred == 249


def test_the_users_own_empty_list_is_the_way_to_an_empty_register(
    folder: Path, tmp_path: Path, portal: LocalPortal
) -> None:
    fetched(folder, portal)
    brought(folder)
    own = tmp_path / "own.csv"
    own.write_text("identifier,valid_from,valid_to,source\n")
    assert keep(folder, "debarred", own) == 0
    portal.tricks.append(always("Rnu", empties(0)))
    fetched(folder, portal, LATER)
    brought(folder, LATER)
    assert load(folder, "debarred").num_rows == 0
