# SPDX-License-Identifier: EUPL-1.2
"""The part of an OCDS release that we read: the paths, as types that the decoder checks.

https://standard.open-contracting.org/1.1/en/schema/ ; bids and lots as in the extensions of these
names. Leaves are taken as they come and judged in `columns`; `fit` makes a release with the wrong
kinds of things in it fit these types, and says what it dropped. What stands outside is not read:
names of persons at a contact point on purpose, since no indicator needs them. Telephones, e-mail
addresses and owners are read to be compared, and kept as salted hashes only (`sealing`).
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


class ContactPoint(_Part, frozen=True):
    email: Leaf = None
    telephone: Leaf = None


class Owner(_Part, frozen=True):
    """A beneficial owner, or who holds a share."""

    id: Leaf = None
    name: Leaf = None


class Shareholding(_Part, frozen=True):
    shareholder: Owner = Owner()
    shareholding: Leaf = None


class Organisation(_Part, frozen=True):
    """A party, or in OCDS 1.0 a whole organisation inside buyer, tenderers and suppliers."""

    id: Leaf = None
    name: Leaf = None
    identifier: Identifier = Identifier()
    address: Address = Address()
    contact_point: ContactPoint = ContactPoint()
    roles: tuple[str, ...] = ()
    beneficial_owners: tuple[Owner, ...] = ()
    shareholders: tuple[Shareholding, ...] = ()


class Document(_Part, frozen=True):
    id: Leaf = None
    document_type: Leaf = None
    date_published: Leaf = None
    date_modified: Leaf = None


class Amendment(_Part, frozen=True):
    id: Leaf = None
    date: Leaf = None
    rationale: Leaf = None
    description: Leaf = None


class Milestone(_Part, frozen=True):
    id: Leaf = None
    title: Leaf = None
    type: Leaf = None
    status: Leaf = None
    due_date: Leaf = None
    date_met: Leaf = None


class RelatedProcess(_Part, frozen=True):
    id: Leaf = None
    relationship: tuple[str, ...] = ()
    scheme: Leaf = None
    identifier: Leaf = None


class Budget(_Part, frozen=True):
    id: Leaf = None
    amount: Money = Money()
    project: Leaf = None
    project_id: Leaf = msgspec.field(default=None, name="projectID")


class Planning(_Part, frozen=True):
    rationale: Leaf = None
    prepayment_share: Leaf = None
    budget: Budget = Budget()
    documents: tuple[Document, ...] = ()
    milestones: tuple[Milestone, ...] = ()


class Enquiry(_Part, frozen=True):
    id: Leaf = None
    date: Leaf = None
    date_answered: Leaf = None
    answer: Leaf = None


class Complaint(_Part, frozen=True):
    id: Leaf = None
    date: Leaf = None
    status: Leaf = None


class Fee(_Part, frozen=True):
    id: Leaf = None
    type: tuple[str, ...] = ()
    value: Money = Money()


class Criterion(_Part, frozen=True):
    type: Leaf = None
    description: Leaf = None


class Criteria(_Part, frozen=True):
    description: Leaf = None
    criteria: tuple[Criterion, ...] = ()


class Classification(_Part, frozen=True):
    scheme: Leaf = None
    id: Leaf = None
    description: Leaf = None


class Unit(_Part, frozen=True):
    scheme: Leaf = None
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
    min_value: Money = Money()
    contract_period: Period = Period()
    items: tuple[str, ...] = ()


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
    tenderers: tuple[Organisation, ...] = ()
    lots: tuple[Lot, ...] = ()
    items: tuple[Item, ...] = ()
    eligibility_criteria: Leaf = None
    selection_criteria: Criteria = Criteria()
    participation_fees: tuple[Fee, ...] = ()
    documents: tuple[Document, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    enquiries: tuple[Enquiry, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    amendment: Leaf = None


class Bid(_Part, frozen=True):
    id: Leaf = None
    date: Leaf = None
    status: Leaf = None
    value: Money = Money()
    tenderers: tuple[Organisation, ...] = ()
    related_lots: tuple[str, ...] = ()
    related_lot: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()


class Bids(_Part, frozen=True):
    details: tuple[Bid, ...] = ()


class Subcontracting(_Part, frozen=True):
    minimum_percentage: Leaf = None
    maximum_percentage: Leaf = None


class Award(_Part, frozen=True):
    id: Leaf = None
    title: Leaf = None
    status: Leaf = None
    date: Leaf = None
    value: Money = Money()
    suppliers: tuple[Organisation, ...] = ()
    items: tuple[Item, ...] = ()
    related_bids: tuple[str, ...] = ()
    related_bid: tuple[str, ...] = ()
    related_lots: tuple[str, ...] = ()
    related_lot: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    amendment: Leaf = None
    has_subcontracting: Leaf = None
    subcontracting: Subcontracting = Subcontracting()


class Transaction(_Part, frozen=True):
    """`amount` is what 1.0 has for `value`."""

    id: Leaf = None
    date: Leaf = None
    value: Money = Money()
    amount: Money = Money()
    payer: Organisation = Organisation()
    payee: Organisation = Organisation()


class Implementation(_Part, frozen=True):
    transactions: tuple[Transaction, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    documents: tuple[Document, ...] = ()
    final_value: Money = Money()


class Contract(_Part, frozen=True):
    id: Leaf = None
    award_id: Leaf = msgspec.field(default=None, name="awardID")
    title: Leaf = None
    status: Leaf = None
    date_signed: Leaf = None
    period: Period = Period()
    value: Money = Money()
    items: tuple[Item, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    amendment: Leaf = None
    documents: tuple[Document, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    implementation: Implementation = Implementation()
    related_processes: tuple[RelatedProcess, ...] = ()


class Release(_Part, frozen=True):
    ocid: str
    id: Leaf = None
    date: Leaf = None
    version: Leaf = None
    language: Leaf = None
    initiation_type: Leaf = None
    tag: tuple[str, ...] = ()
    buyer: Organisation = Organisation()
    parties: tuple[Organisation, ...] = ()
    planning: Planning = Planning()
    tender: Tender = Tender()
    bids: Bids = Bids()
    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    related_processes: tuple[RelatedProcess, ...] = ()
    releases: Leaf = None
    records: Leaf = None
    compiled_release: Leaf = None

    def is_alone(self) -> bool:
        """Whether this is a release, not a record or a package that happens to have an ocid."""
        return self.releases is None and self.records is None and self.compiled_release is None


def amendment_in(single: Any, path: str, lose: Lose) -> Amendment | None:
    """The one amendment that 1.0 has instead of a list."""
    if isinstance(single, dict):
        return msgspec.convert(_fitting(single, Amendment, path, lose), Amendment)
    lose(path)
    return None


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
    if get_origin(kind) is not tuple:
        if isinstance(value, dict):
            return _fitting(value, kind, path, lose)
        lose(path)
        return None
    inner, _ = get_args(kind)
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
