# SPDX-License-Identifier: EUPL-1.2
"""Put a device on somebody and take it off, each with its protocol; what the stock says of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.devices import come_off, locked_fitting, put_on
from tarazy.supervision.models import (
    Device,
    Fitting,
    FittingProtocol,
    Order,
    Paper,
    PaperKind,
    Person,
    Stage,
    Stock,
)
from tarazy.supervision.refusals import Refusal

MEDICAL_DAYS_MAX = 30
NOTE_LENGTH_MAX = 500
FIRMWARE_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """What is noted beside a fitting or a removal; papers by their public ids."""

    consent: bool = False
    medical_on: date | None = None
    medical_by: str = ""
    note: str = ""
    photo_id: str = ""
    signature_id: str = ""


@action("supervision.fitting.begin")
def fit_with_protocol(door: Door, person_id: str, device_id: str, told: Protocol) -> Fitting:
    """Put a device on a person, who has agreed, was found fit for it, and signed."""
    person = Person.objects.filter(public_id=person_id).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    now = clock.now()
    door.permit(person, person.public_id)
    order = _order_of(person, now)
    door.basis = order.public_id
    device = Device.objects.select_for_update().filter(public_id=device_id).first()
    if device is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    if device.stock != Stock.READY:
        raise Refused(Refusal.DEVICE_NOT_READY)
    _check(told, now)
    _check_papers(told)
    fitting = put_on(device, person, now)
    _write(door, fitting, Stage.FITTED, told, now)
    door.keep(device=device.public_id)
    door.announce(order=order.public_id)
    return fitting


@action("supervision.fitting.end")
def take_off(door: Door, fitting_id: str, told: Protocol, stock: Stock) -> Fitting:
    """Take a device off, and say in what state it comes back."""
    fitting = locked_fitting(fitting_id)
    now = clock.now()
    order = fitting.person.orders.order_by("-in_force").first()
    basis = order.public_id if order else None
    door.permit(fitting.person, fitting.person.public_id, basis=basis)
    _check_papers(told)
    come_off(fitting, now)
    _write(door, fitting, Stage.REMOVED, told, now)
    fitting.device.stock = stock
    fitting.device.save(update_fields=["stock"])
    door.keep(device=fitting.device.public_id)
    return fitting


@action("supervision.device.set_stock")
def set_stock(door: Door, device_id: str, told: str, firmware: str) -> Device:
    """Say whether a device is ready, in repair or lost, and which firmware it has."""
    device = Device.objects.select_for_update().filter(public_id=device_id).first()
    if device is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(device, device.public_id)
    if told not in Stock.values:
        raise Refused(Refusal.BAD_FIELD, field="stock")
    stock = Stock(told)
    worn = device.fittings.filter(period__contains=clock.now()).exists()
    if worn and stock is Stock.REPAIR:
        raise Refused(Refusal.DEVICE_WORN)
    device.stock, device.firmware = stock, firmware.strip()[:FIRMWARE_LENGTH_MAX]
    device.save(update_fields=["stock", "firmware"])
    door.keep(stock=stock, firmware=device.firmware)
    return device


def _order_of(person: Person, now: datetime) -> Order:
    """The order in force, or the next one: a device may be put on before it begins."""
    order = person.orders.filter(in_force__endswith__gt=now).order_by("in_force").first()
    if order is None:
        raise Refused(Refusal.ORDER_ENDED)
    return order


def _check(told: Protocol, now: datetime) -> None:
    if not told.consent:
        raise Refused(Refusal.FITTING_CONSENT)
    today = now.astimezone(ZoneInfo(settings.TARAZY.time_zone)).date()
    oldest = today - timedelta(days=MEDICAL_DAYS_MAX)
    if (
        told.medical_on is None
        or not oldest <= told.medical_on <= today
        or not told.medical_by.strip()
    ):
        raise Refused(Refusal.MEDICAL_MISSING, days=MEDICAL_DAYS_MAX)
    if not told.signature_id:
        raise Refused(Refusal.SIGNATURE_MISSING)


def _check_papers(told: Protocol) -> None:
    """A photo and the person's signature; where one cannot be had, the note says why."""
    if not (told.photo_id and told.signature_id) and not told.note.strip():
        raise Refused(Refusal.PROTOCOL_PAPERS)


def _write(door: Door, fitting: Fitting, stage: Stage, told: Protocol, now: datetime) -> None:
    FittingProtocol.objects.create(
        fitting=fitting,
        stage=stage,
        at=now,
        consent=told.consent,
        medical_on=told.medical_on,
        medical_by=told.medical_by.strip(),
        note=told.note.strip()[:NOTE_LENGTH_MAX],
        photo=_own_paper(door, PaperKind.PHOTO, told.photo_id),
        signature=_own_paper(door, PaperKind.SIGNATURE, told.signature_id),
        recorded_by=door.actor.id,
    )


def _own_paper(door: Door, kind: PaperKind, paper_id: str) -> Paper | None:
    """A file that this actor has stored; somebody else's id is no record."""
    if not paper_id:
        return None
    found = Paper.objects.filter(public_id=paper_id, kind=kind, recorded_by=door.actor.id).first()
    if found is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return found
