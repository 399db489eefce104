# SPDX-License-Identifier: EUPL-1.2
"""OCDS 1.0 and 1.1: releases, records and packages of them, into rows.

What 1.0 does otherwise: organisations stand inside buyer, tenderers and suppliers, known by their
identifier alone; there are no `parties`; there is one `amendment` instead of `amendments`.

Releases are taken as they are, not merged: where a record holds a compiled release that one is
read; else each release stands for its process, and the newest wins when it is imported.

A line that is a plain release of the right types, as nearly all are, is read with all others like
it, in whole columns (`columnar`). Any other document is read by itself, where each wrong thing in
it is looked at and counted. Both ways give the same rows.
"""

from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from typing import Any

import msgspec
import pyarrow as pa

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import columnar, strict, tables
from tarazy.procurement.sources.columns import Rows
from tarazy.procurement.sources.interface import RELEASE, Account, Batch, Document
from tarazy.procurement.sources.release import (
    Award,
    Contract,
    Lose,
    Organisation,
    Release,
    Tender,
    amendment_in,
    fit,
)
from tarazy.procurement.sources.sealing import sealed
from tarazy.procurement.sources.values import text

SCHEMAS = {name: shape.schema for name, shape in tables.SHAPES.items()}
STAGED = {name: shape.staged for name, shape in tables.SHAPES.items()}
OCID_LENGTH_MAX = 255
SECTIONS = ("tender", "awards", "contracts", "planning", "parties", "buyer")
# Fractions stay text: no binary fraction is ever made.
_RELEASE = msgspec.json.Decoder(Release, float_hook=str)
_ANYTHING = msgspec.json.Decoder(float_hook=str)
_BROKEN = (msgspec.DecodeError, RecursionError)

Found = tuple[int, Release]


def read(documents: list[Document], source_id: str, salt: bytes = b"") -> Batch:
    """Rows of every release found in the documents; never raises on bad input.

    `salt` is that of the folder, for what is kept as hashes only.
    """
    batch = _read(documents, source_id)
    return Batch(sealed(batch.tables, salt), batch.account)


def _read(documents: list[Document], source_id: str) -> Batch:
    plain, singly = _Plain(), _Singly(source_id)
    number = plain.take(documents, singly)
    for thoroughly in (False, True):
        for document, its_number in plain.odd(thoroughly=thoroughly):
            singly.take(document, its_number)
        account = Account()
        try:
            fast = plain.tables(source_id, account)
            break
        except pa.ArrowInvalid:
            continue
    else:
        return _read_singly(documents, source_id)
    plain.embed(singly.rows["party"])
    account.read = number - singly.account.read
    slow = singly.batch()
    account.merge(slow.account)
    return Batch({name: _in_order(fast[name], slow.tables[name]) for name in SCHEMAS}, account)


def _in_order(fast: pa.Table, slow: pa.Table) -> pa.Table:
    """Rows of both ways, those of a release together."""
    if not len(slow):
        return fast
    return pa.concat_tables([fast, slow]).sort_by(RELEASE.name) if len(fast) else slow


def read_singly(documents: list[Document], source_id: str, salt: bytes = b"") -> Batch:
    """The same, one release at a time: what `read` does with all that is not plain."""
    batch = _read_singly(documents, source_id)
    return Batch(sealed(batch.tables, salt), batch.account)


def _read_singly(documents: list[Document], source_id: str) -> Batch:
    singly, number = _Singly(source_id), 0
    for document in documents:
        number = singly.take(document, number)
    return singly.batch()


class _Singly:
    """Releases on their way into rows, each by itself, with all that may be wrong with it."""

    def __init__(self, source_id: str) -> None:
        self.rows = {name: Rows(shape) for name, shape in tables.SHAPES.items()}
        self.account = Account()
        self._source_id = source_id

    def take(self, document: Document, number: int) -> int:
        """Read the releases of a document, numbered from `number`; the number that is next."""
        for position, release in _releases(document, self.account):
            lose = partial(self.account.lose, position=position)
            reading = _Reading(release, (number, release.ocid.strip()), lose, position)
            reading.into(self.rows, self._source_id)
            self.account.read += 1
            number += 1
        return number

    def batch(self) -> Batch:
        return Batch(
            {name: rows.table(self.account) for name, rows in self.rows.items()}, self.account
        )


class _Plain:
    """Releases of the right types on their way into columns, all of them at once."""

    def __init__(self) -> None:
        self._documents: list[Document] = []
        self._lines: list[bytes] = []
        self._numbers: list[int] = []
        self._without_parties: dict[int, Any] = {}

    def take(self, documents: list[Document], others: _Singly) -> int:
        """Keep what is plain, and let the others be read; how many releases there were."""
        number = 0
        for document in documents:
            try:
                release: Any = strict.decode(document.data)
            except (UnicodeDecodeError, *_BROKEN):
                number = others.take(document, number)
                continue
            if not _acceptable_ocid(release.ocid) or not _version_read(release.version):
                number = others.take(document, number)
                continue
            self._documents.append(document)
            self._lines.append(strict.encode(release))
            self._numbers.append(number)
            if not release.parties:
                self._without_parties[number] = release
            number += 1
        return number

    def odd(self, *, thoroughly: bool) -> list[tuple[Document, int]]:
        """Take out those with an amount that `values` must judge: (document, number)."""
        odd = strict.odd_lines(b"\n".join(self._lines), self._lines, thoroughly=thoroughly)
        taken = [(self._documents[row], self._numbers[row]) for row in odd]
        for row in reversed(odd):
            self._without_parties.pop(self._numbers[row], None)
            del self._documents[row], self._numbers[row], self._lines[row]
        return taken

    def tables(self, source_id: str, account: Account) -> dict[str, pa.Table]:
        """The tables. Raises pyarrow.ArrowInvalid where something does not fit after all."""
        if not self._lines:
            return {name: schema.empty_table() for name, schema in STAGED.items()}
        positions = [document.position for document in self._documents]
        fingerprints = [_fingerprint(line) for line in self._lines]
        keys = columnar.Keys(self._numbers, positions, fingerprints)
        return columnar.read(b"\n".join(self._lines), keys, source_id, account)

    def embed(self, parties: Rows) -> None:
        """Parties that stand inside other objects, of releases without `parties`."""
        if self._without_parties:
            for number, document in zip(self._numbers, self._documents, strict=True):
                if release := self._without_parties.get(number):
                    key = (number, release.ocid.strip())
                    _Reading(release, key, _lose_nothing, document.position).embed(parties)


def _lose_nothing(_path: str) -> None:
    """Organisations in a plain release have nothing that cannot be kept."""


def _releases(document: Document, account: Account) -> Iterator[Found]:
    if document.refusal:
        account.refuse(document.refusal, document.position)
        return
    try:
        release = _RELEASE.decode(document.data)
    except (msgspec.ValidationError, UnicodeDecodeError, *_BROKEN):
        yield from _slowly(document, account)
        return
    if release.is_alone() and _acceptable_ocid(release.ocid) and _version_read(release.version):
        yield document.position, release
    else:
        yield from _slowly(document, account)


def _slowly(document: Document, account: Account) -> Iterator[Found]:
    try:
        top = _ANYTHING.decode(document.data)
    except UnicodeDecodeError:
        account.refuse(Refusal.NOT_UTF8, document.position)
        return
    except _BROKEN:
        account.refuse(Refusal.NOT_JSON, document.position)
        return
    for number, found in enumerate(_unpacked(top)):
        position = document.position + number
        if isinstance(found, Refusal):
            account.refuse(found, position)
        else:
            yield position, fit(found, partial(account.lose, position=position))


def _unpacked(top: Any) -> Iterator[dict[str, Any] | Refusal]:
    if not isinstance(top, dict):
        yield Refusal.NOT_OCDS
        return
    if not _version_read(top.get("version")):
        yield Refusal.UNSUPPORTED_VERSION
        return
    records = top.get("records")
    for record in records if isinstance(records, list) else [top]:
        found = _of_record(record) if isinstance(record, dict) else [record]
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
    if isinstance(ocid, str) and _acceptable_ocid(ocid):
        return release
    known = "ocid" in release or any(section in release for section in SECTIONS)
    return Refusal.NO_OCID if known else Refusal.NOT_OCDS


def _acceptable_ocid(ocid: str) -> bool:
    return 0 < len(ocid.strip()) <= OCID_LENGTH_MAX


def organisation(party: Organisation) -> tuple[str | None, str | None]:
    """(id, name) of a buyer, tenderer or supplier; 1.0 names only the identifier."""
    own, name = text(party.id), text(party.name)
    if own and name:
        return own, name
    scheme, number = text(party.identifier.scheme), text(party.identifier.id)
    in_scheme = f"{scheme}-{number}" if scheme and number else number
    return own or in_scheme or None, name or text(party.identifier.legal_name) or None


def _id_of(owner: Any) -> str | None:
    return organisation(owner)[0] if isinstance(owner, Organisation) else text(owner.id)


class _Reading:
    """One release on its way into rows. `key` opens every row: number in the batch, ocid."""

    def __init__(self, release: Release, key: tuple[int, str], lose: Lose, position: int) -> None:
        self.release, self.key, self.lose, self.position = release, key, lose, position
        self.embedded: dict[str, tuple[Organisation, list[str]]] = {}

    def into(self, rows: dict[str, Rows], source_id: str) -> None:
        release, tender = self.release, self.release.tender
        buyer = self._party(release.buyer, "buyer", "buyer")
        entity = self._party(tender.procuring_entity, "tender.procuringEntity", "procuringEntity")
        self._parties_in(tender.tenderers, "tender.tenderers", "tenderer")
        origin = (source_id, self.position, _fingerprint(msgspec.json.encode(release)))
        own = (*self.key, release.tag, *buyer, *entity, *origin)
        rows["contracting_process"].add(release, own, self.position)
        for lot in tender.lots:
            rows["lot"].add(lot, (*self.key, lot.items), self.position, "tender.lots")
        for bid in release.bids.details:
            tenderers = self._parties_in(bid.tenderers, "bids.details.tenderers", "tenderer")
            lots = bid.related_lots or bid.related_lot
            rows["bid"].add(bid, (*self.key, *tenderers, lots), self.position, "bids.details")
        for award in release.awards:
            self._award(rows, award)
        for contract in release.contracts:
            amendments = len(contract.amendments) or int(bool(contract.amendment))
            rows["contract"].add(contract, (*self.key, amendments), self.position, "contracts")
        self._rooted(rows)
        self._parties(rows["party"])

    def embed(self, parties: Rows) -> None:
        """Only the parties that stand inside other objects, in a release without `parties`."""
        release, tender = self.release, self.release.tender
        self._party(release.buyer, "", "buyer")
        self._party(tender.procuring_entity, "", "procuringEntity")
        self._parties_in(tender.tenderers, "", "tenderer")
        for bid in release.bids.details:
            self._parties_in(bid.tenderers, "", "tenderer")
        for award in release.awards:
            self._parties_in(award.suppliers, "", "supplier")
        self._parties(parties)

    def _award(self, rows: dict[str, Rows], award: Award) -> None:
        bids = award.related_bids or award.related_bid
        lots = award.related_lots or award.related_lot
        suppliers = self._parties_in(award.suppliers, "awards.suppliers", "supplier")
        own = (*self.key, *suppliers, bids, lots)
        rows["award"].add(award, own, self.position, "awards")

    def _rooted(self, rows: dict[str, Rows]) -> None:
        """Rows of all lists of a release, or of lists in its lists."""
        for name, roots in tables.ROOTS.items():
            for root in roots:
                for owner, one in root.objects(self.release):
                    own = (*self.key, root.part, None if owner is None else _id_of(owner))
                    rows[name].add(one, own, self.position, root.whole())
        self._single_amendments(rows["amendment"])

    def _single_amendments(self, rows: Rows) -> None:
        """What 1.0 has instead of a list."""
        parts: list[tuple[str, str, Tender | Award | Contract]] = [
            ("tender", "tender", self.release.tender),
            *(("award", "awards", award) for award in self.release.awards),
            *(("contract", "contracts", contract) for contract in self.release.contracts),
        ]
        for part, path, one in parts:
            if not one.amendments and one.amendment:
                part_id = None if part == "tender" else text(one.id)
                amendment = amendment_in(one.amendment, f"{path}.amendment", self.lose)
                if amendment is not None:
                    own = (*self.key, part, part_id)
                    rows.add(amendment, own, self.position, f"{path}.amendments")

    def _parties(self, rows: Rows) -> None:
        for party in self.release.parties:
            own = (*self.key, *self._named(party, "parties"), party.roles)
            rows.add(party, own, self.position, "parties")
        for party, roles in self.embedded.values():
            rows.add(party, (*self.key, *organisation(party), roles), self.position, "parties")

    def _parties_in(
        self, parties: list[Organisation], path: str, role: str
    ) -> tuple[list[str], list[str]]:
        """The ids and names of a list of organisations; without an id, the name serves as one."""
        found = [self._party(party, path, role) for party in parties]
        named = [(key or name or "", name or key or "") for key, name in found if key or name]
        return [key for key, _ in named], [name for _, name in named]

    def _named(self, party: Organisation, path: str) -> tuple[str | None, str | None]:
        key, name = organisation(party)
        if party.id is not None and text(party.id) is None:
            self.lose(f"{path}.id")
        if party.name is not None and text(party.name) is None:
            self.lose(f"{path}.name")
        return key, name

    def _party(self, party: Organisation, path: str, role: str) -> tuple[str | None, str | None]:
        key, name = self._named(party, path)
        if (key or name) and not self.release.parties:
            _, roles = self.embedded.setdefault(key or name or "", (party, []))
            if role not in roles:
                roles.append(role)
        return key, name


def _fingerprint(spelt: bytes) -> str:
    """Of a release encoded by our types: the same where nothing that we read has changed."""
    return blake2b(spelt, digest_size=16).hexdigest()
