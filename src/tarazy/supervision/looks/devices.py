# SPDX-License-Identifier: EUPL-1.2
"""The stock of devices, one device with its battery and protocols, and what a fitting needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q

from tarazy.core.catalogue import said
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.gateway import osmand, owntracks, traccar
from tarazy.supervision.gateway.languages import TITLES
from tarazy.supervision.models import (
    Device,
    Fitting,
    FittingProtocol,
    Order,
    Person,
    Stock,
    WearerState,
)
from tarazy.supervision.reach import within
from tarazy.supervision.refusals import Refusal

PAGE_SIZE = 50
DEVICES_OFFERED_MAX = 500
STOCK = "stock"
BATTERY_WINDOW = timedelta(hours=48)
PHONES = {owntracks.NAME, traccar.NAME, osmand.NAME}

FILTERS = {
    "": said("all"),
    "free": said("free"),
    "fitted": said("fitted"),
    "repair": said("in repair"),
    "lost": said("lost"),
}

BATTERY = """
SELECT date_bin('30 minutes', at, %s) AS bin, min(battery_percent)
FROM supervision_fix
WHERE person_id = %s AND order_id = %s AND device_id = %s AND at >= %s AND at < %s
    AND battery_percent IS NOT NULL
GROUP BY bin ORDER BY bin
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """One device of the list."""

    device: Device
    language: str
    fitting: Fitting | None
    state: WearerState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPage:
    """A page of the list, and its rows."""

    page: Page[Any]
    rows: Sequence[StockRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePage:
    """One device: who wears it, its protocols, its battery of the last two days."""

    device: Device
    language: str
    is_phone: bool
    fitting: Fitting | None
    protocols: Sequence[FittingProtocol]
    battery: Sequence[tuple[datetime, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingPage:
    """What somebody who puts a device on must see."""

    person: Person
    order: Order
    free: Sequence[tuple[Device, str]]
    more: bool
    """Whether others are free that are not offered: their identifier finds them."""


@look("supervision.devices.view")
def stock(
    door: Door, now: datetime, *, chosen: str = "", named: str = "", page: str | int = 1
) -> StockPage:
    """See the devices in stock, and those on people within reach; `named`: part of a name."""
    door.subject, door.basis = STOCK, STOCK
    worn = Fitting.objects.filter(device=OuterRef("pk"), period__contains=now)
    reached = Person.objects.filter(within(door.actor, door.reaches)).values("pk")
    mine = worn.filter(person__in=reached)
    devices = Device.objects.annotate(worn=Exists(worn)).filter(Q(worn=False) | Exists(mine))
    devices = devices.filter(identifier__icontains=named)
    match chosen:
        case "free":
            devices = devices.filter(worn=False, stock=Stock.READY)
        case "fitted":
            devices = devices.filter(worn=True)
        case "repair" | "lost":
            devices = devices.filter(stock=chosen)
        case _:
            pass
    current = Fitting.objects.filter(period__contains=now).select_related("person__state")
    shown = devices.prefetch_related(Prefetch("fittings", queryset=current, to_attr="current"))
    found = Paginator(shown, PAGE_SIZE).get_page(page)
    return StockPage(page=found, rows=[_row(one) for one in found.object_list])


@look("supervision.device.view")
def device(door: Door, device_id: str, now: datetime) -> DevicePage:
    """See one device: who wears it, its protocols, its battery of the last two days."""
    one = Device.objects.filter(public_id=device_id).first()
    if one is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    fitting = one.fittings.filter(period__contains=now).select_related("person").first()
    if fitting is None:
        door.subject, door.basis = one.public_id, STOCK
        return _device_page(one, None, ())
    order = fitting.person.orders.filter(in_force__contains=now).first()
    door.permit(fitting.person, one.public_id, basis=order.public_id if order else STOCK)
    battery = _battery(one, fitting, order, now) if order else ()
    return _device_page(one, fitting, battery)


@look("supervision.fitting.prepare")
def prepare_fitting(door: Door, person_id: str, now: datetime, *, named: str = "") -> FittingPage:
    """See a person and the free devices, in order to put one on; `named`: part of an identifier."""
    person = Person.objects.filter(public_id=person_id).first()
    if person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    order = person.orders.filter(in_force__endswith__gt=now).order_by("in_force").first()
    door.permit(person, person.public_id, basis=order.public_id if order else None)
    if order is None:
        raise Refused(Refusal.ORDER_ENDED)
    worn = Fitting.objects.filter(device=OuterRef("pk"), period__contains=now)
    free = Device.objects.filter(~Exists(worn), stock=Stock.READY, identifier__icontains=named)
    found = list(free[: DEVICES_OFFERED_MAX + 1])
    return FittingPage(
        person=person,
        order=order,
        free=[(one, TITLES.get(one.kind, one.kind)) for one in found[:DEVICES_OFFERED_MAX]],
        more=len(found) > DEVICES_OFFERED_MAX,
    )


def _row(one: Device) -> StockRow:
    current = getattr(one, "current", [])
    fitting = current[0] if current else None
    state = getattr(fitting.person, "state", None) if fitting else None
    language = TITLES.get(one.kind, one.kind)
    return StockRow(device=one, language=language, fitting=fitting, state=state)


def _device_page(
    one: Device, fitting: Fitting | None, battery: Sequence[tuple[datetime, float]]
) -> DevicePage:
    # What was noted about people who wore it before is theirs, and not the device's.
    protocols = fitting.protocols.select_related("photo", "signature") if fitting else ()
    return DevicePage(
        device=one,
        language=TITLES.get(one.kind, one.kind),
        is_phone=one.kind in PHONES,
        fitting=fitting,
        protocols=list(protocols),
        battery=battery,
    )


def _battery(
    one: Device, fitting: Fitting, order: Order, now: datetime
) -> Sequence[tuple[datetime, float]]:
    """The lowest level of each half hour, while this person wore it under this order."""
    since = max(now - BATTERY_WINDOW, fitting.period.lower, order.in_force.lower)
    whose = (fitting.person_id, order.pk, one.pk, since, now)
    with connection.cursor() as cursor:
        cursor.execute(BATTERY, [since, *whose])
        return [(at, level) for at, level in cursor.fetchall()]


@look("supervision.removal.prepare")
def prepare_removal(door: Door, person_id: str, fitting_id: str, now: datetime) -> Fitting:
    """See a device on a person, in order to take it off."""
    found = Fitting.objects.select_related("person", "device").filter(
        public_id=fitting_id, person__public_id=person_id, period__contains=now
    )
    fitting = found.first()
    if fitting is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    order = fitting.person.orders.order_by("-in_force").first()
    door.permit(fitting.person, fitting.public_id, basis=order.public_id if order else STOCK)
    return fitting
