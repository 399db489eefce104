# SPDX-License-Identifier: EUPL-1.2
"""The officer's desk: drafts, what waits for approval, what ends soon; and one draft as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from tarazy.core.access import POLICY, Actor, Role
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.basis import people_under_order
from tarazy.supervision.looks.board import URGENCY, AlertLine, lines_of
from tarazy.supervision.looks.words import timetable_words
from tarazy.supervision.models import (
    Alert,
    AlertState,
    CheckInPlan,
    DraftCondition,
    DraftState,
    Fitting,
    Order,
    OrderDraft,
    Person,
    VersionKind,
)
from tarazy.supervision.naming import fold
from tarazy.supervision.reach import within

ENDS_SOON = timedelta(days=14)
ROWS_MAX = 100
DECIDED_MAX = 10
COURT_DOCUMENTS = "court_documents"
OPEN_STATES = (DraftState.DRAFT, DraftState.SUBMITTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an officer or an approver has to do about orders."""

    waiting: Sequence[OrderDraft]
    open: Sequence[OrderDraft]
    decided: Sequence[OrderDraft]
    ending: Sequence[Order]
    undrawn: Sequence[DraftCondition]
    """Demands of orders in force whose zone nobody has drawn: nothing judges them."""
    unheard: Sequence[Order]
    """In force, with no device on the person and no check-ins planned: nothing can be heard."""
    left: Sequence[AlertLine]
    """Open alerts of people whose order is over: no board shows them any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """What the author and the approver see."""

    draft: OrderDraft
    demands: Sequence[tuple[DraftCondition, Sequence[str]]]
    own: bool
    known: Person | None
    """Who is in the register with this IIN: the order will be theirs."""

    @property
    def open(self) -> bool:
        """Whether nobody has decided about it."""
        return self.draft.state in OPEN_STATES

    @property
    def running(self) -> Order | None:
        """The order that is changed, as it stands; none where a new one begins."""
        return self.draft.order if self.draft.kind != VersionKind.ORIGINAL else None


class NewOrder(NamedTuple):
    """What an order of a table is known by."""

    court: str
    number: str
    iin_digest: bytes | None
    full_name: str


@look("supervision.drafts.view")
def desk(door: Door, now: datetime) -> Desk:
    """See the drafts and what is due about orders: the own ones, or everybody's."""
    door.subject, door.basis = "drafts", COURT_DOCUMENTS
    own = Role.SUPERVISOR not in door.actor.roles
    me = door.actor.user_pk or -1
    whose = Q(author_id=me) if own else Q()
    drafts = OrderDraft.objects.filter(whose).select_related("author", "decided_by")
    reached = within(door.actor, door.reaches)
    orders = Order.objects.filter(_people(reached)).select_related("person", "officer")
    running = orders.filter(in_force__contains=now)
    ending = running.filter(in_force__endswith__lte=now + ENDS_SOON)
    undrawn = DraftCondition.objects.filter(
        condition=None, draft__state=DraftState.APPROVED, draft__order__in=running
    )
    return Desk(
        waiting=list(drafts.filter(state=DraftState.SUBMITTED)[:ROWS_MAX]),
        open=list(drafts.filter(state=DraftState.DRAFT, author_id=me)[:ROWS_MAX]),
        decided=list(drafts.exclude(state__in=OPEN_STATES).order_by("-decided_at")[:DECIDED_MAX]),
        ending=list(ending.order_by("in_force__endswith")[:ROWS_MAX]),
        unheard=list(unheard(running, now).order_by("in_force__startswith")[:ROWS_MAX]),
        undrawn=list(undrawn.select_related("draft__order__person")[:ROWS_MAX]),
        left=_left(door.actor, now),
    )


@look("supervision.draft.view")
def draft(door: Door, draft_id: str) -> DraftPage:
    """See one draft: what the court's document says, and what it changes."""
    return _page(door, draft_id)


@look("supervision.draft.edit")
def own_draft(door: Door, draft_id: str) -> DraftPage:
    """See an own draft in order to change it."""
    return _page(door, draft_id)


def _page(door: Door, draft_id: str) -> DraftPage:
    found = OrderDraft.objects.select_related(
        "order__person", "order__officer", "person", "scan", "author", "officer", "decided_by"
    )
    one = found.filter(public_id=draft_id).first()
    if one is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    basis = one.order.public_id if one.order else one.public_id
    door.permit(one, one.public_id, basis=basis)
    demands = [(row, timetable_words(row.timetable)) for row in one.conditions.all()]
    own = one.author_id == door.actor.user_pk
    known = None
    if one.order is None and one.iin_digest is not None and not own:
        known = Person.objects.filter(iin_digest=one.iin_digest).first()
    return DraftPage(draft=one, demands=demands, own=own, known=known)


@look("supervision.draft.prepare")
def changed_order(door: Door, order_id: str) -> Order:
    """See an order in order to prepare a change of it."""
    order = Order.objects.select_related("person", "officer").filter(public_id=order_id).first()
    if order is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(order.person, order.public_id, basis=order.public_id)
    return order


def officers() -> list[User]:
    """Who can be named as the supervising officer."""
    found = User.objects.filter(is_active=True, roles__contains=[Role.OFFICER.value])
    return list(found.order_by("last_name", "username"))


def unheard(running: QuerySet[Order], now: datetime) -> QuerySet[Order]:
    """Of orders in force those of whose people nothing can be heard."""
    worn = Fitting.objects.filter(person=OuterRef("person"), period__contains=now)
    planned = CheckInPlan.objects.filter(order=OuterRef("pk")).exclude(windows=[])
    return running.exclude(Exists(worn)).exclude(Exists(planned))


def _left(actor: Actor, now: datetime) -> list[AlertLine]:
    """Of those whom the actor's own alerts are about: after an order's end that is its officer, or
    who stands in for the officer."""
    reached = within(actor, POLICY.reaches(actor, "supervision.alert.view"))
    people = Person.objects.filter(reached, ~people_under_order(now))
    found = Alert.objects.exclude(state=AlertState.RESOLVED).filter(person__in=people)
    return lines_of(list(found.order_by(*URGENCY).select_related("person", "order")[:ROWS_MAX]))


def _people(reached: Q) -> Q:
    return Q(person__in=Person.objects.filter(reached).values("pk")) if reached else Q()


@look("supervision.drafts.compare")
def known(door: Door, asked: Sequence[NewOrder]) -> list[bool]:
    """Of each new order of a table, whether the register or an open draft has it already.

    The same court, number and person: two people may stand in one document.
    """
    door.subject, door.basis = "drafts", COURT_DOCUMENTS
    numbers = {one.number for one in asked}
    person = ("person__iin_digest", "person__full_name")
    orders = Order.objects.filter(document_number__in=numbers)
    drafts = OrderDraft.objects.filter(document_number__in=numbers, state__in=OPEN_STATES)
    rows = [
        *orders.values_list("court", "document_number", *person),
        *drafts.values_list("court", "document_number", "iin_digest", "full_name"),
    ]
    found = {
        (fold(court), number, who)
        for court, number, digest, name in rows
        for who in (bytes(digest) if digest else None, fold(name))
        if who is not None
    }
    return [
        (fold(one.court), one.number, one.iin_digest or fold(one.full_name)) in found
        for one in asked
    ]


@look("supervision.draft.begin", personal=False)
def blank(door: Door) -> None:
    """Open the empty form of a new order."""
    door.subject = "drafts"
