# SPDX-License-Identifier: EUPL-1.2
"""Legal holds: what must not be deleted while a case, a complaint or a court wants it."""

from datetime import datetime

from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.models import LegalHold, Person
from tarazy.supervision.refusals import Refusal

REASON_LENGTH_MAX = 500


@action("supervision.hold.place")
def place_hold(door: Door, person_id: str, reason: str, *, now: datetime) -> LegalHold:
    """Keep everything of a person from deletion, until somebody lifts it."""
    # Locked, so that a deletion under way sees the hold or is over.
    person = Person.objects.select_for_update().filter(public_id=person_id).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(person, person.public_id)
    if not reason.strip():
        raise Refused(Refusal.NOTE_MISSING)
    if len(reason) > REASON_LENGTH_MAX:
        raise Refused(Refusal.NOTE_TOO_LONG, length_max=REASON_LENGTH_MAX)
    held = person.holds.filter(lifted_at=None)
    if same := held.filter(reason=reason.strip(), placed_by=door.actor.id).first():
        return same  # a form that was sent twice
    hold = LegalHold.objects.create(
        person=person, reason=reason.strip(), placed_by=door.actor.id, placed_at=now
    )
    door.keep(hold=hold.public_id, reason=hold.reason)
    return hold


@action("supervision.hold.lift")
def lift_hold(door: Door, hold_id: str, *, now: datetime) -> LegalHold:
    """Let retention take its course again."""
    held = LegalHold.objects.select_for_update(of=("self",)).select_related("person")
    hold = held.filter(public_id=hold_id).first()
    if hold is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(hold.person, hold.person.public_id)
    if hold.lifted_at is not None:
        raise Refused(Refusal.HOLD_LIFTED)
    hold.lifted_by, hold.lifted_at = door.actor.id, now
    hold.save(update_fields=["lifted_by", "lifted_at"])
    door.keep(hold=hold.public_id)
    return hold
