# SPDX-License-Identifier: EUPL-1.2
"""Take in a file: a scan of the court's document, a photo, a signature."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision.files import (
    FILE_BYTES_MAX,
    JPEG,
    PDF,
    PNG,
    check_for_malware,
    content_type_of,
)
from tarazy.supervision.kept_files import path_of
from tarazy.supervision.models import Paper, PaperKind
from tarazy.supervision.refusals import Refusal

NAME_LENGTH_MAX = 120
PAPERS_LOCK = 7245003
ACCEPTED = {
    PaperKind.SCAN: {PDF},
    PaperKind.PHOTO: {JPEG, PNG},
    PaperKind.SIGNATURE: {PNG},
    PaperKind.EVIDENCE: {PDF, JPEG, PNG},
}
WORDS = {PDF: "PDF", JPEG: "JPEG", PNG: "PNG"}


@action("supervision.paper.store")
def store_paper(door: Door, kind: PaperKind, content: bytes, name: str) -> Paper:
    """Keep a scan, photo or signature; its type is told from its bytes."""
    if not content:
        raise Refused(Refusal.FILE_EMPTY)
    if len(content) > FILE_BYTES_MAX:
        raise Refused(Refusal.FILE_TOO_LARGE, megabytes=FILE_BYTES_MAX // 1024**2)
    found = content_type_of(content)
    if found not in ACCEPTED[kind]:
        wanted = " / ".join(sorted(WORDS[one] for one in ACCEPTED[kind]))
        raise Refused(Refusal.FILE_TYPE, wanted=wanted)
    digest = hashlib.sha256(content).hexdigest()
    alone_with(digest)
    paper = Paper(
        kind=kind,
        content_type=found,
        name=_name(name, found),
        size_bytes=len(content),
        sha256=digest,
        scanned=_keep(content, digest),
        recorded_at=clock.now(),
        recorded_by=door.actor.id,
    )
    paper.save(force_insert=True)
    door.permit(paper, paper.public_id)
    door.keep(sha256=digest)
    return paper


def alone_with(digest: str) -> None:
    """Until the end of the transaction nobody else takes in these bytes, or sweeps them away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)",
            [PAPERS_LOCK, int.from_bytes(bytes.fromhex(digest[:8]), signed=True)],
        )


def _keep(content: bytes, digest: str) -> bool:
    """Write the bytes once a scanner passed them, whole or not at all; whether one looked."""
    path = path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scanned = check_for_malware(settings.TARAZY.malware_scan, fresh)
        fresh.chmod(0o400)
        fresh.replace(path)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()
    return scanned


def _name(told: str, content_type: str) -> str:
    """The file's own name without folders and signs that a header cannot hold."""
    last = told.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '"<>|:*?')
    stem = kept.rpartition(".")[0] or kept or "file"
    return f"{stem[: NAME_LENGTH_MAX - 5]}.{WORDS[content_type].lower()}"
