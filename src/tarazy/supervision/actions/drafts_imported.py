# SPDX-License-Identifier: EUPL-1.2
"""Orders out of a spreadsheet: many drafts at once, each of which still needs scan and approval."""

import hashlib
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from tarazy.core import clock
from tarazy.core.access import Role
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision.actions.drafts import DraftFacts, condition_of
from tarazy.supervision.models import DraftCondition, OrderDraft, VersionKind
from tarazy.supervision.refusals import Refusal

KEPT_S = 3600
BATCH = 500


@action("supervision.drafts.check")
def keep_table(door: Door, content: bytes) -> str:
    """Hold a table back until its preview is confirmed; no record is written."""
    door.subject = "drafts"
    digest = hashlib.sha256(content).hexdigest()
    path = _path(door.actor.id, digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in path.parent.iterdir():
        if time.time() - old.stat().st_mtime > KEPT_S:
            old.unlink(missing_ok=True)
    path.write_bytes(content)
    door.keep(sha256=digest)
    return digest


def kept_table(actor_id: str, digest: str) -> bytes:
    """The bytes of a table that this actor has seen the preview of. Raises Refused."""
    try:
        content = _path(actor_id, digest).read_bytes()
    except OSError as error:
        raise Refused(Refusal.TABLE_GONE) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refused(Refusal.TABLE_GONE)
    return content


@action("supervision.drafts.import")
def import_drafts(door: Door, facts: Sequence[DraftFacts], digest: str) -> int:
    """Write a draft for each row of a table whose preview was confirmed."""
    door.subject = "drafts"
    now = clock.now()
    officer = door.actor.user_pk if Role.OFFICER in door.actor.roles else None
    drafts = [
        OrderDraft(
            kind=VersionKind.ORIGINAL,
            author_id=door.actor.user_pk or -1,
            officer_id=officer,
            created_at=now,
            full_name=one.person.full_name,
            iin_digest=one.person.iin_digest,
            iin_end=one.person.iin_end,
            birth_date=one.person.birth_date,
            phone=one.person.phone,
            guardian_name=one.person.guardian_name,
            guardian_phone=one.person.guardian_phone,
            route=one.person.route,
            measure=one.measure,
            court=one.document.court,
            document_number=one.document.number,
            judge=one.document.judge,
            decided_on=one.document.decided_on,
            since=one.since,
            until=one.until,
            trace_storage=one.trace_storage,
        )
        for one in facts
    ]
    OrderDraft.objects.bulk_create(drafts, batch_size=BATCH)
    DraftCondition.objects.bulk_create(
        [
            condition_of(draft, asked)
            for draft, one in zip(drafts, facts, strict=True)
            for asked in one.demands
        ],
        batch_size=BATCH,
    )
    door.keep(sha256=digest, rows=str(len(drafts)))
    with suppress(OSError):
        _path(door.actor.id, digest).unlink()
    return len(drafts)


def _path(actor_id: str, digest: str) -> Path:
    folder: Path = settings.TARAZY.folder / "imports"
    name = hashlib.sha256(f"{actor_id} {digest}".encode("utf-8", "surrogatepass")).hexdigest()
    return folder / name
