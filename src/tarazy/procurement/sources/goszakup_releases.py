# SPDX-License-Identifier: EUPL-1.2
"""What the portal says of one process -> one OCDS release, which the import takes like any other.

Leaves go through as they came: the import judges them, and tells what it could not keep. What is
of the wrong make here (a list that is none) is told to `lose`. What the portal does not say is left
out, never filled in. The award is the first contract of a row of its versions, since the portal
gives no awards of its own; later versions are amendments, and the last one says the sum in force.
A contract without a notice was concluded directly: that it was signed says that the purchase is
complete, and when it was signed, when it was awarded.

Budget programme: `planning.budget.id` is the code of the budget classification as the plan has it
(administrator, programme, specific; the КБК), `projectID` and `project` the programme (ФКР).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from tarazy.procurement.sources.goszakup_bids import bidders, bids
from tarazy.procurement.sources.goszakup_codes import (
    CATEGORIES,
    CONTRACT_WORDS,
    LOT_WORDS,
    METHOD_WORDS,
    METHODS,
    STATUSES,
    by_words,
)
from tarazy.procurement.sources.goszakup_items import Item, exact, full, leaf, moment, root, word
from tarazy.procurement.sources.goszakup_reading import Lose, Reading, money

Items = dict[str, list[Item]]
"""Of one process, by the root they came from, oldest id first; subjects by their number apart."""

PREFIX = "goszakup-"  # the OCDS registry has given Kazakhstan no prefix
DAYS_MAX = 36_500
SIGNED = ("active", "terminated")  # of a contract


def release(process: str, items: Items, subjects: dict[str, Item], date: str, lose: Lose) -> Item:
    """A compiled release of a process, of all that is known of it now."""
    notice = items.get("TrdBuy", [{}])[-1]
    all_lots, applications = items.get("Lots", []), items.get("TrdApp", [])
    lots = [lot for lot in all_lots if not word(lot.get("isDeleted"))]
    rows = _contracts(items.get("Contract", []))
    made = _Process(subjects, lose)
    tender = made.tender(notice, lots, rows)
    gone = {word(lot.get("id")) for lot in all_lots if word(lot.get("isDeleted"))}
    found = bids(made, applications, gone)
    tender["numberOfTenderers"] = bidders(made, applications, found)
    whole = {
        "ocid": f"{PREFIX}{process}",
        "id": f"{PREFIX}{process}-{date}" if date else None,
        "date": date or None,
        "tag": ["compiled"],
        "initiationType": "tender",
        "language": "ru",
        "planning": made.planning(lots, rows),
        "tender": tender,
        "bids": {"details": found},
        "awards": [made.award(notice, row) for row in rows],
        "contracts": [made.contract(row) for row in rows],
        "buyer": made.buyer(notice, lots, rows),
    }
    whole["parties"] = list(made.parties.values())
    return dict(full(whole))


def _contracts(contracts: list[Item]) -> list[list[Item]]:
    """Contracts that are in force or were, each with its versions, first one first."""
    rows: dict[str, list[Item]] = {}
    for one in contracts:
        if not word(one.get("deleted")):
            rows.setdefault(root(one), []).append(one)
    return [sorted(row, key=_is_later) for row in rows.values()]


def _is_later(contract: Item) -> bool:
    """Whether it is a version of another contract, not the first one."""
    return word(contract.get("id")) != root(contract)


def _is_direct(row: list[Item]) -> bool:
    """Whether the contract names no notice that it came of."""
    return not any(word(one.get("trdBuyId")) for one in row)


class _Process(Reading):
    """One process under way."""

    def tender(self, notice: Item, lots: list[Item], rows: list[list[Item]]) -> Item:
        first = rows[0][0] if rows else {}
        method = word(notice.get("refTradeMethodsId")) or word(first.get("faktTradeMethodsId"))
        named = self.name_of(notice, "RefTradeMethods") or self.name_of(first, "FaktTradeMethods")
        subject = word(notice.get("refSubjectTypeId")) or word(first.get("refSubjectTypeId"))
        plans = [plan for lot in lots for plan in self.objects(lot, "Plans")]
        reasons = sorted({word(one.get("refJustificationId")) for one in plans} - {""})
        published = moment(notice.get("publishDate"))
        number = leaf(notice.get("numberAnno"))
        return {
            "id": number,
            "title": leaf(notice.get("nameRu")),
            "status": self._status(notice) if notice else self._concluded(rows),
            "procurementMethod": METHODS.get(method) or by_words(named, METHOD_WORDS),
            "procurementMethodDetails": named or method,
            "procurementMethodRationale": ", ".join(f"refJustificationId {one}" for one in reasons),
            "mainProcurementCategory": CATEGORIES.get(subject),
            "value": money(notice.get("totalSum")),
            "tenderPeriod": {
                "startDate": moment(notice.get("startDate")),
                "endDate": moment(notice.get("endDate")),
            },
            "procuringEntity": self.party(
                self.code(notice, "orgBin"), notice.get("orgNameRu"), "procuringEntity"
            ),
            "documents": [
                {"id": number, "documentType": "tenderNotice", "datePublished": published}
            ]
            if published
            else [],
            "lots": [self._lot(lot) for lot in lots],
            "items": [
                _item(plan, word(lot.get("id")), plan.get("count"), plan.get("price"))
                for lot in lots
                for plan in self.objects(lot, "Plans")
            ],
        }

    def _status(self, notice: Item) -> str | None:
        code = self.code(notice, "refBuyStatusId")
        if code and code not in STATUSES:
            self.lose(notice, "refBuyStatusId")
        return STATUSES.get(code)

    def _concluded(self, rows: list[list[Item]]) -> str | None:
        """What contracts without a notice tell of their purchase; nothing of one not signed."""
        statuses = [self.understood(row[-1], "RefContractStatus", CONTRACT_WORDS) for row in rows]
        signed = [
            status in SIGNED or (status is None and moment(row[0].get("signDate")))
            for status, row in zip(statuses, rows, strict=True)
            if _is_direct(row)
        ]
        return "complete" if any(signed) else None

    def buyer(self, notice: Item, lots: list[Item], rows: list[list[Item]]) -> Item:
        """The customer: several of one notice all are parties, the first one is the buyer."""
        named = [(self.code(notice, "customerBin"), notice.get("customerNameRu"))]
        named += [(self.code(lot, "customerBin"), lot.get("customerNameRu")) for lot in lots]
        named += [
            (self.code(row[-1], "customerBin"), self.name_of(row[-1], "Customer")) for row in rows
        ]
        found = [self.party(number, name, "buyer") for number, name in named]
        return next((one for one in found if one), {})

    def planning(self, lots: list[Item], rows: list[list[Item]]) -> Item:
        plans = {
            word(plan.get("id")): plan for lot in lots for plan in self.objects(lot, "Plans")
        } or {
            word(plan.get("id")): plan
            for row in rows
            for unit in self._units(row[0])
            for plan in self.objects(unit, "Plans")
        }
        specs = [spec for plan in plans.values() for spec in self.objects(plan, "PlansSpec")]
        codes = {_classification(spec) for spec in specs}
        own = {word(plan.get("refAbpCode")) for plan in plans.values()}
        amounts = [plan.get("amount") for plan in plans.values()]
        return {
            "prepaymentShare": self._prepayment(plans.values()),
            "budget": {
                "id": _joined(codes) or _joined(own),
                "amount": money(_sum(amounts)) if amounts else {},
                "projectID": _joined({word(spec.get("fkrbProgramCode")) for spec in specs}),
                "project": _joined({word(spec.get("fkrbProgramNameRu")) for spec in specs}),
            },
            "documents": [
                {
                    "id": key,
                    "documentType": "procurementPlan",
                    "datePublished": moment(act.get("dateApproved")),
                }
                for key, plan in plans.items()
                for act in self.objects(plan, "PlanActs")[:1] or [{}]
            ],
        }

    def _prepayment(self, plans: Iterable[Item]) -> Any:
        """The largest share paid in advance; the portal writes percent."""
        told = [plan for plan in plans if plan.get("prepayment") is not None]
        for plan in told:
            if exact(plan["prepayment"]) is None:
                self.lose(plan, "prepayment")
        known = [percent for plan in told if (percent := exact(plan["prepayment"])) is not None]
        return max(known) / 100 if known else None

    def award(self, notice: Item, row: list[Item]) -> Item:
        first, last = row[0], row[-1]
        is_first = not _is_later(first)
        units = self._units(first)
        supplier = self.party(
            self.code(last, "supplierBiin"), self.name_of(last, "Supplier"), "supplier"
        )
        status = self.understood(last, "RefContractStatus", CONTRACT_WORDS)
        return {
            "id": f"award-{root(first)}",
            "status": "cancelled" if status == "cancelled" else "active",
            "date": moment(notice.get("itogiDatePublic"))
            or (moment(first.get("signDate")) if is_first and _is_direct(row) else None),
            "value": _sum_of(first) if is_first else {},
            "suppliers": [supplier] if supplier else [],
            "relatedLots": sorted({word(unit.get("lotId")) for unit in units} - {""}),
        }

    def contract(self, row: list[Item]) -> Item:
        first, last = row[0], row[-1]
        acts = [act for one in row for act in self.objects(one, "Acts")]
        delivery = {
            "id": "delivery",
            "type": "delivery",
            "dueDate": moment(last.get("planExecDate")),
            "dateMet": moment(last.get("faktExecDate")),
        }
        return {
            "id": root(first),
            "awardID": f"award-{root(first)}",
            "title": leaf(last.get("descriptionRu")) or leaf(last.get("contractNumberSys")),
            "status": self.understood(last, "RefContractStatus", CONTRACT_WORDS),
            "dateSigned": moment(first.get("signDate")),
            "value": _sum_of(last),
            "items": [item for unit in self._units(last) for item in self._unit(unit)],
            "amendments": [
                {
                    "id": word(one.get("id")),
                    "date": moment(one.get("signDate")),
                    "description": leaf(one.get("descriptionRu")),
                }
                for one in row
                if _is_later(one)
            ],
            "implementation": {
                "finalValue": money(last.get("faktSum"), word(last.get("refCurrencyCode"))),
                "milestones": [delivery, *(_act(act) for act in acts)]
                if delivery["dueDate"]
                else [_act(act) for act in acts],
            },
        }

    def _lot(self, lot: Item) -> Item:
        return {
            "id": word(lot.get("id")),
            "title": leaf(lot.get("nameRu")),
            "description": leaf(lot.get("descriptionRu")),
            "status": self.understood(lot, "RefLotsStatus", LOT_WORDS),
            "value": money(lot.get("amount")),
            "items": [word(plan.get("id")) for plan in self.objects(lot, "Plans")],
        }

    def _units(self, contract: Item) -> list[Item]:
        units = self.objects(contract, "ContractUnits")
        return [unit for unit in units if not word(unit.get("deleted"))]

    def _unit(self, unit: Item) -> Iterator[Item]:
        plan = next(iter(self.objects(unit, "Plans")), {})
        found = _item(plan, word(unit.get("lotId")), unit.get("quantity"), unit.get("itemPrice"))
        yield {**found, "id": word(unit.get("id"))}


def _item(plan: Item, lot: str, quantity: Any, price: Any) -> Item:
    code, unit = plan.get("RefEnstru"), plan.get("RefUnits")
    return {
        "id": word(plan.get("id")),
        "description": leaf(plan.get("nameRu")),
        "classification": {
            "scheme": "ENSTRU",
            "id": leaf(plan.get("refEnstruCode")),
            "description": leaf(code.get("nameRu")) if isinstance(code, dict) else None,
        }
        if plan.get("refEnstruCode")
        else {},
        "quantity": leaf(quantity),
        "unit": {
            "id": leaf(plan.get("refUnitsCode")),
            "name": leaf(unit.get("nameRu")) if isinstance(unit, dict) else None,
            "value": money(price),
        },
        "relatedLot": lot,
    }


def _act(act: Item) -> Item:
    """An act of what was done; due as many days before it as the portal counts it late."""
    met, late = moment(act.get("aktDate")), word(act.get("dayOverdue")) or "0"
    due = None
    try:
        if late.isdecimal() and int(late) <= DAYS_MAX:
            due = (datetime.fromisoformat(met) - timedelta(days=int(late))).isoformat()
    except (TypeError, ValueError, OverflowError):
        due = None
    if due and len(str(met)) <= len("2026-01-01"):
        due = due[: len("2026-01-01")]
    name = f"act-{word(act.get('id'))}"
    return {"id": name, "type": "delivery", "status": "met", "dueDate": due, "dateMet": met}


def _classification(spec: Item) -> str:
    parts = [word(spec.get(name)) for name in ("abpCode", "fkrbProgramCode", "ekrbCode")]
    return "-".join(parts) if all(parts) else ""


def _joined(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words) - {""}))


def _sum(amounts: list[Any]) -> Any:
    """The sum; nothing where one is not known; where one is no amount, that one, to be refused."""
    if None in amounts:
        return None
    known = [exact(one) for one in amounts]
    odd = [one for one, read in zip(amounts, known, strict=True) if read is None]
    return odd[0] if odd else sum(one for one in known if one is not None)


def _sum_of(contract: Item) -> Item:
    return money(contract.get("contractSum"), word(contract.get("refCurrencyCode")))
