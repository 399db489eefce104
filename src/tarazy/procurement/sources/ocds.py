# SPDX-License-Identifier: EUPL-1.2
"""OCDS 1.0 and 1.1: releases, records and packages of them, into rows.

What 1.0 does otherwise: organisations stand inside buyer, tenderers and suppliers, known by their
identifier alone; there are no `parties`; there is one `amendment` instead of `amendments`.

Releases are taken as they are, not merged: where a record holds a compiled release that one is
read; else each release stands for its process, and the newest wins when it is imported.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from itertools import chain
from typing import Any

import msgspec
from msgspec.structs import replace

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import columnar, tables
from tarazy.procurement.sources.framing import MARK
from tarazy.procurement.sources.interface import Account, Batch, Document
from tarazy.procurement.sources.release import Lose, Organisation, Release, amendment_in, fit
from tarazy.procurement.sources.repeats import once
from tarazy.procurement.sources.sealing import sealed
from tarazy.procurement.sources.values import text

SCHEMAS = {name: shape.schema for name, shape in tables.SHAPES.items()}
STAGED = {name: shape.staged for name, shape in tables.SHAPES.items()}
OCID_LENGTH_MAX = 255
OBJECTS_MAX = 2_000_000  # of a document: empty ones take three bytes there, and hundreds in memory
SECTIONS = ("tender", "awards", "contracts", "planning", "parties", "buyer")
# Fractions stay text: no binary fraction is ever made.
_RELEASE = msgspec.json.Decoder(Release, float_hook=str)
_ANYTHING = msgspec.json.Decoder(float_hook=str)
_SPELT = msgspec.json.Encoder()
_BROKEN = (msgspec.DecodeError, RecursionError)

Found = tuple[int, Release]


def read(documents: Iterable[Document], source_id: str, salt: bytes = b"") -> Batch:
    """Rows of every release found in the documents; never raises on bad input.

    `salt` is that of the folder, for what is kept as hashes only.
    """
    account = Account()
    reading = columnar.Reading(source_id, account)
    spelt = bytearray()
    for document in documents:
        for position, release in releases(document, account):
            _SPELT.encode_into(release, spelt)
            # The same where nothing that we read has changed, however it was spelt.
            fingerprint = blake2b(spelt, digest_size=16).hexdigest()
            if _has_single_amendment(release):
                release = _with_lists(release, partial(account.lose, position=position))
            if not release.parties:
                release = replace(release, parties=_embedded(release))
            reading.take(release, position, fingerprint, len(spelt))
    account.read = len(reading)
    return Batch(sealed(reading.tables(), salt), account)


def releases(document: Document, account: Account) -> Iterator[Found]:
    if document.refusal:
        account.refuse(document.refusal, document.position)
        return
    if len(document.data) > OBJECTS_MAX and document.data.count(b"{") > OBJECTS_MAX:
        account.refuse(Refusal.TOO_MANY_OBJECTS, document.position)
        return
    try:
        release = _RELEASE.decode(document.data)
    except (msgspec.ValidationError, UnicodeDecodeError, *_BROKEN):
        yield from _slowly(document, account)
        return
    if release.is_alone() and _acceptable_ocid(release.ocid) and _version_read(release.version):
        yield document.position, once(release, account, document.position)
    else:
        yield from _slowly(document, account)


def _slowly(document: Document, account: Account) -> Iterator[Found]:
    try:
        top = _ANYTHING.decode(document.data.removeprefix(MARK))
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
            fitting = fit(found, partial(account.lose, position=position))
            yield position, once(fitting, account, position)


def _unpacked(top: Any) -> Iterator[dict[str, Any] | Refusal]:
    if not isinstance(top, dict):
        yield Refusal.NOT_OCDS
        return
    if not _version_read(top.get("version")):
        yield Refusal.UNSUPPORTED_VERSION
        return
    records = top.get("records")
    if not isinstance(records, list) or (not records and top.get("releases")):
        records = [top]
    if not records:
        yield Refusal.NO_RELEASE
    for record in records:
        found = _of_record(record) if isinstance(record, dict) else [record]
        for release in found:
            yield _acceptable(release)


def _of_record(record: dict[str, Any]) -> Iterator[Any]:
    compiled, releases = record.get("compiledRelease"), record.get("releases")
    if isinstance(compiled, dict):
        yield compiled
    elif not isinstance(releases, list):
        yield record
    elif not releases:
        yield Refusal.NO_RELEASE
    elif all(isinstance(one, dict) and "url" in one for one in releases):
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
    if isinstance(ocid, str) and len(ocid.strip()) > OCID_LENGTH_MAX:
        return Refusal.LONG_OCID
    known = "ocid" in release or any(section in release for section in SECTIONS)
    return Refusal.NO_OCID if known else Refusal.NOT_OCDS


def _acceptable_ocid(ocid: str) -> bool:
    return 0 < len(ocid.strip()) <= OCID_LENGTH_MAX


def _has_single_amendment(release: Release) -> bool:
    parts: Sequence[Any] = (release.tender, *release.awards, *release.contracts)
    return any(one.amendment for one in parts)


def _with_lists(release: Release, lose: Lose) -> Release:
    """With lists of amendments, where 1.0 has one."""
    return replace(
        release,
        tender=_with_list(release.tender, "tender", lose),
        awards=tuple(_with_list(one, "awards", lose) for one in release.awards),
        contracts=tuple(_with_list(one, "contracts", lose) for one in release.contracts),
    )


def _with_list(part: Any, path: str, lose: Lose) -> Any:
    if part.amendments or not part.amendment:
        return part
    amendment = amendment_in(part.amendment, f"{path}.amendment", lose)
    return part if amendment is None else replace(part, amendments=(amendment,))


def organisation(party: Organisation) -> tuple[str | None, str | None]:
    """(id, name) of a buyer, tenderer or supplier; 1.0 names only the identifier."""
    own, name = text(party.id), text(party.name)
    scheme, number = text(party.identifier.scheme), text(party.identifier.id)
    in_scheme = f"{scheme}-{number}" if scheme and number else number
    return own or in_scheme or None, name or text(party.identifier.legal_name) or None


def _embedded(release: Release) -> tuple[Organisation, ...]:
    """The parties of a release without a list of them: they stand inside other objects."""
    found: dict[str, tuple[Organisation, list[str]]] = {}
    tender = release.tender
    for role, parties in (
        ("buyer", [release.buyer]),
        ("procuringEntity", [tender.procuring_entity]),
        ("tenderer", tender.tenderers),
        ("tenderer", chain.from_iterable(bid.tenderers for bid in release.bids.details)),
        ("supplier", chain.from_iterable(award.suppliers for award in release.awards)),
    ):
        for party in parties:
            key, name = organisation(party)
            if key or name:
                _, roles = found.setdefault(key or name or "", (party, []))
                if role not in roles:
                    roles.append(role)
    return tuple(_party(party, roles) for party, roles in found.values())


def _party(embedded: Organisation, roles: list[str]) -> Organisation:
    key, name = organisation(embedded)
    return replace(
        embedded, id=key, name=name, roles=tuple(roles), beneficial_owners=(), shareholders=()
    )
