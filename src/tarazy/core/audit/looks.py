# SPDX-License-Identifier: EUPL-1.2
"""Reads of the audit log: check all of it, and prove one entry to somebody outside."""

import base64
from dataclasses import dataclass

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
