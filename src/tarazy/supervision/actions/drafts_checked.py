# SPDX-License-Identifier: EUPL-1.2
"""What a draft must hold before a second person is asked, and again when they approve it."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext

from tarazy.core.catalogue import said
from tarazy.core.errors import Refused
from tarazy.supervision.models import ConditionKind, OrderDraft, VersionKind
from tarazy.supervision.naming import is_minor
from tarazy.supervision.presence import timetable as timetables
from tarazy.supervision.refusals import Refusal

Period = tuple[datetime | None, datetime | None]
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
        check_inside((demand.since, demand.until), (draft.since, draft.until))


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
    check_period(draft.since, draft.until, now)
    check_guardian(draft.birth_date, draft.guardian_name, draft.guardian_phone, now)


def _check_change(draft: OrderDraft, now: datetime) -> None:
    order, until = draft.order, draft.until
    if order is None or until is None:
        raise Refused(Refusal.ORDER_PERIOD_EMPTY)
    if order.in_force.isempty or order.in_force.upper <= now:
        raise Refused(Refusal.ORDER_ENDED)
    if draft.kind == VersionKind.REVOCATION:
        if until > order.in_force.upper:
            raise Refused(Refusal.REVOCATION_LATE)
    elif order.revoked_at is not None:
        raise Refused(Refusal.ORDER_ENDED)
    else:
        _check_dates(draft, (order.in_force.lower, order.in_force.upper), until, now)


def _check_dates(
    draft: OrderDraft, before: tuple[datetime, datetime], until: datetime, now: datetime
) -> None:
    begin, end = before
    if draft.since and begin <= now < draft.since:
        raise Refused(Refusal.BEGINNING_AHEAD)
    if draft.kind == VersionKind.EXTENSION and until <= end:
        raise Refused(Refusal.NOT_LONGER)
    if draft.kind == VersionKind.EARLY_END and not now < until < end:
        raise Refused(Refusal.NOT_EARLIER)
    if draft.kind == VersionKind.VARIATION:
        check_period(draft.since or begin, until, now)


def check_inside(part: Period, whole: Period) -> None:
    """Refuse a demand's own period that ends before it begins, or leaves the order's."""
    (since, until), (begin, end) = part, whole
    if (
        (since and begin and since < begin)
        or (until and end and until > end)
        or (since and until and since >= until)
    ):
        raise Refused(Refusal.CONDITION_OUTSIDE_ORDER)


def check_guardian(birth_date: date | None, name: str, phone: str, now: datetime) -> None:
    """Refuse a minor without a guardian who can be called."""
    today = now.astimezone(ZoneInfo(settings.TARAZY.time_zone)).date()
    if birth_date and is_minor(birth_date, today) and not (name.strip() and phone.strip()):
        raise Refused(Refusal.GUARDIAN_MISSING)


def check_period(since: datetime, until: datetime, now: datetime) -> None:
    """Refuse an order without a moment of its own, and one that is over."""
    if since >= until:
        raise Refused(Refusal.ORDER_PERIOD_EMPTY)
    if until <= now:
        raise Refused(Refusal.ORDER_IN_THE_PAST)
