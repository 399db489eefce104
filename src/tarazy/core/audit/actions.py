# SPDX-License-Identifier: EUPL-1.2
"""The verbs of the audit log itself: sign its head, and forget the details of an entry."""

from django.conf import settings

from tarazy.core import clock
from tarazy.core.audit import log
from tarazy.core.audit.checkpoint import Checkpoint, Signer
from tarazy.core.door import Door, action
from tarazy.core.errors import Misconfigured


def signer() -> Signer:
    """The log's key and name, from the settings. Raises Misconfigured."""
    try:
        found = Signer.load(settings.TARAZY.audit_origin, settings.TARAZY.audit_key)
        found.verifier()
    except ValueError as error:
        raise Misconfigured("TARAZY_AUDIT_ORIGIN", str(error)) from error
    return found


@action("core.audit.checkpoint")
def checkpoint(door: Door) -> str:
    """Sign the log's head, keep it, and give it out as a signed note.

    The line of this action itself comes after the head.
    """
    head, key = log.head(), signer()
    note = key.sign(Checkpoint(key.name, head.size, head.root).text())
    door.permit(head, f"checkpoint/{head.size}")
    log.keep_checkpoint(log.StoredCheckpoint(head.size, head.root, note, clock.now()))
    return note


@action("core.audit.erase")
def erase(door: Door, seq: int) -> int:
    """Forget for ever the free text and personal facts of one entry; returns how many they were."""
    door.permit(seq, f"entry/{seq}")
    return log.erase(seq)
