# SPDX-License-Identifier: EUPL-1.2
"""What is kept while the lines go by, and the JSON that comes of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import NamedTuple, TypeVar

from tarazy.procurement.cardinal.numbers import printed, rounded
from tarazy.procurement.cardinal.process import Process

OCID, BUYER, PROCURING_ENTITY, TENDERER = "OCID", "Buyer", "ProcuringEntity", "Tenderer"
MAP_NAMES = (
    "ocid_buyer_r038",
    "ocid_procuringentity_r038",
    "ocid_tenderer",
    "ocid_tenderer_r024",
    "ocid_tenderer_r028",
    "ocid_tenderer_r030",
    "ocid_tenderer_r035",
    "ocid_tenderer_r058",
)
MAPS_TO_ONE = ("ocid_buyer_r038", "ocid_procuringentity_r038")

Inner = TypeVar("Inner")
Results = dict[str, dict[str, dict[str, float]]]


class Gap(NamedTuple):
    """By what share of the winning bid the second-lowest one is dearer, and whose they are."""

    share: float
    winner: str
    runner_up: str


@dataclass(slots=True, kw_only=True)
class Book:
    """Results by group, identifier and code; what explains them; the main currency."""

    with_maps: bool = False
    currency: str | None = None
    """The main currency: the one of the settings, else the first that was met."""
    results: Results = field(default_factory=lambda: {OCID: {}, TENDERER: {}})
    meta: dict[str, dict[str, float]] = field(default_factory=dict)
    maps: dict[str, dict[str, dict[str, None]]] = field(
        default_factory=lambda: {name: {} for name in MAP_NAMES}
    )
    gaps: dict[str, Gap] = field(default_factory=dict)
    other_currencies: Counter[str] = field(default_factory=Counter)

    def is_main_currency(self, currency: str) -> bool:
        if self.currency is None:
            self.currency = currency
        elif currency != self.currency:
            self.other_currencies[currency] += 1
            return False
        return True

    def flag(self, group: str, identifier: str, code: str, value: float) -> None:
        self.results.setdefault(group, {}).setdefault(identifier, {})[code] = value

    def explain(self, code: str, name: str, value: float) -> None:
        self.meta.setdefault(code, {})[name] = value

    def map(self, name: str, ocid: str, organisation: str) -> None:
        if self.with_maps:
            known = self.maps[name].setdefault(ocid, {})
            if name in MAPS_TO_ONE:
                known.clear()
            known[organisation] = None

    def groups(self) -> Results:
        """The results in Cardinal's order: the last group takes the place of an empty one."""
        order = list(self.results)
        for name in (OCID, TENDERER):
            if not self.results[name]:
                place, last = order.index(name), order.pop()
                if place < len(order):
                    order[place] = last
        return {name: self.results[name] for name in order}

    def json(self, *, with_meta: bool) -> str:
        """The object that Cardinal prints."""
        parts = [
            f"{_text(name)}:{_object(found, _numbers)}" for name, found in self.groups().items()
        ]
        if with_meta:
            parts.append(f'"Meta":{_object(self.meta, _rounded_numbers)}')
        if self.with_maps:
            inner = ",".join(
                f"{_text(name)}:{_object(known, _one if name in MAPS_TO_ONE else _texts)}"
                for name, known in self.maps.items()
            )
            parts.append(f'"Maps":{{{inner}}}')
        return "{" + ",".join(parts) + "}"


class Measure:
    """One indicator: it sees every process once, then says what only the whole file shows."""

    def fold(self, process: Process, book: Book) -> None:
        """Take in one process."""

    def finish(self, book: Book) -> None:
        """After the last one."""


def _text(text: str) -> str:
    return encode_basestring(text)


def _numbers(values: dict[str, float]) -> str:
    return "{" + ",".join(f"{_text(key)}:{printed(value)}" for key, value in values.items()) + "}"


def _rounded_numbers(values: dict[str, float]) -> str:
    return _numbers({key: rounded(value) for key, value in values.items()})


def _texts(values: dict[str, None]) -> str:
    return "[" + ",".join(_text(value) for value in values) + "]"


def _one(values: dict[str, None]) -> str:
    return _text(next(iter(values)))


def _object(found: dict[str, Inner], shown: Callable[[Inner], str]) -> str:
    return "{" + ",".join(f"{_text(key)}:{shown(value)}" for key, value in found.items()) + "}"
