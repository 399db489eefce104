# SPDX-License-Identifier: EUPL-1.2
"""Reads of the audit log: check all of it, and prove one entry to somebody outside."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from tarazy.core.access import PURPOSE_TITLES, ROLE_TITLES, Purpose, Role
from tarazy.core.audit import log, verification
from tarazy.core.audit.actions import signer
from tarazy.core.audit.checkpoint import Checkpoint
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a stranger needs to check one entry; `tools/verify_proof.py` reads it as JSON."""

    leaf: str
    seq: int
    size: int
    hashes: list[str]
    checkpoint: str
    verifier: str


@look("core.audit.verify", personal=False)
def verify(
    door: Door, against: Checkpoint | None = None, progress: verification.Progress | None = None
) -> verification.Verdict:
    """Check every entry of the log against its tree and against the heads that were signed."""
    verdict = verification.verify(against, progress)
    door.permit(verdict, "log")
    door.keep(verdict=verdict.bad.fault if verdict.bad else "sound")
    return verdict


@look("core.audit.prove", personal=False)
def prove(door: Door, seq: int) -> Proof:
    """Prove to a stranger that one entry stands in the log, under a head signed now.

    Raises Refused where there is no such entry.
    """
    door.permit(seq, f"entry/{seq}")
    return proof_of(seq)


def proof_of(seq: int) -> Proof:
    """The proof of an entry; for looks of the rooms that may prove what they did themselves.

    Raises Refused where there is no such entry.
    """
    try:
        entry = log.entry(seq)
    except LookupError as error:
        raise Refused(Refusal.NOT_FOUND) from error
    head, key = log.head(), signer()
    return Proof(
        leaf=entry.leaf.decode(),
        seq=seq,
        size=head.size,
        hashes=[base64.b64encode(one).decode() for one in log.inclusion(seq, head.size)],
        checkpoint=key.sign(Checkpoint(key.name, head.size, head.root).text()),
        verifier=key.verifier().line(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One entry as the page shows it: what its leaf says, nothing from the erasable side table."""

    seq: int
    at: datetime
    actor: str
    roles: tuple[str, ...]
    verb: str
    subject: str
    purpose: str
    basis: str | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some entries, newest first; `older` is where the next page begins."""

    size: int
    entries: list[Shown]
    older: int | None


@look("core.audit.view", personal=False)
def view(door: Door, before: int | None, limit: int) -> Page:
    """Read the audit log, newest first."""
    door.permit(None, "log")
    size = log.size()
    return _page(log.newest(_end(size, before), limit), size)


@look("core.audit.about", personal=False)
def about(door: Door, ids: Sequence[str], before: int | None, limit: int) -> Page:
    """Read what the audit log has about one person, record or user, newest first.

    The first of the ids is the one that was asked about, and so the subject of this look; the
    others are of what belongs to it, as a person's orders.
    """
    door.permit(None, ids[0])
    size = log.size()
    return _page(log.naming(ids, _end(size, before), limit), size)


def _end(size: int, before: int | None) -> int:
    return min(size, before if before is not None else size)


def _page(found: Sequence[log.Entry], size: int) -> Page:
    entries = [_shown(entry) for entry in found]
    older = entries[-1].seq if entries and entries[-1].seq > 0 else None
    return Page(size=size, entries=entries, older=older)


def _shown(entry: log.Entry) -> Shown:
    """What the leaf says; one that somebody tampered with is shown as such, not hidden."""
    try:
        leaf = json.loads(entry.leaf)
        roles = tuple(leaf["roles"])
    except (ValueError, KeyError, TypeError):
        leaf, roles = {"outcome": "unreadable"}, ()
    return Shown(
        seq=entry.seq,
        at=entry.at,
        actor=leaf.get("actor", ""),
        roles=tuple(_title(ROLE_TITLES, Role, role) for role in roles),
        verb=leaf.get("verb", ""),
        subject=leaf.get("subject", ""),
        purpose=_title(PURPOSE_TITLES, Purpose, leaf.get("purpose") or ""),
        basis=leaf.get("basis"),
        outcome=leaf["outcome"],
    )


Name = TypeVar("Name", bound=StrEnum)


def _title(titles: Mapping[Name, str], names: type[Name], written: str) -> str:
    """The title of a role or purpose; what a tampered leaf says is shown as it stands."""
    return titles[names(written)] if written in set(names) else written
