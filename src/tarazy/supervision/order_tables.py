# SPDX-License-Identifier: EUPL-1.2
"""Rows of a table held against the form of a new order: each fault with its row and column."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from tarazy.core.catalogue import said
from tarazy.core.errors import Refused
from tarazy.supervision.actions.drafts import DraftFacts
from tarazy.supervision.models import ConditionKind, Route, TraceStorage
from tarazy.supervision.order_forms import DAY, MOMENT, DemandForm, NewOrderForm
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.tables import FORMULA, Table

DAYS, MOMENTS = ("decided_on", "birth_date"), ("since", "until")
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
}
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
    """What a table holds: whole rows, and every fault."""

    facts: list[DraftFacts] = field(default_factory=list)
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


def check_table(table: Table) -> Checked:
    """Every row of a table, each against the form. Raises Refused where the header is none."""
    columns = _columns(table[0])
    checked, seen = Checked(), dict[tuple[str, str], int]()
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
        if not faults:
            faults += _faults(number, coded.told(row), (order, demand))
        same = (row.get("document_number", ""), row.get("iin") or row.get("full_name", ""))
        if (first := seen.setdefault(same, number)) != number:
            words = gettext("The same order stands in row {row} already.").format(row=first)
            faults.append(Fault(number, "document_number", words))
        if faults:
            checked.faults += faults
            continue
        asked = demand.demand()
        checked.facts.append(order.facts([asked] if asked else []))
    return checked


def _faults(number: int, row: dict[str, str], fill: tuple[NewOrderForm, DemandForm]) -> list[Fault]:
    """The same two forms for all rows: building one costs more than a row."""
    order, demand = fill
    asked = {"kind": row.get("demand", ""), "place": row.get("place", "")}
    asked |= {"hours": row.get("hours", ""), "since": "", "until": ""}
    if not asked["place"] and not asked["hours"]:
        asked["kind"] = ConditionKind.INCLUSION
    found = []
    for form, data in ((order, row), (demand, asked)):
        vars(form).update(data=data, _errors=None)
        form.full_clean()
        for name, sentences in form.errors.items():
            column = "demand" if name == "kind" else name
            found += [Fault(number, column, str(one)) for one in sentences]
    return found


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
