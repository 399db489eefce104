# SPDX-License-Identifier: EUPL-1.2
"""The cards of every room in one list, by code, with the specification behind each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from django.utils.translation import gettext

from tarazy.core.catalogue import Card, said
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators import parameters as numbers
from tarazy.procurement.indicators.interface import SUBJECT_TITLES, Subject
from tarazy.procurement.indicators.thresholds import ASKED_BY
from tarazy.procurement.indicators.unanswerable import UNANSWERABLE
from tarazy.procurement.references import OR, load
from tarazy.supervision import not_judged, own_outage, retired
from tarazy.supervision.rules import PAIR_RULES, RULES
from tarazy.supervision.rules.parameters import Parameter

SUPERVISION = said("Supervision: rules that raise an alert")
PROCUREMENT = said("Public procurement: red flags")
LAWS_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A card, its room, and its module's docstring: the specification with its exclusions."""

    room: str
    card: Card
    specification: str
    parameters: tuple[Parameter, ...] = ()
    """What an order may set otherwise, and within which bounds."""
    subjects: tuple[Subject, ...] = ()
    """Of an indicator: what its answers are about."""
    unit: str = ""
    """Of an indicator's value."""
    thresholds: tuple[numbers.Parameter, ...] = ()
    """Of an indicator: its numbers, each with its source."""

    @property
    def subject_titles(self) -> list[str]:
        return [SUBJECT_TITLES[one] for one in self.subjects]


def _rules() -> Iterable[Entry]:
    modules = (*RULES, *PAIR_RULES, own_outage, not_judged, retired)
    for module in cast(Iterable[ModuleType], modules):
        yield Entry(
            room=SUPERVISION,
            card=module.CARD,
            specification=(module.__doc__ or "").strip(),
            parameters=vars(module).get("PARAMETERS", ()),
        )


def _indicators() -> Iterable[Entry]:
    for indicator in INDICATORS:
        yield Entry(
            room=PROCUREMENT,
            card=indicator.CARD,
            specification=(indicator.__doc__ or "").strip(),
            subjects=indicator.CARD.subjects,
            unit=indicator.UNIT,
            thresholds=numbers.of(indicator.CARD.code),
        )


CARDS: Mapping[str, Entry] = {entry.card.code: entry for entry in (*_rules(), *_indicators())}


def about(subject: str) -> list[Entry]:
    """The entries whose answers are about this; all of them for no, or no known, subject."""
    known = subject in set(Subject)
    return [one for one in CARDS.values() if not known or Subject(subject) in one.subjects]


def laws(folder: Path, code: str) -> list[dict[str, Any]]:
    """What the law sets for an indicator, by the table in force: the newest rows first."""
    limits = {name for name, codes in ASKED_BY.items() if code in codes}
    if not limits:
        return []
    rows = [row for row in load(folder, "thresholds").to_pylist() if row["limits"] in limits]
    newest = sorted(rows, key=lambda row: row["valid_from"], reverse=True)
    return [{**row, **_shown(row)} for row in newest[:LAWS_SHOWN]]


def _shown(row: dict[str, Any]) -> dict[str, str]:
    """Of a country the first spelling; of methods all, since they may be several."""
    countries, methods = ((row[name] or "").split(OR) for name in ("country", "method"))
    return {
        "country": countries[0].strip(),
        "method": " / ".join(one.strip() for one in methods),
        "category": row["category"] or "",
    }


def plain(entries: Iterable[Entry]) -> dict[str, Any]:
    """The catalogue for other programs: its words in the language that is asked for."""
    return {
        "rules": [
            {
                "code": one.card.code,
                "version": one.card.version,
                "room": gettext(one.room),
                "title": gettext(one.card.title),
                "basis": gettext(one.card.basis),
                "description": gettext(one.card.description),
                "subjects": list(one.subjects),
                "unit": gettext(one.unit) if one.unit else None,
                "thresholds": {row.name: row.value for row in one.thresholds},
                "specification": one.specification,
            }
            for one in entries
        ],
        "unanswerable": [
            {"code": flag.code, "title": gettext(flag.title), "reason": gettext(flag.reason)}
            for flag in UNANSWERABLE
        ],
    }
