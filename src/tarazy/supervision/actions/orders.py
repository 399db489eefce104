# SPDX-License-Identifier: EUPL-1.2
"""People and the court's orders: register, start, vary, revoke; zones and conditions."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.sorting import sort_key
from tarazy.supervision.actions.commands import have_gateway_look
from tarazy.supervision.actions.demands import Demand, Shape, check_demand, check_shape
from tarazy.supervision.models import (
    Condition,
    NoContact,
    Order,
    OrderVersion,
    Paper,
    Person,
    Route,
    TraceStorage,
    VersionKind,
    Zone,
)
from tarazy.supervision.models.orders import LATE_UPLOAD_H_DEFAULT, RETAIN_DAYS_DEFAULT
from tarazy.supervision.naming import fold
from tarazy.supervision.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtDocument:
    """What stands on the paper: who decided it, when, under which number."""

    court: str
    number: str
    judge: str
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """What an order says when it starts. `until` is exclusive; both are aware."""

    measure: str
    """A code of the service's list (`measures.toml`)."""
    document: CourtDocument
    since: datetime
    until: datetime
    time_zone: str
    late_upload_h: int = LATE_UPLOAD_H_DEFAULT
    trace_storage: TraceStorage = TraceStorage.ALL
    retain_days: int = RETAIN_DAYS_DEFAULT
    officer: User | None = None
    investigator: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """Who somebody is, as the court's document says. Of the IIN only the digest is kept."""

    full_name: str
    phone: str = ""
    iin_digest: bytes | None = None
    iin_end: str = ""
    birth_date: date | None = None
    guardian_name: str = ""
    guardian_phone: str = ""
    route: Route = Route.DEVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The second person, and the scan that they saw; nobody where the service itself records."""

    by: str = ""
    scan: Paper | None = None


UNSEEN = Approval()


@action("supervision.person.register")
def register_person(
    door: Door, full_name: str, *, phone: str = "", user: User | None = None
) -> Person:
    """Enter a person whom a court's order names."""
    person = enter_person(PersonFacts(full_name=full_name, phone=phone), user)
    door.permit(person, person.public_id)
    door.keep(full_name=full_name, phone=phone)
    return person


@action("supervision.order.start")
def start_order(door: Door, person_id: str, terms: OrderTerms) -> Order:
    """Record a court's order; supervision begins and ends with its dates."""
    person = _person(person_id)
    order = begin_order(door, person, terms, UNSEEN)
    door.permit(person, order.public_id, basis=order.public_id)
    return order


@action("supervision.order.vary")
def vary_order(
    door: Door, order_id: str, document: CourtDocument, *, since: datetime, until: datetime
) -> Order:
    """Record a variation or an extension: new dates by a new document of the court."""
    order = running_order(door, order_id)
    kind = VersionKind.EXTENSION if until > order.in_force.upper else VersionKind.VARIATION
    return change_period(door, order, Change(kind, document, since, until), UNSEEN)


@action("supervision.order.revoke")
def revoke_order(door: Door, order_id: str, document: CourtDocument, *, at: datetime) -> Order:
    """Record a revocation: from `at` on nothing is accepted, late uploads neither."""
    return end_order(door, running_order(door, order_id), document, at, UNSEEN)


def enter_person(facts: PersonFacts, user: User | None = None) -> Person:
    """A new row of the register; its callers have asked the door."""
    name = facts.full_name
    return Person.objects.create(
        **asdict(facts), sort_key=sort_key(name), search_key=fold(name), user=user
    )


def begin_order(door: Door, person: Person, terms: OrderTerms, approval: Approval) -> Order:
    """The order and its first version; its callers ask the door."""
    ZoneInfo(terms.time_zone)
    order = Order(
        person=person,
        measure=terms.measure,
        court=terms.document.court,
        document_number=terms.document.number,
        judge=terms.document.judge,
        decided_on=terms.document.decided_on,
        in_force=_period(terms.since, terms.until),
        late_upload_h=terms.late_upload_h,
        trace_storage=terms.trace_storage,
        retain_days=terms.retain_days,
        time_zone=terms.time_zone,
        officer=terms.officer,
        investigator=terms.investigator,
    )
    _insert(order, Refusal.ORDER_OVERLAPS)
    _add_version(door, order, VersionKind.ORIGINAL, terms.document, approval)
    return order


class Change(NamedTuple):
    """New dates of an order by a new document of the court."""

    kind: VersionKind
    document: CourtDocument
    since: datetime
    until: datetime


def change_period(door: Door, order: Order, change: Change, approval: Approval) -> Order:
    """Give a locked order new dates; conditions that ended with it still do.

    Raises Refused where it is revoked, from whatever day on.
    """
    if order.revoked_at is not None:
        raise Refused(Refusal.ORDER_ENDED)
    before, order.in_force = order.in_force, _period(change.since, change.until)
    order.version += 1
    _update(order, ["in_force", "version"], Refusal.ORDER_OVERLAPS)
    _move_conditions(order, before)
    have_gateway_look()
    _add_version(door, order, change.kind, change.document, approval)
    door.announce(order=order.public_id)
    return order


def end_order(
    door: Door, order: Order, document: CourtDocument, at: datetime, approval: Approval
) -> Order:
    """Revoke a locked order: from `at` on the gate takes nothing. Again only for an earlier day."""
    if at > order.in_force.upper:
        raise Refused(Refusal.REVOCATION_LATE)
    at = max(at, order.in_force.lower)
    order.revoked_at = at
    order.in_force = DateTimeTZRange(order.in_force.lower, min(at, order.in_force.upper))
    order.version += 1
    order.save(update_fields=["revoked_at", "in_force", "version"])
    _add_version(door, order, VersionKind.REVOCATION, document, approval)
    have_gateway_look()
    door.emit("supervision.order.revoked", order=order.public_id)
    door.announce(order=order.public_id)
    return order


@action("supervision.zone.create")
def create_zone(door: Door, person_id: str, name: str, shape: Shape) -> Zone:
    """Draw a zone for a person's order."""
    person = _person(person_id)
    zone = zone_of_person(person, name, shape)
    door.permit(person, zone.public_id)
    door.keep(name=name)
    return zone


def zone_of_person(person: Person, name: str, shape: Shape, replaces: Zone | None = None) -> Zone:
    """A new row for a zone; its callers have asked the door."""
    check_shape(shape)
    return Zone.objects.create(
        person=person,
        name=name,
        kind=shape.kind,
        lat=shape.lat,
        lon=shape.lon,
        radius_m=shape.radius_m,
        rings=shape.rings,
        replaces=replaces,
    )


@action("supervision.condition.add")
def add_condition(door: Door, order_id: str, zone_id: str, demand: Demand) -> Condition:
    """Add a demand of the court to an order: about a zone of the person's, or a shared one."""
    order = running_order(door, order_id)
    own_or_shared = Q(person=order.person) | Q(person=None, removed_at=None)
    zone = Zone.objects.filter(own_or_shared, public_id=zone_id).first()
    if zone is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    condition = condition_of(order, zone, demand)
    door.announce(order=order.public_id)
    return condition


def condition_of(order: Order, zone: Zone, demand: Demand) -> Condition:
    """A new row for a demand; its callers have asked the door."""
    check_demand(zone, demand)
    period = _period(demand.since or order.in_force.lower, demand.until or order.in_force.upper)
    if period.lower < order.in_force.lower or period.upper > order.in_force.upper:
        raise Refused(Refusal.CONDITION_OUTSIDE_ORDER)
    condition = Condition(
        order=order,
        zone=zone,
        kind=demand.kind,
        period=period,
        timetable=list(demand.timetable),
        exceptions=list(demand.exceptions),
        buffer_m=demand.buffer_m,
        priority=demand.priority,
    )
    _insert(condition, Refusal.CONDITION_OVERLAPS)
    return condition


def _person(public_id: str) -> Person:
    person = Person.objects.filter(public_id=public_id).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return person


def running_order(door: Door, order_id: str) -> Order:
    """The order, locked, if the actor reaches its person and it has not ended."""
    order = locked_order(order_id)
    door.permit(order.person, order.public_id, basis=order.public_id)
    return still_running(order)


def locked_order(order_id: str) -> Order:
    """The order, locked until the transaction ends."""
    found = Order.objects.select_for_update(of=("self",)).select_related("person")
    order = found.filter(public_id=order_id).first()
    if order is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return order


def still_running(order: Order) -> Order:
    """The same order; refused where it has ended. One that is revoked from a later day on has not:
    until then it is kept as any other."""
    if order.in_force.isempty or order.in_force.upper <= clock.now():
        raise Refused(Refusal.ORDER_ENDED)
    return order


def _period(since: datetime, until: datetime) -> DateTimeTZRange:
    if since >= until:
        raise Refused(Refusal.ORDER_PERIOD_EMPTY)
    return DateTimeTZRange(since, until)


def _add_version(
    door: Door, order: Order, kind: VersionKind, document: CourtDocument, approval: Approval
) -> None:
    OrderVersion.objects.create(
        order=order,
        number=order.version,
        kind=kind,
        court=document.court,
        document_number=document.number,
        judge=document.judge,
        decided_on=document.decided_on,
        in_force=order.in_force,
        recorded_at=clock.now(),
        recorded_by=door.actor.id,
        approved_by=approval.by,
        scan=approval.scan,
    )
    door.keep(document=document.number, court=document.court)


def _insert(record: Order | Condition, otherwise: Refusal) -> None:
    """Save a new record; the database's exclusion constraint is the judge of overlaps."""
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(otherwise) from error


def _update(record: Order | Condition | NoContact, fields: list[str], otherwise: Refusal) -> None:
    try:
        with transaction.atomic():
            record.save(update_fields=fields)
    except IntegrityError as error:
        raise Refused(otherwise) from error


def _move_conditions(order: Order, before: DateTimeTZRange) -> None:
    """Conditions that began or ended with the order still do: an extension extends them too."""
    demands: list[Condition | NoContact] = [
        *order.conditions.select_for_update().order_by("pk"),
        *order.no_contacts.select_for_update().order_by("pk"),
    ]
    for condition in demands:
        own = condition.period
        since = order.in_force.lower if own.lower == before.lower else own.lower
        until = order.in_force.upper if own.upper == before.upper else own.upper
        # One that lies outside the new dates keeps its own: the engine reads both together.
        if since < until and (since, until) != (own.lower, own.upper):
            condition.period = DateTimeTZRange(since, until)
            _update(condition, ["period"], Refusal.CONDITION_OVERLAPS)
