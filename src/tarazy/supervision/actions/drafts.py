# SPDX-License-Identifier: EUPL-1.2
"""Drafts of orders and of their changes: written by one person, approved by another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from tarazy.core import clock
from tarazy.core.access import Role
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.sorting import sort_key
from tarazy.supervision.actions.drafts_checked import check_draft, check_hours
from tarazy.supervision.actions.orders import (
    Approval,
    Change,
    CourtDocument,
    OrderTerms,
    PersonFacts,
    begin_order,
    change_period,
    end_order,
    enter_person,
    locked_order,
    still_running,
)
from tarazy.supervision.models import (
    ConditionKind,
    DraftCondition,
    DraftState,
    Order,
    OrderDraft,
    Paper,
    PaperKind,
    Person,
    Route,
    TraceStorage,
    VersionKind,
)
from tarazy.supervision.naming import fold
from tarazy.supervision.refusals import Refusal

CONDITIONS_MAX = 30
REMARK_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDemand:
    """One demand of the document: what, where in its words, from when until when, which hours."""

    kind: ConditionKind
    place: str
    since: datetime | None = None
    until: datetime | None = None
    timetable: Sequence[dict[str, object]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What the form says; `order_id` for a change, nothing for a new order."""

    kind: VersionKind
    order_id: str = ""
    person: PersonFacts
    scan_id: str = ""
    measure: str = ""
    document: CourtDocument
    since: datetime | None = None
    until: datetime | None = None
    trace_storage: TraceStorage = TraceStorage.ALL
    officer_id: str = ""
    demands: Sequence[DraftDemand] = ()


@action("supervision.draft.save")
def save_draft(door: Door, facts: DraftFacts, draft_id: str = "") -> OrderDraft:
    """Write down what the court's document says, or change what was written."""
    if draft_id:
        draft = _open_draft(door, draft_id)
        draft.version += 1
        draft.state = DraftState.DRAFT
        if draft.order is not None and facts.kind is not VersionKind.ORIGINAL:
            draft.kind = facts.kind
    else:
        draft = OrderDraft(
            kind=facts.kind, author_id=door.actor.user_pk or -1, created_at=clock.now()
        )
        _about(door, draft, facts)
    _take_in(door, draft, facts)
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        raise Refused(Refusal.DRAFT_WAITS) from error
    _write_conditions(draft, facts.demands)
    door.permit(draft, draft.public_id, basis=draft.public_id)
    door.keep(full_name=draft.full_name, document=draft.document_number)
    return draft


@action("supervision.draft.submit")
def submit_draft(door: Door, draft_id: str) -> OrderDraft:
    """Ask a second person to approve the draft; it is checked as a whole first."""
    draft = _open_draft(door, draft_id)
    check_draft(draft, clock.now())
    draft.state = DraftState.SUBMITTED
    draft.submitted_at = clock.now()
    draft.remark = ""
    draft.save(update_fields=["state", "submitted_at", "remark"])
    door.emit("supervision.draft.submitted", draft=draft.public_id)
    return draft


@action("supervision.draft.discard")
def discard_draft(door: Door, draft_id: str) -> OrderDraft:
    """Put a draft away; it stays on record."""
    draft = _open_draft(door, draft_id)
    return _decided(door, draft, DraftState.DISCARDED)


@action("supervision.draft.give_back")
def give_back_draft(door: Door, draft_id: str, version: int, remark: str) -> OrderDraft:
    """Give a draft back to its author, with what must be changed."""
    draft = _submitted(door, draft_id, version)
    remark = remark.strip()
    if not remark or len(remark) > REMARK_LENGTH_MAX:
        raise Refused(Refusal.REMARK_MISSING)
    draft.state, draft.remark = DraftState.DRAFT, remark
    draft.save(update_fields=["state", "remark"])
    door.keep(remark=remark)
    return draft


@action("supervision.draft.approve")
def approve_draft(door: Door, draft_id: str, version: int) -> Order:
    """Let the court's order, or its change, be in force, having compared it with the scan."""
    draft = _submitted(door, draft_id, version)
    if draft.author_id == door.actor.user_pk:
        raise Refused(Refusal.OWN_DRAFT)
    check_draft(draft, clock.now())
    approval = Approval(by=door.actor.id, scan=draft.scan)
    order = _begin(door, draft, approval) if draft.order is None else _change(door, draft, approval)
    draft.order, draft.person = order, order.person
    _decided(door, draft, DraftState.APPROVED)
    door.permit(draft, draft.public_id, basis=order.public_id)
    door.emit("supervision.draft.approved", draft=draft.public_id, order=order.public_id)
    return order


def _begin(door: Door, draft: OrderDraft, approval: Approval) -> Order:
    if draft.since is None or draft.until is None:
        raise Refused(Refusal.ORDER_PERIOD_EMPTY)
    terms = OrderTerms(
        measure=draft.measure,
        document=document_of(draft),
        since=draft.since,
        until=draft.until,
        time_zone=settings.TARAZY.time_zone,
        trace_storage=TraceStorage(draft.trace_storage),
        officer=draft.officer,
    )
    return begin_order(door, _registered(draft), terms, approval)


def _change(door: Door, draft: OrderDraft, approval: Approval) -> Order:
    if draft.order is None or draft.until is None:
        raise Refused(Refusal.ORDER_PERIOD_EMPTY)
    order, document = still_running(locked_order(draft.order.public_id)), document_of(draft)
    if draft.kind == VersionKind.REVOCATION:
        return end_order(door, order, document, draft.until, approval)
    since = draft.since or order.in_force.lower
    change = Change(VersionKind(draft.kind), document, since, draft.until)
    return change_period(door, order, change, approval)


def _registered(draft: OrderDraft) -> Person:
    """The person of the register whom the draft means; entered if nobody has this IIN yet."""
    facts = person_facts_of(draft)
    known = draft.person
    if known is None and facts.iin_digest is not None:
        known = Person.objects.filter(iin_digest=facts.iin_digest).first()
    if known is None:
        try:
            with transaction.atomic():
                return enter_person(facts)
        except IntegrityError:  # another draft about the same IIN was approved in this moment
            known = Person.objects.get(iin_digest=facts.iin_digest)
    known = Person.objects.select_for_update().get(pk=known.pk)
    known.full_name = facts.full_name
    known.sort_key, known.search_key = sort_key(facts.full_name), fold(facts.full_name)
    known.phone, known.route = facts.phone or known.phone, facts.route
    known.birth_date = facts.birth_date or known.birth_date
    if known.iin_digest is None:
        known.iin_digest, known.iin_end = facts.iin_digest, facts.iin_end
    known.guardian_name = facts.guardian_name or known.guardian_name
    known.guardian_phone = facts.guardian_phone or known.guardian_phone
    known.save()
    return known


def _about(door: Door, draft: OrderDraft, facts: DraftFacts) -> None:
    """Tie a new draft to the order that it changes; the actor must reach its person."""
    if facts.kind is VersionKind.ORIGINAL:
        return
    order = locked_order(facts.order_id)
    door.permit(order.person, order.public_id, basis=order.public_id)
    still_running(order)
    draft.order, draft.person = order, order.person


def _take_in(door: Door, draft: OrderDraft, facts: DraftFacts) -> None:
    if draft.order is None:
        for name in ("full_name", "phone", "birth_date", "guardian_name", "guardian_phone"):
            setattr(draft, name, getattr(facts.person, name))
        draft.route, draft.measure = facts.person.route, facts.measure
        if facts.person.iin_digest is not None:
            draft.iin_digest, draft.iin_end = facts.person.iin_digest, facts.person.iin_end
        draft.trace_storage = facts.trace_storage
        draft.officer = _officer(door, facts.officer_id)
    else:
        draft.full_name, draft.measure = draft.order.person.full_name, draft.order.measure
    if facts.scan_id:
        draft.scan = _own_scan(door, facts.scan_id)
    draft.court, draft.judge = facts.document.court, facts.document.judge
    draft.document_number, draft.decided_on = facts.document.number, facts.document.decided_on
    draft.since, draft.until = facts.since, facts.until


def _officer(door: Door, officer_id: str) -> User | None:
    """Who will supervise: an officer writes for the own caseload, a supervisor for anybody's."""
    if Role.SUPERVISOR not in door.actor.roles:
        return User.objects.filter(pk=door.actor.user_pk or -1).first()
    if not officer_id:
        return None
    found = User.objects.filter(
        public_id=officer_id, is_active=True, roles__contains=[Role.OFFICER.value]
    ).first()
    if found is None:
        raise Refused(Refusal.OFFICER_UNKNOWN)
    return found


def _own_scan(door: Door, paper_id: str) -> Paper:
    """A scan that this actor has stored; somebody else's id is no record."""
    found = Paper.objects.filter(
        public_id=paper_id, kind=PaperKind.SCAN, recorded_by=door.actor.id
    ).first()
    if found is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return found


def _write_conditions(draft: OrderDraft, demands: Sequence[DraftDemand]) -> None:
    if len(demands) > CONDITIONS_MAX:
        raise Refused(Refusal.CONDITION_OVERLAPS)
    for demand in demands:
        check_hours(demand.kind, demand.timetable)
    draft.conditions.all().delete()
    DraftCondition.objects.bulk_create(condition_of(draft, demand) for demand in demands)


def condition_of(draft: OrderDraft, demand: DraftDemand) -> DraftCondition:
    """The row of a demand, not saved."""
    return DraftCondition(
        draft=draft,
        kind=demand.kind,
        place=demand.place,
        since=demand.since,
        until=demand.until,
        timetable=list(demand.timetable),
    )


def _open_draft(door: Door, draft_id: str) -> OrderDraft:
    """The draft, locked, if the actor wrote it and nobody has decided about it."""
    draft = _locked(draft_id)
    door.permit(draft, draft.public_id, basis=draft.public_id)
    if draft.state not in {DraftState.DRAFT, DraftState.SUBMITTED}:
        raise Refused(Refusal.DRAFT_CLOSED)
    return draft


def _submitted(door: Door, draft_id: str, version: int) -> OrderDraft:
    draft = _locked(draft_id)
    door.permit(draft, draft.public_id, basis=draft.public_id)
    if draft.state in {DraftState.APPROVED, DraftState.DISCARDED}:
        raise Refused(Refusal.DRAFT_CLOSED)
    if draft.version != version:
        raise Refused(Refusal.DRAFT_CHANGED)
    if draft.state != DraftState.SUBMITTED:
        raise Refused(Refusal.DRAFT_NOT_SUBMITTED)
    return draft


def _locked(draft_id: str) -> OrderDraft:
    found = OrderDraft.objects.select_for_update(of=("self",))
    draft = found.select_related("order__person", "person", "scan", "officer").filter(
        public_id=draft_id
    )
    one = draft.first()
    if one is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return one


def _decided(door: Door, draft: OrderDraft, state: DraftState) -> OrderDraft:
    draft.state, draft.decided_at = state, clock.now()
    draft.decided_by_id = door.actor.user_pk
    draft.save(update_fields=["state", "decided_at", "decided_by", "order", "person"])
    return draft


def document_of(draft: OrderDraft) -> CourtDocument:
    """What stands on the paper."""
    return CourtDocument(
        court=draft.court,
        number=draft.document_number,
        judge=draft.judge,
        decided_on=draft.decided_on,
    )


def person_facts_of(draft: OrderDraft) -> PersonFacts:
    """Who the person is, by the draft."""
    return PersonFacts(
        full_name=draft.full_name,
        phone=draft.phone,
        iin_digest=bytes(draft.iin_digest) if draft.iin_digest is not None else None,
        iin_end=draft.iin_end,
        birth_date=draft.birth_date,
        guardian_name=draft.guardian_name,
        guardian_phone=draft.guardian_phone,
        route=Route(draft.route),
    )
