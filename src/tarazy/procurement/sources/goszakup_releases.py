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

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from tarazy.procurement.sources.goszakup_codes import (
    CATEGORIES,
    CONTRACT_WORDS,
    LOT_WORDS,
    METHOD_WORDS,
    METHODS,
    STATUSES,
    Words,
    by_words,
)
from tarazy.procurement.sources.goszakup_items import Item, exact, full, leaf, moment, root, word

Lose = Callable[[str], None]
"""Told the portal's path of a value that came and could not be used."""
Items = dict[str, list[Item]]
"""Of one process, by the root they came from, oldest id first; subjects by their number apart."""

PREFIX = "goszakup-"  # the OCDS registry has given Kazakhstan no prefix
CURRENCY = "KZT"
DAYS_MAX = 36_500
SIGNED = ("active", "terminated")  # of a contract


def release(process: str, items: Items, subjects: dict[str, Item], date: str, lose: Lose) -> Item:
    """A compiled release of a process, of all that is known of it now."""
    notice = items.get("TrdBuy", [{}])[-1]
    lots = [lot for lot in items.get("Lots", []) if not word(lot.get("isDeleted"))]
    rows = _contracts(items.get("Contract", []))
    made = _Process(subjects, lose)
    tender = made.tender(notice, lots, rows)
    whole = {
        "ocid": f"{PREFIX}{process}",
        "id": f"{PREFIX}{process}-{date}" if date else None,
        "date": date or None,
        "tag": ["compiled"],
        "initiationType": "tender",
        "language": "ru",
        "planning": made.planning(lots, rows),
        "tender": tender,
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


class _Process:
    """One process under way, with the parties that it has named."""

    def __init__(self, subjects: dict[str, Item], lose: Lose) -> None:
        self.parties: dict[str, Item] = {}
        self._subjects = subjects
        self._tell = lose
        self._told: set[tuple[int, str]] = set()

    def tender(self, notice: Item, lots: list[Item], rows: list[list[Item]]) -> Item:
        first = rows[0][0] if rows else {}
        method = word(notice.get("refTradeMethodsId")) or word(first.get("faktTradeMethodsId"))
        named = self._name(notice, "RefTradeMethods") or self._name(first, "FaktTradeMethods")
        subject = word(notice.get("refSubjectTypeId")) or word(first.get("refSubjectTypeId"))
        plans = [plan for lot in lots for plan in self._objects(lot, "Plans")]
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
            "value": _money(notice.get("totalSum")),
            "tenderPeriod": {
                "startDate": moment(notice.get("startDate")),
                "endDate": moment(notice.get("endDate")),
            },
            "procuringEntity": self._party(
                self._word(notice, "orgBin"), notice.get("orgNameRu"), "procuringEntity"
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
                for plan in self._objects(lot, "Plans")
            ],
        }

    def _status(self, notice: Item) -> str | None:
        code = self._word(notice, "refBuyStatusId")
        if code and code not in STATUSES:
            self._lose(notice, "refBuyStatusId")
        return STATUSES.get(code)

    def _concluded(self, rows: list[list[Item]]) -> str | None:
        """What contracts without a notice tell of their purchase; nothing of one not signed."""
        statuses = [self._understood(row[-1], "RefContractStatus", CONTRACT_WORDS) for row in rows]
        signed = [
            status in SIGNED or (status is None and moment(row[0].get("signDate")))
            for status, row in zip(statuses, rows, strict=True)
            if _is_direct(row)
        ]
        return "complete" if any(signed) else None

    def buyer(self, notice: Item, lots: list[Item], rows: list[list[Item]]) -> Item:
        """The customer: several of one notice all are parties, the first one is the buyer."""
        named = [(self._word(notice, "customerBin"), notice.get("customerNameRu"))]
        named += [(self._word(lot, "customerBin"), lot.get("customerNameRu")) for lot in lots]
        named += [
            (self._word(row[-1], "customerBin"), self._name(row[-1], "Customer")) for row in rows
        ]
        found = [self._party(number, name, "buyer") for number, name in named]
        return next((one for one in found if one), {})

    def planning(self, lots: list[Item], rows: list[list[Item]]) -> Item:
        plans = {
            word(plan.get("id")): plan for lot in lots for plan in self._objects(lot, "Plans")
        } or {
            word(plan.get("id")): plan
            for row in rows
            for unit in self._units(row[0])
            for plan in self._objects(unit, "Plans")
        }
        specs = [spec for plan in plans.values() for spec in self._objects(plan, "PlansSpec")]
        codes = {_classification(spec) for spec in specs}
        own = {word(plan.get("refAbpCode")) for plan in plans.values()}
        amounts = [plan.get("amount") for plan in plans.values()]
        return {
            "prepaymentShare": self._prepayment(plans.values()),
            "budget": {
                "id": _joined(codes) or _joined(own),
                "amount": _money(_sum(amounts)) if amounts else {},
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
                for act in self._objects(plan, "PlanActs")[:1] or [{}]
            ],
        }

    def _prepayment(self, plans: Iterable[Item]) -> Any:
        """The largest share paid in advance; the portal writes percent."""
        told = [plan for plan in plans if plan.get("prepayment") is not None]
        for plan in told:
            if exact(plan["prepayment"]) is None:
                self._lose(plan, "prepayment")
        known = [percent for plan in told if (percent := exact(plan["prepayment"])) is not None]
        return max(known) / 100 if known else None

    def award(self, notice: Item, row: list[Item]) -> Item:
        first, last = row[0], row[-1]
        is_first = not _is_later(first)
        units = self._units(first)
        supplier = self._party(
            self._word(last, "supplierBiin"), self._name(last, "Supplier"), "supplier"
        )
        status = self._understood(last, "RefContractStatus", CONTRACT_WORDS)
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
        acts = [act for one in row for act in self._objects(one, "Acts")]
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
            "status": self._understood(last, "RefContractStatus", CONTRACT_WORDS),
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
                "finalValue": _money(last.get("faktSum"), word(last.get("refCurrencyCode"))),
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
            "status": self._understood(lot, "RefLotsStatus", LOT_WORDS),
            "value": _money(lot.get("amount")),
            "items": [word(plan.get("id")) for plan in self._objects(lot, "Plans")],
        }

    def _units(self, contract: Item) -> list[Item]:
        units = self._objects(contract, "ContractUnits")
        return [unit for unit in units if not word(unit.get("deleted"))]

    def _unit(self, unit: Item) -> Iterator[Item]:
        plan = next(iter(self._objects(unit, "Plans")), {})
        found = _item(plan, word(unit.get("lotId")), unit.get("quantity"), unit.get("itemPrice"))
        yield {**found, "id": word(unit.get("id"))}

    def _party(self, number: Any, name: Any, role: str) -> Item:
        """A reference to a party, which is put among the parties with its role."""
        known, named = word(number), word(name)
        if not known and not named:
            return {}
        scheme = "KZ-BIN" if known[4:5] in {"4", "5", "6"} else "KZ-IIN"
        key = f"{scheme}-{known}" if known else named
        party = self.parties.setdefault(key, self._described(key, scheme, known, named))
        if role not in party["roles"]:
            party["roles"].append(role)
        return {"id": key, "name": party["name"] or named}

    def _described(self, key: str, scheme: str, number: str, name: str) -> Item:
        subject = self._subjects.get(number, {})
        place = next(iter(self._objects(subject, "Address")), {})
        named = word(subject.get("nameRu")) or name
        return {
            "id": key,
            "name": named,
            "identifier": {"scheme": scheme, "id": number, "legalName": named} if number else {},
            "address": {
                "streetAddress": leaf(place.get("address")),
                "region": leaf(place.get("katoCode")),
            },
            "contactPoint": {
                "email": leaf(subject.get("email")),
                "telephone": leaf(subject.get("phone")),
            },
            "roles": [],
        }

    def _objects(self, found: Item, name: str) -> list[Item]:
        """The objects of a list, or one that stands alone; what is no object is told."""
        value = found.get(name)
        listed = value if isinstance(value, list) else [] if value is None else [value]
        for one in listed:
            if one is not None and not isinstance(one, dict):
                self._lose(found, name)
        return [one for one in listed if isinstance(one, dict)]

    def _lose(self, found: Item, name: str) -> None:
        """Told once, however often it is looked at."""
        if (id(found), name) not in self._told:
            self._told.add((id(found), name))
            self._tell(name)

    def _word(self, found: Item, name: str) -> str:
        """An id or a code; a value that can be none is told."""
        read = word(found.get(name))
        if not read and found.get(name) not in (None, "", 0, "0"):
            self._lose(found, name)
        return read

    def _understood(self, found: Item, reference: str, words: Words) -> str | None:
        """What the portal's name for a status means in OCDS; one that we do not know is told."""
        name = self._name(found, reference)
        code = by_words(name, words)
        if name and not code:
            self._lose(found, reference)
        return code

    def _name(self, found: Item, reference: str) -> str:
        return next((word(one.get("nameRu")) for one in self._objects(found, reference)), "")


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
            "value": _money(price),
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


def _money(amount: Any, currency: str = "") -> Item:
    return {} if amount is None else {"amount": leaf(amount), "currency": currency or CURRENCY}


def _sum_of(contract: Item) -> Item:
    return _money(contract.get("contractSum"), word(contract.get("refCurrencyCode")))
