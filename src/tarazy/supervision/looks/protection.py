# SPDX-License-Identifier: EUPL-1.2
"""Protected people for those who look after them; and whom to call where an alert is about one.

Where a protected person is or was is shown by no look at all: it is only judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.supervision.basis import permit_alert
from tarazy.supervision.models import (
    Alert,
    Consent,
    NoContact,
    ProtectedFitting,
    ProtectedIdentity,
    ProtectedPerson,
)

PEOPLE_MAX = 500
REGISTER = "protection_register"
"""The ground to see the register before anybody has agreed: somebody has to ask them."""


@dataclass(frozen=True, slots=True)
class ProtectedLine:
    """One protected person in the list."""

    protected: ProtectedPerson
    consent: Consent | None
    """The one in force now."""
    fitted: bool
    demands: int
    """How many orders in force protect this person now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedPage:
    """Everything about one protected person, but never a place."""

    protected: ProtectedPerson
    identity: ProtectedIdentity
    consents: Sequence[Consent]
    consent: Consent | None
    fittings: Sequence[ProtectedFitting]
    demands: Sequence[NoContact]


@dataclass(frozen=True, slots=True)
class OtherSide:
    """Whom an alert about two people is about besides its own person: a sign and a phone."""

    label: str
    phone: str
    metres: int
    protected: bool


@look("supervision.protected.list")
def protected_people(door: Door, now: datetime) -> list[ProtectedLine]:
    """See the register of protected people, by their signs."""
    door.subject, door.basis = "protected", REGISTER
    consents = {
        one.protected_id: one for one in Consent.objects.filter(period__contains=now).order_by("pk")
    }
    fitted = set(
        ProtectedFitting.objects.filter(period__contains=now).values_list("protected_id", flat=True)
    )
    running = NoContact.objects.filter(period__contains=now, order__in_force__contains=now)
    demands = [one for one in running.values_list("protected_id", flat=True) if one]
    return [
        ProtectedLine(one, consents.get(one.pk), one.pk in fitted, demands.count(one.pk))
        for one in ProtectedPerson.objects.order_by("label")[:PEOPLE_MAX]
    ]


@look("supervision.protected.view")
def protected(door: Door, public_id: str, now: datetime) -> ProtectedPage:
    """See one protected person: who it is, consents, devices, whose orders protect them."""
    found = ProtectedPerson.objects.select_related("identity").filter(public_id=public_id).first()
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    consent = found.consents.filter(period__contains=now).first()
    door.permit(found, found.public_id, basis=consent.public_id if consent else REGISTER)
    demands = found.no_contacts.select_related("order__person").order_by("-id")
    fittings = found.fittings.select_related("device").order_by("-id")
    return ProtectedPage(
        protected=found,
        identity=found.identity,
        consents=list(found.consents.order_by("-id")),
        consent=consent,
        fittings=list(fittings),
        demands=list(demands),
    )


@look("supervision.protected.contact")
def other_side(door: Door, alert_id: str) -> OtherSide | None:
    """See the sign and the phone of whom an alert is also about; None where it is about one."""
    found = Alert.objects.select_related(
        "person",
        "order",
        "no_contact__protected__identity",
        "no_contact__other_order__person",
    )
    alert = found.filter(public_id=alert_id).first()
    if alert is None:
        raise Refused(Refusal.NOT_FOUND)
    permit_alert(door, alert)
    demand = alert.no_contact
    if demand is None:
        return None
    if demand.protected is not None:
        phone = demand.protected.identity.phone
        return OtherSide(demand.protected.label, phone, demand.radius_m, protected=True)
    other = demand.other_order
    if other is None:
        return None
    person = other.person
    return OtherSide(person.full_name, person.phone, demand.radius_m, protected=False)
