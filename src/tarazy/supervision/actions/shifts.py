# SPDX-License-Identifier: EUPL-1.2
"""Who is on duty: begin a shift, end it with what the next one must know."""

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.models import Alert, AlertState, Shift
from tarazy.supervision.refusals import Refusal

NOTE_LENGTH_MAX = 4000


@action("supervision.shift.begin")
def begin_shift(door: Door) -> Shift:
    """Come on duty: others see that one can hand over to you."""
    if door.actor.user_pk is None:
        raise Refused(CoreRefusal.NOT_PERMITTED)
    # A button that was pressed twice is one shift.
    User.objects.select_for_update().only("pk").get(pk=door.actor.user_pk)
    running = Shift.objects.filter(user_id=door.actor.user_pk, ended_at=None).first()
    if running is not None:
        return running
    made = Shift.objects.create(user_id=door.actor.user_pk, began_at=clock.now())
    door.permit(made, made.public_id)
    return made


@action("supervision.shift.end")
def end_shift(door: Door, note: str) -> Shift:
    """Go off duty; refused while you still have alerts in hand."""
    me = door.actor.user_pk or -1
    shift = Shift.objects.select_for_update().filter(user_id=me, ended_at=None).first()
    if shift is None:
        raise Refused(Refusal.SHIFT_NONE)
    door.permit(shift, shift.public_id)
    if len(note) > NOTE_LENGTH_MAX:
        raise Refused(Refusal.NOTE_TOO_LONG, length_max=NOTE_LENGTH_MAX)
    held = Alert.objects.filter(holder_id=me).exclude(state=AlertState.RESOLVED)
    if count := held.count():
        raise Refused(Refusal.SHIFT_HOLDS, number=count)
    shift.ended_at, shift.note = clock.now(), note.strip()
    shift.save(update_fields=["ended_at", "note"])
    door.keep(note=shift.note)
    return shift
