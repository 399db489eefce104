# SPDX-License-Identifier: EUPL-1.2
"""Applications of suppliers as bids of a release."""

from decimal import Decimal
from typing import Any

import pytest
from procurement.goszakup_portal import application, contract, lot, notice

from tarazy.procurement.sources.goszakup_codes import BID_WORDS, by_words
from tarazy.procurement.sources.goszakup_releases import release

LOTS = [lot(5000, 1000), lot(5001, 1000)]
OTHER, PERSON = "120340000012", "890314450410"


def made(
    *applications: dict[str, Any], lost: list[str] | None = None, lots: Any = LOTS
) -> dict[str, Any]:
    told = [] if lost is None else lost
    items = {"TrdBuy": [notice(1000)], "Lots": lots, "TrdApp": list(applications)}
    return release("1000", items, {}, "2026-03-01T00:00:00+00:00", told.append)


def statuses(found: dict[str, Any]) -> dict[str, Any]:
    return {one["id"]: one.get("status") for one in found["bids"]["details"]}


def test_an_application_is_a_bid_for_each_of_its_lots() -> None:
    found = made(application(7, 1000, {5000: "Победитель", 5001: "Отклонено"}))
    first, second = found["bids"]["details"]
    assert first == {
        "id": "70",
        "date": "2026-02-05T15:30:24.884000+05:00",
        "status": "valid",
        "tenderers": [{"id": "KZ-BIN-050240000007", "name": "ТОО «Жаңа»"}],
        "value": {"amount": 49000.25, "currency": "KZT"},
        "relatedLots": ["5000"],
    }
    assert (second["id"], second["status"]) == ("71", "disqualified")
    assert second["relatedLots"] == ["5001"]
    assert found["tender"]["numberOfTenderers"] == 1


def test_the_bidder_is_the_party_that_the_contract_names() -> None:
    lost: list[str] = []
    items = {"Contract": [contract(9000, 1000, 5000)], "TrdApp": [application(7, 1000, {5000: ""})]}
    found = release("1000", items, {}, "", lost.append)
    [party] = [one for one in found["parties"] if "tenderer" in one["roles"]]
    assert sorted(party["roles"]) == ["supplier", "tenderer"]
    [bid], [award] = found["bids"]["details"], found["awards"]
    assert bid["tenderers"] == award["suppliers"]


def test_a_natural_person_is_known_by_the_iin_where_the_portal_gives_no_bin() -> None:
    person = {"bin": "", "nameRu": "ИП Үміт"}
    found = made({**application(7, 1000, {5000: "Подано"}, PERSON), "Supplier": person})
    [bid] = found["bids"]["details"]
    assert bid["tenderers"] == [{"id": f"KZ-IIN-{PERSON}", "name": "ИП Үміт"}]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("Победитель", "valid"),
        ("Второй победитель", "valid"),
        ("Допущено", "valid"),
        ("Не допущено", "disqualified"),
        ("Отклонено", "disqualified"),
        ("Отозвано", "withdrawn"),
        ("Отменено", "withdrawn"),
        ("Подано", "pending"),
        ("Что-то новое", None),
    ],
)
def test_the_status_goes_by_its_words(name: str, status: str | None) -> None:
    assert by_words(name, BID_WORDS) == status
    lost: list[str] = []
    assert statuses(made(application(7, 1000, {5000: name}), lost=lost)) == {"70": status}
    assert lost == ([] if status else ["RefAppStatus"])


def test_what_was_handed_in_is_valid_once_the_lot_has_a_winner() -> None:
    found = made(
        application(7, 1000, {5000: "Победитель", 5001: "Подано"}),
        application(8, 1000, {5000: "Подано", 5001: "Подано"}, OTHER),
        application(9, 1000, {5000: "Отклонено"}, PERSON),
    )
    assert statuses(found) == {
        "70": "valid",
        "71": "pending",
        "80": "valid",
        "81": "pending",
        "90": "disqualified",
    }
    assert found["tender"]["numberOfTenderers"] == 3


def test_who_took_a_bid_back_is_no_bidder() -> None:
    found = made(
        application(7, 1000, {5000: "Победитель"}),
        application(8, 1000, {5000: "Отозвано"}, OTHER),
        application(9, 1000, {5000: "Отклонено"}),
    )
    assert statuses(found) == {"70": "valid", "80": "withdrawn", "90": "disqualified"}
    assert found["tender"]["numberOfTenderers"] == 1


def test_bids_for_a_deleted_lot_are_none() -> None:
    lots = [LOTS[0], {**LOTS[1], "isDeleted": 1}]
    found = made(
        application(7, 1000, {5000: "Подано", 5001: "Победитель"}),
        application(8, 1000, {5001: "Подано"}, OTHER),
        lots=lots,
    )
    assert statuses(found) == {"70": "pending"}
    assert found["tender"]["numberOfTenderers"] == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"AppLots": None}, ["AppLots"]),
        ({"AppLots": []}, ["AppLots"]),
        ({"AppLots": "many"}, ["AppLots"]),
        ({"supplierBinIin": None, "Supplier": None}, []),
        ({"supplierBinIin": {"a": 1}, "Supplier": None}, ["supplierBinIin"]),
    ],
)
def test_where_one_does_not_say_who_or_for_what_nobody_is_counted(
    changes: dict[str, Any], told: list[str]
) -> None:
    lost: list[str] = []
    odd = {**application(8, 1000, {5000: "Подано"}, OTHER), **changes}
    found = made(application(7, 1000, {5000: "Подано"}), odd, lost=lost)
    assert "numberOfTenderers" not in found["tender"]
    assert lost == told


def test_without_applications_nothing_is_said_of_bidders() -> None:
    found = made()
    assert "bids" not in found
    assert "numberOfTenderers" not in found["tender"]


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        (None, {}),
        (0, {"value": {"amount": 0, "currency": "KZT"}}),
        (Decimal("0.1"), {"value": {"amount": Decimal("0.1"), "currency": "KZT"}}),
        ("дорого", {"value": {"amount": "дорого", "currency": "KZT"}}),
    ],
)
def test_a_price_is_as_it_came_and_judged_by_the_import(came: Any, kept: dict[str, Any]) -> None:
    one = application(7, 1000, {5000: "Подано"})
    one["AppLots"][0]["amount"] = came
    [bid] = made(one)["bids"]["details"]
    assert {name: value for name, value in bid.items() if name == "value"} == kept
