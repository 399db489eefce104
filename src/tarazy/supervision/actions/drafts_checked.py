# SPDX-License-Identifier: EUPL-1.2
"""What a draft must hold before a second person is asked, and again when they approve it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext

from tarazy.core.catalogue import said
from tarazy.core.errors import Refused
from tarazy.supervision.models import ConditionKind, OrderDraft, VersionKind
from tarazy.supervision.naming import is_minor
from tarazy.supervision.presence import timetable as timetables
from tarazy.supervision.refusals import Refusal

NEEDED = {
    "full_name": said("the person's name"),
    "court": said("the court"),
    "document_number": said("the document's number"),
    "judge": said("the judge"),
}


def check_draft(draft: OrderDraft, now: datetime) -> None:
    """Refuse what could not be in force as it stands."""
    if draft.scan is None:
        raise Refused(Refusal.SCAN_MISSING)
    for name, words in NEEDED.items():
        if not getattr(draft, name).strip():
            raise Refused(Refusal.DRAFT_INCOMPLETE, field=gettext(words))
    if draft.order is None:
        _check_new(draft, now)
    else:
        _check_change(draft, now)
    for demand in draft.conditions.all():
        check_hours(ConditionKind(demand.kind), demand.timetable)
        if (demand.since and draft.since and demand.since < draft.since) or (
            demand.until and draft.until and demand.until > draft.until
        ):
            raise Refused(Refusal.CONDITION_OUTSIDE_ORDER)
        if demand.since and demand.until and demand.since >= demand.until:
            raise Refused(Refusal.CONDITION_OUTSIDE_ORDER)


def check_hours(kind: ConditionKind, timetable: Sequence[object]) -> None:
    """Refuse hours that presence could not judge, in its own words."""
    try:
        timetables.parse(list(timetable))
    except ValueError as error:
        raise Refused(Refusal.TIMETABLE_UNREADABLE, reason=str(error)) from error
    if kind is ConditionKind.HOME_CURFEW and not timetable:
        raise Refused(Refusal.TIMETABLE_UNREADABLE, reason="a curfew needs hours")


def _check_new(draft: OrderDraft, now: datetime) -> None:
    kind = settings.TARAZY.measures.get(draft.measure)
    if kind is None or not kind.in_use:
        raise Refused(Refusal.MEASURE_UNKNOWN)
    if draft.since is None or draft.until is None:
        raise Refused(Refusal.ORDER_PERIOD_EMPTY)
    _check_period(draft.since, draft.until, now)
    today = now.astimezone(ZoneInfo(settings.TARAZY.time_zone)).date()
    guarded = draft.guardian_name.strip() and draft.guardian_phone.strip()
    if draft.birth_date and is_minor(draft.birth_date, today) and not guarded:
        raise Refused(Refusal.GUARDIAN_MISSING)


def _check_change(draft: OrderDraft, now: datetime) -> None:
    order = draft.order
    if order is None or draft.until is None:
        raise Refused(Refusal.ORDER_PERIOD_EMPTY)
    if order.revoked_at is not None or order.in_force.upper <= now:
        raise Refused(Refusal.ORDER_ENDED)
    begin, end, until = order.in_force.lower, order.in_force.upper, draft.until
    if draft.kind == VersionKind.EXTENSION and until <= end:
        raise Refused(Refusal.NOT_LONGER)
    if draft.kind == VersionKind.EARLY_END and not now < until < end:
        raise Refused(Refusal.NOT_EARLIER)
    if draft.kind == VersionKind.VARIATION:
        _check_period(draft.since or begin, until, now)


def _check_period(since: datetime, until: datetime, now: datetime) -> None:
    if since >= until:
        raise Refused(Refusal.ORDER_PERIOD_EMPTY)
    if until <= now:
        raise Refused(Refusal.ORDER_IN_THE_PAST)
