# SPDX-License-Identifier: EUPL-1.2
"""One file: a scan, a photo, a signature. Nothing of them is served but through this look."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.kept_files import path_of
from tarazy.supervision.models import (
    FittingProtocol,
    OrderDraft,
    OrderVersion,
    Paper,
    PermittedAbsence,
    Person,
)
from tarazy.supervision.refusals import Refusal


@dataclass(frozen=True, slots=True)
class OpenedPaper:
    """A file and its bytes, which are those that were taken in."""

    paper: Paper
    content: bytes


@look("supervision.paper.view")
def paper(door: Door, paper_id: str) -> OpenedPaper:
    """Open a scan, photo or signature; its bytes are held against their digest first."""
    found = Paper.objects.filter(public_id=paper_id).first()
    if found is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.subject = found.public_id
    _permit(door, found)
    if found.forgotten_at is not None:
        raise Refused(Refusal.FILE_FORGOTTEN)
    try:
        content = path_of(found.sha256).read_bytes()
    except OSError as error:
        raise Refused(Refusal.FILE_LOST) from error
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise Refused(Refusal.FILE_LOST)
    return OpenedPaper(found, content)


def _permit(door: Door, found: Paper) -> None:
    """By the first record that it belongs to and that the actor reaches, or to who took it in."""
    belonging = list(_belonging(found))
    for record, basis in belonging:
        if any(reach.covers(door.actor, record) for reach in door.reaches):
            door.permit(record, found.public_id, basis=basis)
            return
    if belonging or found.recorded_by != door.actor.id:
        raise Refused(CoreRefusal.NOT_PERMITTED)
    door.subject, door.basis = found.public_id, found.public_id


def _belonging(found: Paper) -> Iterator[tuple[Person | OrderDraft, str]]:
    for version in OrderVersion.objects.filter(scan=found).select_related("order__person"):
        yield version.order.person, version.order.public_id
    for draft in OrderDraft.objects.filter(scan=found):
        yield draft, draft.public_id
    for absence in PermittedAbsence.objects.filter(scan=found).select_related("order__person"):
        yield absence.order.person, absence.order.public_id
    protocols = FittingProtocol.objects.filter(photo=found) | FittingProtocol.objects.filter(
        signature=found
    )
    for protocol in protocols.select_related("fitting__person"):
        order = protocol.fitting.person.orders.order_by("-in_force").first()
        if order is not None:
            yield protocol.fitting.person, order.public_id
