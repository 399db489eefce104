# SPDX-License-Identifier: EUPL-1.2
"""Releases into rows, leaf by leaf: slow and plain, for whole columns to be held against."""

from collections.abc import Iterator
from functools import partial, reduce
from typing import Any

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import ocds, tables, values
from tarazy.procurement.sources.columns import Root, Shape, snake
from tarazy.procurement.sources.interface import Account, Document
from tarazy.procurement.sources.release import Release, amendment_in

Row = dict[str, Any]
Tables = dict[str, list[Row]]


def read(documents: list[Document]) -> tuple[Tables, Account]:
    """All rows but the columns `source` and `fingerprint`, and the account."""
    account, number = Account(), 0
    found: Tables = {name: [] for name in tables.SHAPES}
    for document in documents:
        for position, release in ocds.releases(document, account):
            note = partial(account.note, count=1, positions=[position])
            one = _One(release, partial(account.lose, position=position), note)
            for name, row in one.rows(position):
                found[name].append({"release": number, "ocid": release.ocid.strip()} | row)
            number += 1
    account.read = number
    return found, account


def leaf(node: Any, path: str) -> Any:
    """What is at a path."""
    return reduce(getattr, snake(path).split("."), node)


def text(value: Any) -> str | None:
    """A text that is not empty."""
    return values.text(value) or None


def texts(listed: Any) -> list[str]:
    """The texts of a list that are not empty."""
    return [kept for one in listed if (kept := text(one))]


def named(party: Any) -> tuple[str | None, str | None]:
    """(id, name) of an organisation."""
    scheme, number = text(party.identifier.scheme), text(party.identifier.id)
    in_scheme = f"{scheme}-{number}" if scheme and number else number
    return text(party.id) or in_scheme, text(party.name) or text(party.identifier.legal_name)


class _One:
    def __init__(self, release: Release, lose: Any, note: Any) -> None:
        self.release, self.lose, self.note = release, lose, note
        self.embedded: dict[str, tuple[Any, list[str]]] = {}

    def columns(self, shape: Shape, part: Any, root: str) -> Row:
        row: Row = {}
        for column in shape.columns:
            published = leaf(part, column.path)
            empty = published is None or published == ""
            kept = None if empty else column.read(published)
            if kept is None and not empty:
                self.lose(f"{root}.{column.path}".strip("."))
            names = [field.name for field in column.fields()]
            path = f"{root}.{column.path}".strip(".")
            if column.read is values.moment and kept and kept[0] is None:
                self.note(Refusal.NOTE_NO_ZONE, path)
            if column.is_money() and kept is not None and kept <= 0:
                self.note(Refusal.NOTE_NOT_POSITIVE, path)
            if column.read is values.moment:
                row |= dict(zip(names, kept or (None, None), strict=True))
            elif column.read is values.texts:
                row |= {names[0]: texts(published)}
            else:
                row |= {names[0]: kept if kept != "" else None}
        return row

    def party(self, party: Any, path: str, role: str) -> tuple[str | None, str | None]:
        for leaf_name in ("id", "name"):
            published = getattr(party, leaf_name)
            if published is not None and values.text(published) is None:
                self.lose(f"{path}.{leaf_name}")
        key, name = named(party)
        if (key or name) and role and not self.release.parties:
            _, roles = self.embedded.setdefault(key or name or "", (party, []))
            if role not in roles:
                roles.append(role)
        return key, name

    def parties(self, parties: Any, path: str, role: str) -> tuple[list[Any], list[Any]]:
        found = [self.party(party, path, role) for party in parties]
        kept = [(key or name, name or key) for key, name in found if key or name]
        return [key for key, _ in kept], [name for _, name in kept]

    def rows(self, position: int) -> Iterator[tuple[str, Row]]:
        release, tender = self.release, self.release.tender
        buyer = self.party(release.buyer, "buyer", "buyer")
        entity = self.party(tender.procuring_entity, "tender.procuringEntity", "procuringEntity")
        self.parties(tender.tenderers, "tender.tenderers", "tenderer")
        own = {"buyer_id": buyer[0], "buyer_name": buyer[1], "tags": texts(release.tag)}
        own |= {"procuring_entity_id": entity[0], "procuring_entity_name": entity[1]}
        process = self.columns(tables.PROCESS, release, "") | own | {"position": position}
        yield "contracting_process", process
        for lot in tender.lots:
            row = self.columns(tables.LOT, lot, "tender.lots")
            yield "lot", row | {"item_ids": texts(lot.items)}
        of: Row
        for bid in release.bids.details:
            keys, names = self.parties(bid.tenderers, "bids.details.tenderers", "tenderer")
            of = {"tenderer_ids": keys, "tenderer_names": names}
            of |= {"lot_ids": texts(bid.related_lots) or texts(bid.related_lot)}
            yield "bid", self.columns(tables.BID, bid, "bids.details") | of
        for award in release.awards:
            keys, names = self.parties(award.suppliers, "awards.suppliers", "supplier")
            of = {"supplier_ids": keys, "supplier_names": names}
            of |= {"bid_ids": texts(award.related_bids) or texts(award.related_bid)}
            of |= {"lot_ids": texts(award.related_lots) or texts(award.related_lot)}
            yield "award", self.columns(tables.AWARD, award, "awards") | of
        for contract in release.contracts:
            amendments = len(contract.amendments) or int(bool(contract.amendment))
            row = self.columns(tables.CONTRACT, contract, "contracts")
            yield "contract", row | {"amendments": amendments}
        yield from self.rooted()
        for party in release.parties:
            key, name = self.party(party, "parties", "")
            of = {"party_id": key, "name": name, "roles": texts(party.roles)}
            yield "party", self.columns(tables.PARTY, party, "parties") | of
        for party, roles in self.embedded.values():
            key, name = named(party)
            of = {"party_id": key, "name": name, "roles": roles}
            yield "party", self.columns(tables.PARTY, party, "parties") | of

    def rooted(self) -> Iterator[tuple[str, Row]]:
        for table, roots in tables.ROOTS.items():
            for root in roots:
                for owner in leaf(self.release, root.of) if root.of else [self.release]:
                    key = named(owner)[0] if root.of == "parties" else values.text(owner.id)
                    of = {"part": root.part, "part_id": key if root.of else None}
                    for one in self.objects(owner, root, table):
                        yield table, self.columns(tables.SHAPES[table], one, root.whole()) | of

    def objects(self, owner: Any, root: Root, table: str) -> Any:
        found = leaf(owner, root.path)
        if table == "amendment" and not found:
            single = leaf(owner, root.path.removesuffix("s"))
            path = root.whole().removesuffix("s")
            amendment = amendment_in(single, path, self.lose) if single else None
            return [amendment] if amendment else []
        return found
