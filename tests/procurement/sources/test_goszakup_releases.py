# SPDX-License-Identifier: EUPL-1.2
"""A process of the portal as an OCDS release."""

from decimal import Decimal
from typing import Any

import pytest
from procurement.goszakup_portal import contract, lot, notice, plan, subject

from tarazy.procurement.sources.goszakup_codes import (
    CONTRACT_WORDS,
    LOT_WORDS,
    METHOD_WORDS,
    by_words,
)
from tarazy.procurement.sources.goszakup_releases import release

SCHOOL = "990140000002"


def made(lost: list[str] | None = None, **items: list[dict[str, Any]]) -> dict[str, Any]:
    told = [] if lost is None else lost
    subjects = {SCHOOL: subject(1, SCHOOL, "КГУ «Школа № 1»")}
    return release("1000", items, subjects, "2026-03-01T00:00:00+00:00", told.append)


def whole(**changes: Any) -> dict[str, Any]:
    return made(
        TrdBuy=[{**notice(1000), **changes}],
        Lots=[lot(5000, 1000)],
        Contract=[contract(9000, 1000, 5000)],
    )


def test_notice_lot_plan_and_item() -> None:
    found = whole()
    assert (found["ocid"], found["date"]) == ("goszakup-1000", "2026-03-01T00:00:00+00:00")
    tender = found["tender"]
    assert tender["procurementMethod"] == "open"
    assert tender["procurementMethodDetails"] == "Запрос ценовых предложений"
    assert (tender["status"], tender["mainProcurementCategory"]) == ("complete", "goods")
    assert tender["tenderPeriod"]["startDate"] == "2026-02-02T09:00:00+05:00"
    assert tender["documents"][0]["documentType"] == "tenderNotice"
    assert tender["lots"][0]["status"] == "complete"
    [item] = tender["items"]
    assert item["classification"] == {
        "scheme": "ENSTRU",
        "id": "171213.100.000003",
        "description": "Бумага",
    }
    assert (item["quantity"], item["relatedLot"]) == (40, "5000")
    assert item["unit"] == {
        "id": "5111",
        "name": "Одна пачка",
        "value": {"amount": 1250.5, "currency": "KZT"},
    }
    assert found["planning"] == {
        "prepaymentShare": Decimal("0.3"),
        "budget": {
            "id": "123-001-149",
            "amount": {"amount": Decimal(50020), "currency": "KZT"},
            "projectID": "001",
            "project": "Услуги акимата",
        },
        "documents": [
            {
                "id": "5000",
                "documentType": "procurementPlan",
                "datePublished": "2026-01-09T10:00:00+05:00",
            }
        ],
    }


@pytest.mark.parametrize(
    ("told", "share", "odd"),
    [
        ((30, 50), Decimal("0.5"), []),
        ((Decimal("12.5"), None), Decimal("0.125"), []),
        ((0,), 0, []),
        ((None,), None, []),
        (("thirty", 20), Decimal("0.2"), ["prepayment"]),
        (({},), None, ["prepayment"]),
    ],
)
def test_the_largest_prepayment_of_the_plans_counts(told: Any, share: Any, odd: list[str]) -> None:
    plans = [{**plan(number), "prepayment": one} for number, one in enumerate(told, 1)]
    lost: list[str] = []
    found = made(lost, TrdBuy=[notice(1000)], Lots=[{**lot(5000, 1000), "Plans": plans}])
    assert found["planning"].get("prepaymentShare") == share
    assert lost == odd


def test_what_the_portal_deleted_is_no_lot_and_no_item() -> None:
    gone = {**lot(5001, 1000), "isDeleted": 1}
    [unit] = contract(9000, 1000, 5000)["ContractUnits"]
    old = {**unit, "id": 9001, "lotId": 5001, "deleted": 1}
    found = made(
        TrdBuy=[notice(1000)],
        Lots=[{**lot(5000, 1000), "isDeleted": 0}, gone],
        Contract=[{**contract(9000, 1000, 5000), "ContractUnits": [{**unit, "deleted": 0}, old]}],
    )
    assert [one["id"] for one in found["tender"]["lots"]] == ["5000"]
    assert [one["relatedLot"] for one in found["tender"]["items"]] == ["5000"]
    assert [one["id"] for one in found["contracts"][0]["items"]] == ["9000"]
    assert found["awards"][0]["relatedLots"] == ["5000"]
    assert [one["id"] for one in found["planning"]["documents"]] == ["5000"]


def test_contract_award_and_act() -> None:
    found = whole()
    [award], [deal] = found["awards"], found["contracts"]
    assert (award["date"], award["status"]) == ("2026-02-12T15:30:00+05:00", "active")
    assert award["suppliers"] == [{"id": "KZ-BIN-050240000007", "name": "ТОО «Жаңа»"}]
    assert (award["relatedLots"], deal["awardID"]) == (["5000"], award["id"])
    assert (deal["status"], deal["value"]["amount"]) == ("terminated", 49000.25)
    assert deal["items"][0]["unit"]["value"]["amount"] == 1225.00625
    delivery, act = deal["implementation"]["milestones"]
    assert (delivery["dueDate"][:10], delivery["dateMet"][:10]) == ("2026-03-15", "2026-03-20")
    assert (act["dueDate"], act["dateMet"]) == ("2026-03-15", "2026-03-20")


def test_parties_have_roles_and_the_register_knows_more_of_them() -> None:
    parties = {party["id"]: party for party in whole()["parties"]}
    assert parties[f"KZ-BIN-{SCHOOL}"]["roles"] == ["buyer"]
    assert parties[f"KZ-BIN-{SCHOOL}"]["name"] == "КГУ «Школа № 1»"
    assert parties[f"KZ-BIN-{SCHOOL}"]["address"]["streetAddress"] == "Абая, 1"
    assert parties["KZ-BIN-990140000001"]["roles"] == ["procuringEntity"]
    person = made(Contract=[{**contract(1, 0, 0), "supplierBiin": "850101300012"}])
    assert person["awards"][0]["suppliers"][0]["id"] == "KZ-IIN-850101300012"


def test_an_extra_agreement_is_an_amendment_of_its_contract() -> None:
    first = contract(9000, 1000, 5000)
    later = {**contract(9100, 1000, 5000), "rootId": 9000, "contractSum": 60000}
    gone = {**contract(9200, 1000, 5000), "deleted": 1}
    found = made(Contract=[first, later, gone])
    [award], [deal] = found["awards"], found["contracts"]
    assert (award["value"]["amount"], deal["value"]["amount"]) == (49000.25, 60000)
    assert [one["id"] for one in deal["amendments"]] == ["9100"]
    alone = made(Contract=[later])
    assert "value" not in alone["awards"][0]  # the first sum is not known
    assert alone["contracts"][0]["id"] == "9000"


@pytest.mark.parametrize(
    ("changes", "status", "date"),
    [
        ({}, "complete", "2026-02-15T12:00:00+05:00"),
        ({"trdBuyId": None}, "complete", "2026-02-15T12:00:00+05:00"),
        ({"RefContractStatus": None}, "complete", "2026-02-15T12:00:00+05:00"),
        ({"RefContractStatus": {"nameRu": "Действует"}, "signDate": None}, "complete", None),
        ({"RefContractStatus": {"nameRu": "Проект"}}, None, "2026-02-15T12:00:00+05:00"),
        ({"RefContractStatus": {"nameRu": "Не заключен"}, "signDate": None}, None, None),
        ({"RefContractStatus": None, "signDate": None}, None, None),
        ({"trdBuyId": 1000}, None, None),
    ],
)
def test_a_contract_without_a_notice_says_that_it_was_concluded(
    changes: dict[str, Any], status: str | None, date: str | None
) -> None:
    found = made(Contract=[{**contract(1, 0, 0), **changes}])
    assert found.get("tender", {}).get("status") == status
    assert found["awards"][0].get("date") == date


@pytest.mark.parametrize(
    ("amounts", "total"),
    [
        ([100, "200.5", Decimal("0.1")], Decimal("300.6")),
        ([100, "viel"], "viel"),
        ([100, True], True),
        ([100, None], None),
    ],
)
def test_plans_are_summed_exactly_or_not_at_all(amounts: list[Any], total: Any) -> None:
    plans = [{**plan(number), "amount": one} for number, one in enumerate(amounts, 1)]
    budget = made(Lots=[{**lot(1, 1000), "Plans": plans}])["planning"]["budget"]
    assert budget.get("amount", {}).get("amount") == total


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"orgBin": {"a": 1}}, "orgBin"),
        ({"refBuyStatusId": 999}, "refBuyStatusId"),
        ({"RefTradeMethods": "open"}, "RefTradeMethods"),
        ({"customerBin": 1.5}, "customerBin"),
    ],
)
def test_what_cannot_be_used_is_told_once(changes: dict[str, Any], told: str) -> None:
    lost: list[str] = []
    found = made(lost, TrdBuy=[{**notice(1000), **changes}])
    assert lost == [told]
    assert found["tender"]["title"] == "Закуп бумаги 1000"


def test_nothing_is_filled_in_where_nothing_is_known() -> None:
    found = made()
    assert set(found) == {"ocid", "id", "date", "tag", "initiationType", "language"}


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("Закупка не состоялась", LOT_WORDS, "unsuccessful"),
        ("Закупка состоялась", LOT_WORDS, "complete"),
        ("Отменен", LOT_WORDS, "cancelled"),
        ("Отказ от лота", LOT_WORDS, "cancelled"),
        ("Опубликован (прием заявок)", LOT_WORDS, "active"),
        ("Изменена документация", LOT_WORDS, "active"),
        ("Рассмотрение дополнений заявок", LOT_WORDS, "active"),
        ("Заполнение условных скидок", LOT_WORDS, "active"),
        ("Формирование протокола промежуточных итогов", LOT_WORDS, "active"),
        ("Ожидание камерального контроля", LOT_WORDS, "active"),
        ("На обжаловании", LOT_WORDS, "active"),
        ("Принятие решение о пересмотре итогов", LOT_WORDS, "active"),
        ("Принятие решение об исполнении уведомления", LOT_WORDS, "active"),
        ("Приостановлен", LOT_WORDS, None),
        ("Частично исполнен", CONTRACT_WORDS, "active"),
        ("Не заключен", CONTRACT_WORDS, "cancelled"),
        ("Расторгнут", CONTRACT_WORDS, "terminated"),
        ("Из одного источника путем прямого заключения", METHOD_WORDS, "direct"),
        ("Конкурс с предварительным квалификационным отбором", METHOD_WORDS, "selective"),
        ("Запрос ценовых предложений (не ГЗ new)", METHOD_WORDS, "open"),
        ("Тендер", METHOD_WORDS, "open"),
        ("Что-то новое", METHOD_WORDS, None),
    ],
)
def test_names_of_statuses_and_methods(name: str, words: Any, code: str | None) -> None:
    assert by_words(name, words) == code
