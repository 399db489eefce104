# SPDX-License-Identifier: EUPL-1.2
"""Devices: enrol one, put it on a person, take it off."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.commands import have_gateway_look
from tarazy.supervision.gateway import owntracks
from tarazy.supervision.gateway.commands import INTERVAL_S_MAX, INTERVAL_S_MIN
from tarazy.supervision.gateway.credentials import address_of, broker_hash, digest_of, new_token
from tarazy.supervision.gateway.languages import STREAMS, TITLES
from tarazy.supervision.models import Device, DeviceAddress, Fitting, Person, ProtectedFitting
from tarazy.supervision.models.devices import IDENTIFIER_LENGTH_MAX, REPORT_INTERVAL_S_DEFAULT
from tarazy.supervision.refusals import Refusal

MQTT = "mqtt"
"""The name under which addresses at the broker are kept."""


@action("supervision.device.enrol")
def enrol_device(
    door: Door,
    kind: str,
    identifier: str,
    *,
    report_interval_s: int = REPORT_INTERVAL_S_DEFAULT,
) -> tuple[Device, str]:
    """Enrol a device that speaks the language `kind`.

    Its token is returned this once; only a keyed digest of it is kept. A tracker has none, and the
    empty one is returned: the gate knows it by its identifier, the id that it sends (mostly the
    IMEI).
    """
    if kind not in TITLES:
        raise Refused(Refusal.BAD_FIELD, field="kind")
    identifier = identifier.strip()
    if not 0 < len(identifier) <= IDENTIFIER_LENGTH_MAX or not identifier.isprintable():
        raise Refused(Refusal.BAD_FIELD, field="identifier")
    if not INTERVAL_S_MIN <= report_interval_s <= INTERVAL_S_MAX:
        raise Refused(Refusal.BAD_FIELD, field="report_interval_s")
    key = settings.TARAZY.device_key
    token = "" if kind in STREAMS else new_token()
    device = Device(kind=kind, identifier=identifier, report_interval_s=report_interval_s)
    if kind == owntracks.NAME:
        device.broker_hash = broker_hash(token)
    digests = [digest_of(token, key)] if token else [address_of(kind, identifier, key)]
    if device.broker_hash:
        digests.append(address_of(MQTT, device.public_id, key))
    try:
        with transaction.atomic():
            device.save(force_insert=True)
            DeviceAddress.objects.bulk_create(
                DeviceAddress(device=device, digest=digest) for digest in digests
            )
    except IntegrityError as error:
        raise Refused(Refusal.DEVICE_KNOWN) from error
    door.permit(device, device.public_id)
    return device, token


@action("supervision.device.fit")
def fit_device(
    door: Door, device_id: str, person_id: str, *, since: datetime, until: datetime | None = None
) -> Fitting:
    """Put a device on a person, from `since` on."""
    # Locked: nobody hands it to a protected person in this moment.
    device = Device.objects.select_for_update().filter(public_id=device_id).first()
    person = Person.objects.filter(public_id=person_id).first()
    if device is None or person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(person, person.public_id)
    fitting = put_on(device, person, since, until)
    door.keep(device=device.public_id)
    return fitting


def put_on(
    device: Device, person: Person, since: datetime, until: datetime | None = None
) -> Fitting:
    """A new row for a fitting; its callers have asked the door."""
    if until is not None and until <= since:
        raise Refused(Refusal.FITTING_PERIOD_EMPTY)
    if ProtectedFitting.objects.filter(device=device, period__overlap=(since, until)).exists():
        raise Refused(Refusal.DEVICE_TAKEN)
    fitting = Fitting(device=device, person=person, period=DateTimeTZRange(since, until))
    try:
        with transaction.atomic():
            fitting.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(Refusal.DEVICE_TAKEN) from error
    return fitting


@action("supervision.device.remove")
def remove_device(door: Door, fitting_id: str, *, at: datetime) -> Fitting:
    """Take a device off; from `at` on its reports belong to nobody and are dropped."""
    fitting = locked_fitting(fitting_id)
    door.permit(fitting.person, fitting.person.public_id)
    return come_off(fitting, at)


def locked_fitting(fitting_id: str) -> Fitting:
    """The fitting, locked until the transaction ends."""
    found = Fitting.objects.select_for_update(of=("self",)).select_related("person", "device")
    fitting = found.filter(public_id=fitting_id).first()
    if fitting is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return fitting


def come_off(fitting: Fitting, at: datetime) -> Fitting:
    """End a locked fitting that has not ended."""
    period = fitting.period
    if period.isempty or (period.upper is not None and period.upper <= at):
        raise Refused(Refusal.FITTING_ENDED)
    fitting.period = DateTimeTZRange(period.lower, max(at, period.lower))
    fitting.save(update_fields=["period"])
    have_gateway_look()
    return fitting
