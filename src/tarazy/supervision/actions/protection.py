# SPDX-License-Identifier: EUPL-1.2
"""Protected people: record one and the consent, take it back, hand out a device; forbid contact.

Nothing of a protected person is taken in before they have agreed, nor after they have taken that
back: the gate asks the consent for each fix (intake.py), and the engine for each place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Model, Q

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.orders import running_order
from tarazy.supervision.judging.bonds import (
    CONTACT_M_DEFAULT,
    INNER_M_DEFAULT,
    OUTER_M_DEFAULT,
    radii_of_contact,
    radii_of_victim,
)
from tarazy.supervision.models import (
    Consent,
    Device,
    Fitting,
    NoContact,
    Order,
    PairState,
    ProtectedFitting,
    ProtectedIdentity,
    ProtectedPerson,
)
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.presence.pairs import Level, Memory, Side
from tarazy.supervision.refusals import Refusal

LABEL_LENGTH_MAX = 40
NAME_LENGTH_MAX = 200
KEPT_FOR = timedelta(hours=48)
"""As in protection.sql, where the fixes themselves are deleted."""
FORGET = "SELECT supervision_forget_protected(%s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPaper:
    """What a protected person signed: the paper's number, when, and for how long it holds."""

    document_number: str
    given_at: datetime
    since: datetime
    until: datetime


@action("supervision.protected.record")
def record_protected(door: Door, label: str, *, full_name: str, phone: str = "") -> ProtectedPerson:
    """Record somebody whom a court's order protects, under a sign that is no name."""
    label, full_name = label.strip(), full_name.strip()
    for name, value, most in (
        ("label", label, LABEL_LENGTH_MAX),
        ("full_name", full_name, NAME_LENGTH_MAX),
    ):
        if not 0 < len(value) <= most or not value.isprintable():
            raise Refused(Refusal.BAD_FIELD, field=name)
    if not phone.isprintable() or len(phone) > LABEL_LENGTH_MAX:
        raise Refused(Refusal.BAD_FIELD, field="phone")
    protected = ProtectedPerson(label=label, recorded_at=clock.now())
    _insert(protected, Refusal.PROTECTED_KNOWN)
    ProtectedIdentity.objects.create(protected=protected, full_name=full_name, phone=phone)
    door.permit(protected, protected.public_id)
    door.keep(full_name=full_name, phone=phone)
    return protected


@action("supervision.consent.record")
def record_consent(door: Door, protected_id: str, paper: ConsentPaper) -> Consent:
    """Record that a protected person has agreed, from when to when."""
    protected = _protected(protected_id)
    if paper.since >= paper.until:
        raise Refused(Refusal.CONSENT_PERIOD_EMPTY)
    number = paper.document_number.strip()
    if not 0 < len(number) <= 2 * LABEL_LENGTH_MAX or not number.isprintable():
        raise Refused(Refusal.BAD_FIELD, field="document_number")
    consent = Consent(
        protected=protected,
        document_number=number,
        given_at=paper.given_at,
        # Nobody agrees to what has been: a consent begins when it is given, at the earliest.
        period=DateTimeTZRange(min(max(paper.since, paper.given_at), paper.until), paper.until),
        recorded_by=door.actor.id,
    )
    if consent.period.isempty or consent.period.lower >= consent.period.upper:
        raise Refused(Refusal.CONSENT_PERIOD_EMPTY)
    _insert(consent, Refusal.CONSENT_OVERLAPS)
    door.permit(protected, protected.public_id, basis=consent.public_id)
    door.keep(document=consent.document_number)
    return consent


@action("supervision.consent.withdraw")
def withdraw_consent(door: Door, consent_id: str, *, at: datetime) -> Consent:
    """Take a consent back: from `at` on nothing is taken in or used, late uploads neither."""
    found = Consent.objects.select_for_update(of=("self",)).select_related("protected")
    consent = found.filter(public_id=consent_id).first()
    if consent is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(consent.protected, consent.protected.public_id, basis=consent.public_id)
    period = consent.period
    if consent.withdrawn_at is not None or period.isempty or period.upper <= at:
        raise Refused(Refusal.CONSENT_WITHDRAWN)
    consent.withdrawn_at = at
    consent.period = DateTimeTZRange(period.lower, max(at, period.lower))
    consent.save(update_fields=["withdrawn_at", "period"])
    return consent


@action("supervision.protected.fit")
def fit_protected(
    door: Door, device_id: str, protected_id: str, *, since: datetime
) -> ProtectedFitting:
    """Hand a device (its id, or what is printed on it) to a protected person who has agreed."""
    protected = _protected(protected_id)
    # The row is locked: nobody puts the device on somebody else in this moment.
    known = Device.objects.select_for_update().filter(
        Q(public_id=device_id) | Q(identifier=device_id)
    )
    device = known.first()
    if device is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(protected, protected.public_id)
    if not protected.consents.filter(period__contains=since).exists():
        raise Refused(Refusal.CONSENT_MISSING)
    if Fitting.objects.filter(device=device, period__overlap=(since, None)).exists():
        raise Refused(Refusal.DEVICE_TAKEN)
    fitting = ProtectedFitting(
        device=device, protected=protected, period=DateTimeTZRange(since, None)
    )
    _insert(fitting, Refusal.DEVICE_TAKEN)
    door.keep(device=device.public_id)
    return fitting


@action("supervision.protected.unfit")
def unfit_protected(door: Door, fitting_id: str, *, at: datetime) -> ProtectedFitting:
    """Take a device back from a protected person."""
    found = ProtectedFitting.objects.select_for_update(of=("self",)).select_related("protected")
    fitting = found.filter(public_id=fitting_id).first()
    if fitting is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(fitting.protected, fitting.protected.public_id)
    period = fitting.period
    if period.isempty or (period.upper is not None and period.upper <= at):
        raise Refused(Refusal.FITTING_ENDED)
    fitting.period = DateTimeTZRange(period.lower, max(at, period.lower))
    fitting.save(update_fields=["period"])
    return fitting


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """How near is forbidden (metres), from when to when (the order's period by default)."""

    radius_m: int | None = None
    inner_m: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@action("supervision.no_contact.protect")
def protect(door: Door, order_id: str, protected_id: str, apart: Apart) -> NoContact:
    """Record that an order tells somebody to keep away from a protected person."""
    order, protected = running_order(door, order_id), _protected(protected_id)
    radii = _lawful(
        lambda: radii_of_victim(
            OUTER_M_DEFAULT if apart.radius_m is None else apart.radius_m,
            INNER_M_DEFAULT if apart.inner_m is None else apart.inner_m,
        )
    )
    demand = NoContact(
        order=order,
        protected=protected,
        radius_m=radii[0][1],
        inner_m=radii[1][1],
        period=_period(order, apart),
    )
    _insert(demand, Refusal.NO_CONTACT_OVERLAPS)
    door.keep(protected=protected.public_id)
    door.announce(order=order.public_id)
    return demand


@action("supervision.no_contact.forbid")
def forbid_contact(door: Door, order_id: str, other_order_id: str, apart: Apart) -> NoContact:
    """Record that an order forbids contact with somebody under another order.

    Nothing is judged before the other order says the same, and then in the time that both give.
    """
    return contact_of(door, running_order(door, order_id), other_order_id, apart)


def contact_of(door: Door, order: Order, other_order_id: str, apart: Apart) -> NoContact:
    """Write the demand; for doors that have asked for permission."""
    demand = checked_contact(order, other_order_id, apart)
    _insert(demand, Refusal.NO_CONTACT_OVERLAPS)
    other = demand.other_order
    door.keep(other=other.public_id if other else "")
    door.announce(order=order.public_id)
    return demand


def checked_contact(order: Order, other_order_id: str, apart: Apart) -> NoContact:
    """The demand as it would be written. Raises Refused where the two orders do not allow it."""
    other = Order.objects.filter(public_id=other_order_id).first()
    if other is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    if other.person_id == order.person_id:
        raise Refused(Refusal.NO_CONTACT_SELF)
    metres = CONTACT_M_DEFAULT if apart.radius_m is None else apart.radius_m
    radii = _lawful(lambda: radii_of_contact(metres))
    return NoContact(
        order=order, other_order=other, radius_m=radii[0][1], period=_period(order, apart)
    )


@action("supervision.protected.forget")
def forget_protected(door: Door, now: datetime) -> int:
    """Delete fixes of protected people that may not be kept any more; how many.

    Of a pair of which nothing was heard so long the engine forgets the last places, too.
    """
    door.permit(None, "")
    silent = []
    for state in PairState.objects.filter(no_contact__protected__isnull=False):
        head = msgspec.convert(state.head, Memory)
        if head.at < now - KEPT_FOR and any(side.track.end for side in head.sides):
            levels = tuple(
                Level(Presence.UNKNOWN, state.judged_to, state.judged_to) for _ in head.levels
            )
            state.head = msgspec.to_builtins(Memory(state.judged_to, (Side(), Side()), levels))
            silent.append(state)
    PairState.objects.bulk_update(silent, ["head"])
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [now])
        (gone,) = cursor.fetchone() or (0,)
    door.keep(fixes=str(gone))
    return int(gone)


def _protected(public_id: str) -> ProtectedPerson:
    found = ProtectedPerson.objects.filter(public_id=public_id).first()
    if found is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return found


def _period(order: Order, apart: Apart) -> DateTimeTZRange:
    whole = order.in_force
    since, until = apart.since or whole.lower, apart.until or whole.upper
    if since >= until:
        raise Refused(Refusal.ORDER_PERIOD_EMPTY)
    if since < whole.lower or until > whole.upper:
        raise Refused(Refusal.CONDITION_OUTSIDE_ORDER)
    return DateTimeTZRange(since, until)


def _lawful(
    radii: Callable[[], tuple[tuple[str, int], ...]],
) -> tuple[tuple[str, int], ...]:
    try:
        return radii()
    except ValueError as error:
        raise Refused(Refusal.NO_CONTACT_RADIUS, reason=str(error)) from error


def _insert(record: Model, otherwise: Refusal) -> None:
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(otherwise) from error
