# SPDX-License-Identifier: EUPL-1.2
"""Hand a caseload over for a leave. It comes back by itself."""

from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.core import clock
from tarazy.core.access import Role
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.models import Cover
from tarazy.supervision.refusals import Refusal

LEAVE_MAX = timedelta(days=120)


@action("supervision.caseload.cover")
def cover_caseload(
    door: Door, officer_id: str, substitute_id: str, since: datetime, until: datetime
) -> Cover:
    """Let another officer reach an officer's people from one time until another."""
    officer, substitute = _officer(officer_id), _officer(substitute_id)
    door.permit(officer, officer.public_id)
    # One leave of an officer at a time: a form that was sent twice is one leave.
    User.objects.select_for_update().only("pk").get(pk=officer.pk)
    if officer == substitute:
        raise Refused(Refusal.OFFICER_UNKNOWN)
    if until <= since or until <= clock.now() or until - since > LEAVE_MAX:
        raise Refused(Refusal.LEAVE_PERIOD, days=LEAVE_MAX.days)
    period = DateTimeTZRange(since, until)
    # The leave's end takes back one cover: of two, the other would go on giving the people away.
    if Cover.objects.filter(
        officer=officer, substitute=substitute, period__overlap=period
    ).exists():
        raise Refused(Refusal.COVER_OVERLAPS)
    cover = Cover.objects.create(
        officer=officer,
        substitute=substitute,
        period=period,
        recorded_by=door.actor.id,
    )
    door.keep(substitute=substitute.public_id)
    door.announce(rights=substitute.public_id)
    return cover


@action("supervision.caseload.return")
def return_caseload(door: Door, cover_id: str) -> Cover:
    """End a cover now: the officer is back, and the substitute reaches the people no more."""
    found = Cover.objects.select_for_update(of=("self",)).select_related("officer", "substitute")
    cover = found.filter(public_id=cover_id).first()
    if cover is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(cover.officer, cover.public_id)
    period, now = cover.period, clock.now()
    if period.isempty or period.upper <= now:
        raise Refused(Refusal.COVER_ENDED)
    cover.period = DateTimeTZRange(period.lower, max(now, period.lower))
    cover.save(update_fields=["period"])
    door.announce(rights=cover.substitute.public_id)
    return cover


def _officer(public_id: str) -> User:
    found = User.objects.filter(
        public_id=public_id, is_active=True, roles__contains=[Role.OFFICER.value]
    ).first()
    if found is None:
        raise Refused(Refusal.OFFICER_UNKNOWN)
    return found
