# SPDX-License-Identifier: EUPL-1.2
"""Forget papers, messages, receipts, drafts and the like whose period is over, as planned.

What they said goes; that there was one, when, from whom, and a paper's digest stay. The bytes of a
paper lie outside the database, so they go after its commit, in a sweep that also finds what a
killed process left, and files that a refused act had brought.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.supervision.actions.leaving_records import due
from tarazy.supervision.actions.papers import alone_with
from tarazy.supervision.models import (
    Appointment,
    CheckIn,
    Contact,
    Disclosure,
    DraftCondition,
    DraftState,
    LegalHold,
    Order,
    OrderDraft,
    Paper,
    Person,
    WearerMessage,
)

UNAPPROVED = (DraftState.DRAFT, DraftState.SUBMITTED, DraftState.DISCARDED)
SWEPT_AFTER = timedelta(days=1)
"""A file this young may belong to an act that is under way."""


def forget_records(
    actor: Actor, planned: Sequence[tuple[str, str, Sequence[str]]], at: datetime, now: datetime
) -> int:
    """Forget what was planned (order, period, ids) and still is due by the time of the plan."""
    still = {one.record for one in due(at) if not one.held}
    gone = 0
    for order_id, reason, records in planned:
        mine = [record for record in records if record in still]
        if mine:
            gone += _forget(actor, order_id, reason, mine, (at, now))
    return gone


@action("supervision.retention.forget_records")
def _forget(
    door: Door,
    order_id: str,
    reason: str,
    records: Sequence[str],
    times: tuple[datetime, datetime],
) -> int:
    """Delete what papers, messages, receipts, drafts and the like of one order say."""
    at, now = times
    order = Order.objects.filter(public_id=order_id).first()
    door.permit(order, order_id or reason, basis=order_id or None)
    door.keep(reason=reason, records=" ".join(records))
    if order is not None:
        # A hold that is being placed is waited for, as it waits for us.
        Person.objects.select_for_update().get(pk=order.person_id)
        if LegalHold.objects.filter(person_id=order.person_id, lifted_at=None).exists():
            door.keep(held="yes")
            return 0
    facts = {"public_id__in": records, "forgotten_at": None}
    gone = Paper.objects.filter(**facts).update(forgotten_at=now, name="")
    gone += WearerMessage.objects.filter(**facts).update(forgotten_at=now, text="")
    gone += Appointment.objects.filter(**facts).update(forgotten_at=now, place="", note="")
    gone += Disclosure.objects.filter(**facts).update(forgotten_at=now, recipient="")
    gone += _forget_reasons(records)
    gone += CheckIn.objects.filter(public_id__in=records).update(note="")
    gone += Contact.objects.filter(public_id__in=records).update(
        name="", phone="", removed_at=Coalesce("removed_at", Value(now))
    )
    gone += _forget_drafts(records, at, now)
    door.keep(gone=str(gone))
    return gone


def _forget_reasons(records: Sequence[str]) -> int:
    """Of absences: the database alone may, since nobody may write a reason anew (reasons.sql)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT supervision_forget_reasons(%s)", [list(records)])
        (gone,) = cursor.fetchone() or (0,)
    return int(gone)


def _forget_drafts(records: Sequence[str], at: datetime, now: datetime) -> int:
    """Delete whom drafts name, and where; which document it was stays.

    One on which nobody decided is put away with that: nobody may approve what names nobody.
    """
    drafts = list(
        OrderDraft.objects.select_for_update()
        .filter(public_id__in=records, state__in=UNAPPROVED, forgotten_at=None)
        .order_by("pk")
    )
    # Somebody may have written another end into one that waits.
    still = {one.record for one in due(at)} if drafts else set()
    keys = [one.pk for one in drafts if one.public_id in still and not _is_held(one)]
    OrderDraft.objects.filter(pk__in=keys).exclude(state=DraftState.DISCARDED).update(
        state=DraftState.DISCARDED, decided_at=now
    )
    DraftCondition.objects.filter(draft__in=keys).update(place="")
    return OrderDraft.objects.filter(pk__in=keys).update(
        forgotten_at=now,
        full_name="",
        iin_digest=None,
        iin_end="",
        birth_date=None,
        phone="",
        guardian_name="",
        guardian_phone="",
        remark="",
    )


def _is_held(draft: OrderDraft) -> bool:
    """Whether whoever it may be about is under a hold; one that is being placed is awaited."""
    about = Q(pk=draft.person_id)
    if draft.iin_digest is not None:
        about |= Q(iin_digest=draft.iin_digest)
    people = [one.pk for one in Person.objects.select_for_update().filter(about).order_by("pk")]
    return LegalHold.objects.filter(person__in=people, lifted_at=None).exists()


def sweep_papers() -> int:
    """Remove files of which no paper is kept; how many went."""
    folder, gone = settings.TARAZY.papers_folder, 0
    kept = set(Paper.objects.filter(forgotten_at=None).values_list("sha256", flat=True))
    for path in sorted(folder.glob("??/*")):
        digest = path.name
        if digest in kept or not _may_go(digest, path.stat().st_mtime):
            continue
        with transaction.atomic():
            alone_with(digest)  # whoever takes in the same bytes now waits, and writes them anew
            if not Paper.objects.filter(sha256=digest, forgotten_at=None).exists():
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def _may_go(digest: str, written_s: float) -> bool:
    """At once where a paper was forgotten; what nobody knows only when no act can be under way."""
    if Paper.objects.filter(sha256=digest).exists():
        return True
    return time.time() - written_s > SWEPT_AFTER.total_seconds()
