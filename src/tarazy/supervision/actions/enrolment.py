# SPDX-License-Identifier: EUPL-1.2
"""One-time links by which a phone is set up, and set up anew when it is replaced.

The device stays the same row, and so do its fitting and its history; only the credential is new.
What the old phone still sends is refused from that moment.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.commands import have_gateway_look
from tarazy.supervision.actions.devices import MQTT
from tarazy.supervision.gateway import owntracks
from tarazy.supervision.gateway.credentials import (
    address_of,
    broker_hash,
    digest_of,
    new_token,
    secret_of,
)
from tarazy.supervision.gateway.enrolment import Phone, link_of
from tarazy.supervision.models import Device, DeviceAddress, EnrolmentLink
from tarazy.supervision.refusals import Refusal

LASTS = timedelta(minutes=30)
SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A fresh link; its secret is shown this once."""

    secret: str
    expires_at: datetime


@action("supervision.device.link")
def make_link(door: Door, device_id: str) -> OpenLink:
    """Make a one-time link that sets a phone up; an earlier one is void."""
    device = Device.objects.select_for_update().filter(public_id=device_id).first()
    if device is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    now = clock.now()
    fitting = device.fittings.filter(period__contains=now).select_related("person").first()
    door.permit(fitting.person if fitting else device, device.public_id)
    if link_of(device.kind, Phone(device="", token="", passphrase="", interval_s=1), "x") is None:
        raise Refused(Refusal.NO_PHONE)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    device.links.filter(used_at=None).update(expires_at=now)
    EnrolmentLink.objects.create(
        digest=_digest(secret), device=device, made_by=door.actor.id, expires_at=now + LASTS
    )
    return OpenLink(secret, now + LASTS)


@action("supervision.device.configure")
def use_link(door: Door, secret: str, devices_url: str) -> str:
    """Spend a one-time link: the phone's app gets its settings and a credential of its own."""
    links = EnrolmentLink.objects.select_for_update(of=("self",)).select_related("device")
    link, now = links.filter(digest=_digest(secret)).first(), clock.now()
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise Refused(Refusal.LINK_SPENT)
    device, token = link.device, new_token()
    door.permit(device, device.public_id)
    link.used_at = now
    link.save(update_fields=["used_at"])
    _renew(device, token)
    phone = Phone(
        device=device.public_id,
        token=token,
        passphrase=secret_of(device.public_id, settings.TARAZY.device_key),
        interval_s=device.report_interval_s,
    )
    configured = link_of(device.kind, phone, devices_url)
    if configured is None:
        raise Refused(Refusal.NO_PHONE)
    return configured


def link_waits(secret: str) -> bool:
    """Whether a link can still be used; opening it does not spend it."""
    waiting = EnrolmentLink.objects.filter(digest=_digest(secret), used_at=None)
    return waiting.filter(expires_at__gt=clock.now()).exists()


def _renew(device: Device, token: str) -> None:
    """The new credential in place of the old one; the name at the broker stays."""
    key = settings.TARAZY.device_key
    device.addresses.all().delete()
    digests = [digest_of(token, key)]
    if device.kind == owntracks.NAME:
        device.broker_hash = broker_hash(token)
        digests.append(address_of(MQTT, device.public_id, key))
        device.save(update_fields=["broker_hash"])
    DeviceAddress.objects.bulk_create(
        DeviceAddress(device=device, digest=digest) for digest in digests
    )
    have_gateway_look()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
