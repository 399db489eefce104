# SPDX-License-Identifier: EUPL-1.2
"""Where a column of a flat table may go: the paths of a release that our tables keep, and how read.

A path that no table keeps is none of these: mapping a column there would lose it without a word.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tarazy.procurement.sources import values
from tarazy.procurement.sources.columns import Column
from tarazy.procurement.sources.tables import ROOTS, SHAPES

ORGANISATIONS = {
    "buyer": "buyer",
    "tender.procuringEntity": "procuringEntity",
    "tender.tenderers": "tenderer",
    "bids.details.tenderers": "tenderer",
    "awards.suppliers": "supplier",
}
"""Where organisations stand, and the role that each has there."""
ENTRIES = frozenset({"tender.items", "awards.items", "contracts.items"})
"""Lists in which each row of a file is an entry of its own, where no column says its id."""
BELONGING = {
    "tender.items": ("tender.lots", "relatedLot"),
    "awards.items": ("tender.lots", "relatedLot"),
    "contracts.items": ("tender.lots", "relatedLot"),
    "bids.details": ("tender.lots", "relatedLots"),
    "awards": ("tender.lots", "relatedLots"),
    "contracts": ("awards", "awardID"),
}
"""What stands in one row belongs together: (what it belongs to, the leaf that says so)."""

TENDER_STATUSES = {
    *("planning", "planned", "active", "cancelled", "unsuccessful", "complete", "withdrawn"),
}
CODES = {
    "tender.procurementMethod": {"open", "selective", "limited", "direct"},
    "tender.mainProcurementCategory": {"goods", "works", "services"},
    "tender.status": TENDER_STATUSES,
    "tender.lots.status": TENDER_STATUSES,
    "bids.details.status": {"invited", "pending", "valid", "disqualified", "withdrawn"},
    "awards.status": {"pending", "active", "cancelled", "unsuccessful"},
    "contracts.status": {"pending", "active", "cancelled", "terminated"},
}
"""Codes that OCDS closes; the words of a file are told to mean one of them (`values`)."""


class Place(NamedTuple):
    """A path: the lists on the way to it, the leaf below the last of them, and how it is read."""

    lists: tuple[str, ...]
    leaf: str
    read: values.Reader

    def owner(self) -> str:
        """The innermost list; nothing for the process itself."""
        return self.lists[-1] if self.lists else ""


def _places() -> Iterator[tuple[str, values.Reader]]:
    for column in SHAPES["contracting_process"].columns:
        yield column.path, column.read
    tops = {"lot": "tender.lots", "bid": "bids.details", "award": "awards", "contract": "contracts"}
    roots = [
        (name, root.whole())
        for name, listed in ROOTS.items()
        for root in listed
        if not root.whole().startswith("parties.")
    ]
    for name, top in [*tops.items(), *roots]:
        for column in SHAPES[name].columns:
            yield f"{top}.{column.path}", column.read
    for path in ("tender.lots.items", "bids.details.relatedLots", "awards.relatedLots"):
        yield path, values.texts
    yield "awards.relatedBids", values.texts
    for organisation in ORGANISATIONS:
        yield from _of_party(organisation)


def _of_party(organisation: str) -> Iterator[tuple[str, values.Reader]]:
    for column in (Column("", "id"), Column("", "name"), *SHAPES["party"].columns):
        yield f"{organisation}.{column.path}", column.read
    for name in ("beneficial_owner", "shareholder"):
        for column in SHAPES[name].columns:
            yield f"{organisation}.{ROOTS[name][0].path}.{column.path}", column.read


def _lists() -> frozenset[str]:
    roots = {root.whole() for listed in ROOTS.values() for root in listed}
    inner = {
        f"{organisation}.{name}"
        for organisation in ORGANISATIONS
        for name in ("beneficialOwners", "shareholders")
    }
    plain = {"tender.lots", "bids.details", "awards", "contracts"}
    several = {one for one in ORGANISATIONS if one not in {"buyer", "tender.procuringEntity"}}
    return (
        frozenset({one for one in roots if not one.startswith("parties.")})
        | inner
        | plain
        | (several)
    )


LISTS = _lists()


def _placed(path: str, read: values.Reader) -> Place:
    words = path.split(".")
    ways = (".".join(words[:count]) for count in range(1, len(words)))
    lists = tuple(way for way in ways if way in LISTS)
    return Place(lists, path[len(lists[-1]) + 1 :] if lists else path, read)


PLACES = {path: _placed(path, read) for path, read in _places()}
