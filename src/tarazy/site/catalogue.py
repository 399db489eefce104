# SPDX-License-Identifier: EUPL-1.2
"""The cards of every room in one list, by code, with the specification behind each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import cast

from tarazy.core.catalogue import Card, said
from tarazy.procurement.indicators import INDICATORS
from tarazy.supervision import not_judged, own_outage, retired
from tarazy.supervision.rules import PAIR_RULES, RULES
from tarazy.supervision.rules.parameters import Parameter

SUPERVISION = said("Supervision: rules that raise an alert")
PROCUREMENT = said("Public procurement: red flags")


@dataclass(frozen=True, slots=True)
class Entry:
    """A card, its room, and its module's docstring: the specification with its exclusions."""

    room: str
    card: Card
    specification: str
    parameters: tuple[Parameter, ...] = ()
    """What an order may set otherwise, and within which bounds."""


def _entries(room: str, modules: Iterable[object]) -> Iterable[Entry]:
    for module in cast(Iterable[ModuleType], modules):
        parameters = vars(module).get("PARAMETERS", ())
        yield Entry(room, module.CARD, (module.__doc__ or "").strip(), parameters)


CARDS: Mapping[str, Entry] = {
    entry.card.code: entry
    for entry in (
        *_entries(SUPERVISION, (*RULES, *PAIR_RULES, own_outage, not_judged, retired)),
        *_entries(PROCUREMENT, INDICATORS),
    )
}
