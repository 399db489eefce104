# SPDX-License-Identifier: EUPL-1.2
"""Rows of a table held against the form of a new order: each fault with its row and column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from tarazy.core.catalogue import said
from tarazy.core.errors import Refused
from tarazy.core.web import sentence_of
from tarazy.supervision.actions.drafts import CONDITIONS_MAX, DraftDemand, DraftFacts
from tarazy.supervision.actions.drafts_checked import check_guardian, check_inside, check_period
from tarazy.supervision.models import ConditionKind, Route, TraceStorage
from tarazy.supervision.order_forms import DAY, MOMENT, DemandForm, NewOrderForm
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.tables import FORMULA, Table

DAYS = ("decided_on", "birth_date")
MOMENTS = ("since", "until", "demand_since", "demand_until")
DAY_FORMS = (DAY, "%d.%m.%Y", "%d/%m/%Y")
CLOCK_FORMS = ("", " %H:%M", " %H:%M:%S", "T%H:%M")
COLUMNS: dict[str, str] = {
    "full_name": said("Family name, first name, patronymic"),
    "iin": said("IIN"),
    "birth_date": said("Date of birth"),
    "phone": said("Telephone"),
    "guardian_name": said("Guardian"),
    "guardian_phone": said("Guardian's telephone"),
    "route": said("How the person is reached"),
    "measure": said("Measure"),
    "court": said("Court"),
    "document_number": said("Number of the document"),
    "decided_on": said("Date of the decision"),
    "judge": said("Judge"),
    "since": said("In force from"),
    "until": said("In force until"),
    "demand": said("Demand"),
    "place": said("Place, in the document's words"),
    "hours": said("Hours"),
    "demand_since": said("Demand from"),
    "demand_until": said("Demand until"),
}
OF_DEMAND = {
    "kind": "demand",
    "place": "place",
    "hours": "hours",
    "since": "demand_since",
    "until": "demand_until",
}
"""Fields of the form of a demand, and the columns that fill them."""
NEEDED = (
    *("full_name", "measure", "court", "document_number", "decided_on", "judge"),
    *("since", "until"),
)
FAULTS_SHOWN_MAX = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a cell; the row is numbered as the spreadsheet numbers it."""

    row: int
    column: str
    sentence: str


@dataclass(slots=True)
class Checked:
    """What a table holds: whole orders, and every fault."""

    facts: list[DraftFacts] = field(default_factory=list)
    first_rows: list[int] = field(default_factory=list)
    """Where each of these orders first stands."""
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0

    @property
    def shown(self) -> Sequence[Fault]:
        """The first faults; the rest are counted."""
        return self.faults[:FAULTS_SHOWN_MAX]

    @property
    def more(self) -> int:
        """How many faults are not shown."""
        return max(len(self.faults) - FAULTS_SHOWN_MAX, 0)


def check_table(table: Table, now: datetime) -> Checked:
    """Every row of a table, each against the form. Raises Refused where the header is none.

    An order with several demands has a row for each, with the same words in all other columns.
    """
    columns = _columns(table[0])
    checked, seen = Checked(), dict[tuple[str, str], _Seen]()
    order, demand = NewOrderForm({}, officers=[]), DemandForm({})
    coded = _Codes()
    for number, cells in enumerate(table[1:], 2):
        if not any(cells):
            continue
        checked.rows += 1
        row = {
            name: cells[at] if at < len(cells) else "" for name, at in columns.items() if at >= 0
        }
        faults = [
            Fault(number, name, gettext("A formula is not read; put in its value."))
            for name, text in row.items()
            if text == FORMULA
        ]
        faults = faults or _faults(number, coded.told(row), (order, demand))
        asked = None if faults else demand.demand()
        same = (row.get("document_number", ""), row.get("iin") or row.get("full_name", ""))
        if first := seen.get(same):
            faults = faults or first.add(number, row, asked)
        else:
            demands = [asked] if asked else []
            seen[same] = _Seen(number, row, demands)
            if not faults:
                facts = order.facts(demands)
                faults = _faults_of(number, facts, now)
                checked.facts.append(facts)
                checked.first_rows.append(number)
        if asked and not faults:
            own, whole = (
                (asked.since, asked.until),
                (order.cleaned_data["since"], order.cleaned_data["until"]),
            )
            faults = _refused(number, "demand_since", check_inside, own, whole)
        checked.faults += faults
    return checked


@dataclass(frozen=True, slots=True)
class _Seen:
    """The first row of an order, and its demands as the rows bring them."""

    number: int
    row: dict[str, str]
    demands: list[DraftDemand]

    def add(self, number: int, row: dict[str, str], asked: DraftDemand | None) -> list[Fault]:
        """One more demand of the order, or what is wrong with the row."""
        for name, text in row.items():
            if name not in OF_DEMAND.values() and text != self.row.get(name, ""):
                words = gettext("Row {row} says otherwise of the same order.")
                return [Fault(number, name, words.format(row=self.number))]
        if asked is None or asked in self.demands:
            words = gettext("The same order stands in row {row} already.")
            return [Fault(number, "document_number", words.format(row=self.number))]
        if len(self.demands) >= CONDITIONS_MAX:
            words = gettext("An order has at most {number} demands.")
            return [Fault(number, "demand", words.format(number=CONDITIONS_MAX))]
        self.demands.append(asked)
        return []


def _faults(number: int, row: dict[str, str], fill: tuple[NewOrderForm, DemandForm]) -> list[Fault]:
    """The same two forms for all rows: building one costs more than a row."""
    order, demand = fill
    asked = {name: row.get(column, "") for name, column in OF_DEMAND.items()}
    if not asked["place"] and not asked["hours"]:
        asked["kind"] = ConditionKind.INCLUSION
    found = []
    for form, data, columns in ((order, row, {}), (demand, asked, OF_DEMAND)):
        vars(form).update(data=data, _errors=None)
        form.full_clean()
        for name, sentences in form.errors.items():
            found += [Fault(number, columns.get(name, name), str(one)) for one in sentences]
    return found


def _faults_of(number: int, facts: DraftFacts, now: datetime) -> list[Fault]:
    """What would be refused when the draft is submitted."""
    person, since, until = facts.person, facts.since, facts.until
    guardian = (person.guardian_name, person.guardian_phone)
    found = _refused(number, "guardian_name", check_guardian, person.birth_date, *guardian, now)
    if since and until:
        found += _refused(number, "until", check_period, since, until, now)
    return found


def _refused(number: int, column: str, check: Callable[..., None], *facts: object) -> list[Fault]:
    try:
        check(*facts)
    except Refused as refused:
        return [Fault(number, column, sentence_of(refused))]
    return []


def known_faults(checked: Checked, known: Sequence[bool]) -> None:
    """Add a fault for each order that is in the register or in a draft already."""
    words = gettext("This order is in the register already, or in a draft.")
    for number, is_known in zip(checked.first_rows, known, strict=True):
        if is_known:
            checked.faults.append(Fault(number, "document_number", words))
    checked.faults.sort(key=lambda fault: fault.row)


class _Codes:
    """Words of a cell -> what the form calls it: in any language of the screen, or as the code."""

    def __init__(self) -> None:
        self.measures = {code: code for code in settings.TARAZY.measures}
        for code, kind in settings.TARAZY.measures.items():
            self.measures |= {title.casefold(): code for title in kind.titles.values()}
        self.routes = _words(Route.choices)
        self.demands = _words(ConditionKind.choices)

    def told(self, row: dict[str, str]) -> dict[str, str]:
        """The row as a browser would send the form."""
        sent = {**row, "trace_storage": TraceStorage.ALL, "scan_id": ""}
        sent["measure"] = _coded(row.get("measure", ""), self.measures)
        sent["route"] = _coded(row.get("route") or Route.DEVICE, self.routes)
        sent["demand"] = _coded(row.get("demand", ""), self.demands)
        for name in DAYS:
            sent[name] = _moment(row.get(name, ""), ("",), DAY)
        for name in MOMENTS:
            sent[name] = _moment(row.get(name, ""), CLOCK_FORMS, MOMENT)
        return sent


def _words(choices: Sequence[tuple[str, Any]]) -> dict[str, str]:
    found = {str(value): str(value) for value, _ in choices}
    for language, _ in settings.LANGUAGES:
        with override(language):
            found |= {gettext(str(words)).casefold(): str(value) for value, words in choices}
    return found


def _coded(text: str, known: dict[str, str]) -> str:
    return known.get(text.casefold(), text)


def _moment(text: str, clocks: Sequence[str], shape: str) -> str:
    """A date or time as the form reads it; what is none stays, and is refused there."""
    for day in DAY_FORMS:
        for clock in clocks:
            try:
                return datetime.strptime(text, day + clock).strftime(shape)  # noqa: DTZ007 - local
            except ValueError:
                continue
    return text


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands. Raises Refused with the name of the one that is missing."""
    known = {name: name for name in COLUMNS}
    for language, _ in settings.LANGUAGES:
        with override(language):
            known |= {gettext(words).casefold(): name for name, words in COLUMNS.items()}
    found: dict[str, int] = {}
    for at, text in enumerate(header):
        name = known.get(text.casefold())
        if name is not None and name in found:
            reason = gettext("the column “{column}” stands twice").format(column=text)
            raise Refused(Refusal.TABLE_UNREADABLE, reason=reason)
        if name is not None:
            found[name] = at
    for name in NEEDED:
        if name not in found:
            reason = gettext("the column “{column}” is missing").format(
                column=gettext(COLUMNS[name])
            )
            raise Refused(Refusal.TABLE_UNREADABLE, reason=reason)
    return found
