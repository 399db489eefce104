# SPDX-License-Identifier: EUPL-1.2
"""The part of an OCDS release that we read: the paths, as types that the decoder checks.

https://standard.open-contracting.org/1.1/en/schema/ ; bids and lots as in the extensions of these
names. Leaves are taken as they come and judged in `columns`; `fit` makes a release with the wrong
kinds of things in it fit these types, and says what it dropped. What stands outside is not read:
contact points (names and telephones of persons) on purpose, since no indicator needs them.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, get_args, get_origin

import msgspec

from tarazy.procurement.sources.values import text

Leaf = Any
Lose = Callable[[str], None]
"""Told the OCDS path of a value that was published and could not be kept."""


class _Part(msgspec.Struct, frozen=True, rename="camel", gc=False, omit_defaults=True):
    """Some object of a release; what is absent is empty."""


class Money(_Part, frozen=True):
    amount: Leaf = None
    currency: Leaf = None


class Period(_Part, frozen=True):
    start_date: Leaf = None
    end_date: Leaf = None


class Identifier(_Part, frozen=True):
    scheme: Leaf = None
    id: Leaf = None
    legal_name: Leaf = None


class Address(_Part, frozen=True):
    street_address: Leaf = None
    locality: Leaf = None
    region: Leaf = None
    postal_code: Leaf = None
    country_name: Leaf = None


class Organisation(_Part, frozen=True):
    """A party, or in OCDS 1.0 a whole organisation inside buyer, tenderers and suppliers."""

    id: Leaf = None
    name: Leaf = None
    identifier: Identifier = Identifier()
    address: Address = Address()
    roles: list[str] = []


class Classification(_Part, frozen=True):
    scheme: Leaf = None
    id: Leaf = None
    description: Leaf = None


class Unit(_Part, frozen=True):
    id: Leaf = None
    name: Leaf = None
    value: Money = Money()


class Item(_Part, frozen=True):
    id: Leaf = None
    description: Leaf = None
    classification: Classification = Classification()
    quantity: Leaf = None
    unit: Unit = Unit()
    related_lot: Leaf = None


class Lot(_Part, frozen=True):
    id: Leaf = None
    title: Leaf = None
    description: Leaf = None
    status: Leaf = None
    award_criteria: Leaf = None
    value: Money = Money()
    items: list[str] = []


class BidOpening(_Part, frozen=True):
    date: Leaf = None


class Tender(_Part, frozen=True):
    id: Leaf = None
    title: Leaf = None
    description: Leaf = None
    status: Leaf = None
    procurement_method: Leaf = None
    procurement_method_details: Leaf = None
    procurement_method_rationale: Leaf = None
    main_procurement_category: Leaf = None
    award_criteria: Leaf = None
    award_criteria_details: Leaf = None
    number_of_tenderers: Leaf = None
    value: Money = Money()
    min_value: Money = Money()
    tender_period: Period = Period()
    enquiry_period: Period = Period()
    award_period: Period = Period()
    bid_opening: BidOpening = BidOpening()
    procuring_entity: Organisation = Organisation()
    tenderers: list[Organisation] = []
    lots: list[Lot] = []
    items: list[Item] = []


class Bid(_Part, frozen=True):
    id: Leaf = None
    date: Leaf = None
    status: Leaf = None
    value: Money = Money()
    tenderers: list[Organisation] = []
    related_lots: list[str] = []
    related_lot: list[str] = []


class Bids(_Part, frozen=True):
    details: list[Bid] = []


class Award(_Part, frozen=True):
    id: Leaf = None
    title: Leaf = None
    status: Leaf = None
    date: Leaf = None
    value: Money = Money()
    suppliers: list[Organisation] = []
    items: list[Item] = []
    related_bids: list[str] = []
    related_bid: list[str] = []
    related_lots: list[str] = []
    related_lot: list[str] = []


class Amendment(_Part, frozen=True):
    id: Leaf = None


class Contract(_Part, frozen=True):
    id: Leaf = None
    award_id: Leaf = msgspec.field(default=None, name="awardID")
    title: Leaf = None
    status: Leaf = None
    date_signed: Leaf = None
    period: Period = Period()
    value: Money = Money()
    items: list[Item] = []
    amendments: list[Amendment] = []
    amendment: Leaf = None


class Release(_Part, frozen=True):
    ocid: str
    id: Leaf = None
    date: Leaf = None
    version: Leaf = None
    language: Leaf = None
    initiation_type: Leaf = None
    tag: list[str] = []
    buyer: Organisation = Organisation()
    parties: list[Organisation] = []
    tender: Tender = Tender()
    bids: Bids = Bids()
    awards: list[Award] = []
    contracts: list[Contract] = []
    releases: Leaf = None
    records: Leaf = None
    compiled_release: Leaf = None

    def is_alone(self) -> bool:
        """Whether this is a release, not a record or a package that happens to have an ocid."""
        return self.releases is None and self.records is None and self.compiled_release is None


def fit(node: dict[str, Any], lose: Lose) -> Release:
    """A release out of decoded JSON, without what does not fit; `node["ocid"]` is a text."""
    return msgspec.convert(_fitting(node, Release, "", lose), Release)


@cache
def _fields(part: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    return tuple((field.encode_name, field.type) for field in msgspec.structs.fields(part))


def _fitting(
    node: dict[str, Any], part: type[msgspec.Struct], path: str, lose: Lose
) -> dict[str, Any]:
    fitting = {}
    for key, kind in _fields(part):
        value = node.get(key)
        if value is not None:
            fits = _fitting_value(value, kind, f"{path}.{key}".strip("."), lose)
            if fits is not None:
                fitting[key] = fits
    return fitting


def _fitting_value(value: Any, kind: Any, path: str, lose: Lose) -> Any:
    if kind is Any or kind is str:
        return value
    if get_origin(kind) is not list:
        if isinstance(value, dict):
            return _fitting(value, kind, path, lose)
        lose(path)
        return None
    (inner,) = get_args(kind)
    if inner is str:
        return _texts(value, path, lose)
    if not isinstance(value, list):
        lose(path)
        return None
    return list(_objects(value, inner, path, lose))


def _objects(value: list[Any], part: type[msgspec.Struct], path: str, lose: Lose) -> Any:
    for one in value:
        if isinstance(one, dict):
            yield _fitting(one, part, path, lose)
        elif one is not None:
            lose(path)


def _texts(value: Any, path: str, lose: Lose) -> list[str]:
    """The texts of a list, or a text that stands alone where a list belongs."""
    found = []
    for one in value if isinstance(value, list) else [value]:
        readable = text(one)
        if readable:
            found.append(readable)
        elif one is not None and readable is None:
            lose(path)
    return found
