# SPDX-License-Identifier: EUPL-1.2
"""OCDS 1.0 and 1.1: releases, records and packages of them, into rows.

https://standard.open-contracting.org/1.1/en/schema/ ; bids and lots as in the extensions of these
names. What 1.0 does otherwise: organisations stand inside buyer, tenderers and suppliers, known by
their identifier alone; there are no `parties`; one `amendment` instead of `amendments`.

Releases are taken as they are, not merged: where a record holds a compiled release that one is
read; else each release stands for its process, and the newest wins when it is imported.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import msgspec
import pyarrow as pa

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import tables
from tarazy.procurement.sources.interface import RELEASE, Account, Batch, Document
from tarazy.procurement.sources.shape import Lose, objects_in, texts_in
from tarazy.procurement.sources.values import text

SCHEMAS = tables.SCHEMAS
STAGED = {name: schema.insert(0, RELEASE) for name, schema in SCHEMAS.items()}
OCID_LENGTH_MAX = 255
SECTIONS = ("tender", "awards", "contracts", "planning", "parties", "buyer")
_DECODER = msgspec.json.Decoder(float_hook=str)  # fractions stay text: no float is ever made
_BROKEN = (msgspec.DecodeError, RecursionError)

Rows = dict[str, list[list[Any]]]


def read(documents: list[Document], source_id: str) -> Batch:
    """Rows of every release found in the documents; never raises on bad input."""
    account = Account()
    rows: Rows = {name: [] for name in SCHEMAS}
    for document in documents:
        for position, release, fingerprint in _releases(document, account):
            number = account.read
            _Release(release, number, position, account).into(rows, source_id, fingerprint)
            account.read += 1
    return Batch({name: _table(rows[name], STAGED[name]) for name in STAGED}, account)


def _table(rows: list[list[Any]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _releases(document: Document, account: Account) -> Iterator[tuple[int, dict[str, Any], str]]:
    """(position, release, fingerprint) of each release of a document that can be told by ocid."""
    if document.refusal:
        account.refuse(document.refusal, document.position)
        return
    try:
        top = _DECODER.decode(document.data)
    except UnicodeDecodeError:
        account.refuse(Refusal.NOT_UTF8, document.position)
        return
    except _BROKEN:
        account.refuse(Refusal.NOT_JSON, document.position)
        return
    alone = isinstance(top, dict) and "ocid" in top and not _holds_releases(top)
    for number, found in enumerate(_unpacked(top), start=document.position):
        position = document.position if alone else number
        if isinstance(found, Refusal):
            account.refuse(found, position)
        else:
            yield position, found, _fingerprint(found)


def _fingerprint(release: dict[str, Any]) -> str:
    """The same for the same content, whatever the order of its keys and its blanks."""
    data = msgspec.json.encode(release, order="deterministic")
    return blake2b(data, digest_size=16).hexdigest()


def _holds_releases(top: dict[str, Any]) -> bool:
    return any(key in top for key in ("records", "releases", "compiledRelease"))


def _unpacked(top: Any) -> Iterator[dict[str, Any] | Refusal]:
    if not isinstance(top, dict):
        yield Refusal.NOT_OCDS
        return
    if not _version_read(top.get("version")):
        yield Refusal.UNSUPPORTED_VERSION
        return
    records = top.get("records")
    for record in records if isinstance(records, list) else [top]:
        found = list(_of_record(record)) if isinstance(record, dict) else [record]
        for release in found:
            yield _acceptable(release)


def _of_record(record: dict[str, Any]) -> Iterator[Any]:
    compiled, releases = record.get("compiledRelease"), record.get("releases")
    if isinstance(compiled, dict):
        yield compiled
    elif not isinstance(releases, list):
        yield record
    elif releases and all(isinstance(one, dict) and "url" in one for one in releases):
        yield Refusal.NO_COMPILED_RELEASE
    else:
        yield from releases


def _version_read(version: Any) -> bool:
    return version is None or version in ("", "1.0", "1.1") or str(version).startswith("1.1.")


def _acceptable(release: Any) -> dict[str, Any] | Refusal:
    if isinstance(release, Refusal):
        return release
    if not isinstance(release, dict):
        return Refusal.NOT_OCDS
    ocid = release.get("ocid")
    if isinstance(ocid, str) and 0 < len(ocid.strip()) <= OCID_LENGTH_MAX:
        return release
    known = "ocid" in release or any(section in release for section in SECTIONS)
    return Refusal.NO_OCID if known else Refusal.NOT_OCDS


def organisation(node: Any) -> tuple[str | None, str | None]:
    """(id, name) of a buyer, tenderer or supplier; 1.0 names only the identifier."""
    if not isinstance(node, dict):
        return None, None
    identifier = node.get("identifier")
    identifier = identifier if isinstance(identifier, dict) else {}
    own, scheme = text(node.get("id")), text(identifier.get("scheme"))
    number = text(identifier.get("id"))
    in_scheme = f"{scheme}-{number}" if scheme and number else number
    name = text(node.get("name")) or text(identifier.get("legalName"))
    return own or in_scheme or None, name or None


class _Release:
    """One release on its way into rows."""

    def __init__(
        self, release: dict[str, Any], number: int, position: int, account: Account
    ) -> None:
        self.release, self.position = release, position
        self.key = (number, text(release["ocid"]))
        self.lose: Lose = lambda path: account.lose(path, position)
        tender = release.get("tender")
        self.tender: dict[str, Any] = tender if isinstance(tender, dict) else {}
        self.embedded: dict[str, tuple[dict[str, Any], list[str]]] = {}

    def into(self, rows: Rows, source_id: str, fingerprint: str) -> None:
        process = tables.PROCESS.row(self.release, self.lose)
        tags = texts_in(self.release.get("tag"), "tag", self.lose)
        buyer = self._party(self.release.get("buyer"), "buyer", "buyer")
        entity = self.tender.get("procuringEntity")
        procuring = self._party(entity, "tender.procuringEntity", "procuringEntity")
        self._parties_in(self.tender.get("tenderers"), "tender.tenderers", "tenderer")
        origin = (source_id, self.position, fingerprint)
        rows["contracting_process"].append([*self.key, *process, tags, *buyer, *procuring, *origin])
        self._items(rows, self.tender, "tender", None)
        self._lots(rows)
        self._bids(rows)
        self._awards(rows)
        self._contracts(rows)
        self._parties(rows)

    def _lots(self, rows: Rows) -> None:
        for lot in objects_in(self.tender.get("lots"), "tender.lots", self.lose):
            items = texts_in(lot.get("items"), "tender.lots.items", self.lose)
            rows["lot"].append([*self.key, *tables.LOT.row(lot, self.lose), items])

    def _items(self, rows: Rows, node: dict[str, Any], part: str, part_id: str | None) -> None:
        path = "tender.items" if part == "tender" else f"{part}s.items"
        for item in objects_in(node.get("items"), path, self.lose):
            row = tables.ITEMS[part].row(item, self.lose)
            rows["item"].append([*self.key, *row, part, part_id])

    def _bids(self, rows: Rows) -> None:
        bids = self.release.get("bids")
        if bids is not None and not isinstance(bids, dict):
            self.lose("bids")
            return
        for bid in objects_in((bids or {}).get("details"), "bids.details", self.lose):
            ids, names = self._parties_in(
                bid.get("tenderers"), "bids.details.tenderers", "tenderer"
            )
            lots = self._related_lots(bid, "bids.details")
            row = tables.BID.row(bid, self.lose)
            rows["bid"].append([*self.key, *row, ids, names, lots])

    def _awards(self, rows: Rows) -> None:
        for award in objects_in(self.release.get("awards"), "awards", self.lose):
            ids, names = self._parties_in(award.get("suppliers"), "awards.suppliers", "supplier")
            related = award.get("relatedBids") or award.get("relatedBid")
            bids = texts_in(related, "awards.relatedBids", self.lose)
            row = [*self.key, *tables.AWARD.row(award, self.lose), ids, names, bids]
            rows["award"].append([*row, self._related_lots(award, "awards")])
            self._items(rows, award, "award", text(award.get("id")))

    def _contracts(self, rows: Rows) -> None:
        for contract in objects_in(self.release.get("contracts"), "contracts", self.lose):
            many = objects_in(contract.get("amendments"), "contracts.amendments", self.lose)
            single = 1 if contract.get("amendment") and not many else 0
            row = tables.CONTRACT.row(contract, self.lose)
            rows["contract"].append([*self.key, *row, len(many) or single])
            self._items(rows, contract, "contract", text(contract.get("id")))

    def _parties(self, rows: Rows) -> None:
        published = objects_in(self.release.get("parties"), "parties", self.lose)
        if published:
            found = [
                (node, texts_in(node.get("roles"), "parties.roles", self.lose))
                for node in published
            ]
        else:
            found = list(self.embedded.values())
        for node, roles in found:
            row = tables.PARTY.row(node, self.lose)
            rows["party"].append([*self.key, *row, *organisation(node), roles])

    def _related_lots(self, node: dict[str, Any], path: str) -> list[str]:
        related = node.get("relatedLots") or node.get("relatedLot")
        return texts_in(related, f"{path}.relatedLots", self.lose)

    def _parties_in(self, value: Any, path: str, role: str) -> tuple[list[str], list[str]]:
        """The ids and names of a list of organisations; without an id, the name serves as one."""
        found = [self._party(one, path, role) for one in objects_in(value, path, self.lose)]
        named = [(key or name or "", name or key or "") for key, name in found if key or name]
        return [key for key, _ in named], [name for _, name in named]

    def _party(self, node: Any, path: str, role: str) -> tuple[str | None, str | None]:
        if node is not None and not isinstance(node, dict):
            self.lose(path)
        key, name = organisation(node)
        if key or name:
            _, roles = self.embedded.setdefault(key or name or "", (node, []))
            if role not in roles:
                roles.append(role)
        return key, name
