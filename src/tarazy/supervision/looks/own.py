# SPDX-License-Identifier: EUPL-1.2
"""What supervised people see of themselves: the order, its conditions, their alerts, their place.

The shape of a zone that somebody must keep out of is not among it: it could betray whom it
protects. It is named in the words of the court's document, which the person has, never as an
officer called it (`looks.defence`).

Nor is anything that was found about a pair of people: no line, no time, no colour of the place. It
would betray where the other one is (`rules.SECRET_RULES`). Whom the own order forbids to meet is
said by name, for the order says it, and in the same words whether anything is judged or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.supervision.looks.alerts import Chapter, latest_of_person
from tarazy.supervision.looks.board import wearer
from tarazy.supervision.looks.defence import UNTOLD, Copy
from tarazy.supervision.looks.people import Demand, Unjudged, demands, unjudged
from tarazy.supervision.looks.terms import open_check_in
from tarazy.supervision.looks.words import claim_of
from tarazy.supervision.models import (
    Appointment,
    Audience,
    CheckIn,
    Condition,
    Kept,
    NoContact,
    Order,
    Person,
    WearerMessage,
    WearerState,
)
from tarazy.supervision.rules import SECRET_RULES

ALERTS_MAX = 20
OWN_DATA = "own_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """What the wearer's own page shows; without an order in force only that it is so."""

    person: Person
    order: Order | None
    demands: Sequence[tuple[Demand, str]]
    """Each with the place as the person may read it."""
    unjudged: Sequence[Unjudged]
    """What else the court's document asks, which holds before its zone is drawn."""
    alerts: Sequence[tuple[Chapter, str]]
    """Each with what happened."""
    state: WearerState | None
    apart: Sequence[NoContact] = ()
    """Whom the own order forbids to meet, by name; never where, nor whether it is judged."""
    check_in: CheckIn | None = None
    """One that waits for an answer."""
    appointment: Appointment | None = None
    """The next one."""
    unread: int = 0
    """Messages that the person has not said to have read."""

    @property
    def place(self) -> dict[str, Any] | None:
        """The last known place for the map; never how urgent the control centre finds it."""
        return {**wearer(self.state), "urgency": "calm"} if self.state else None


@look("supervision.own.view")
def own(door: Door, now: datetime) -> OwnPage:
    """See one's own order, conditions, alerts and last known place."""
    person = Person.objects.filter(user_id=door.actor.user_pk or -1).first()
    if person is None:
        raise Refused(Refusal.NOT_FOUND)
    order = person.orders.select_related("officer").filter(in_force__contains=now).first()
    door.permit(person, person.public_id, basis=order.public_id if order else OWN_DATA)
    return OwnPage(
        person=person,
        order=order,
        demands=_demands(order) if order else (),
        unjudged=unjudged(order) if order else (),
        alerts=_alerts(person),
        state=WearerState.objects.filter(person=person).first() if order else None,
        apart=_apart(order, now) if order else (),
        check_in=open_check_in(order) if order else None,
        appointment=_next_appointment(order, now) if order else None,
        unread=WearerMessage.objects.filter(order=order, read_at=None).count() if order else 0,
    )


def _demands(order: Order) -> list[tuple[Demand, str]]:
    copy = Copy.of(order, Audience.DEFENCE)
    named = gettext("the place that the order names")
    return [
        (one, named if copy.hidden(one.condition) else copy.zone(one.condition))
        for one in demands(order)
    ]


def _alerts(person: Person) -> list[tuple[Chapter, str]]:
    """Those of earlier orders, too, each in the words of its own order.

    An alert of a zone that no document names is not among them: who walks to and fro and looks at
    the page would find the fence.
    """
    copies = {order: Copy.of(order, Audience.DEFENCE) for order in person.orders.all()}
    conditions = Condition.objects.filter(order__person=person).select_related("order", "zone")
    hidden = [one.pk for one in conditions if copies[one.order].hidden(one)]
    found = latest_of_person(person.pk, ALERTS_MAX, but=SECRET_RULES | UNTOLD, hidden=hidden)
    return [(one, _sentence(one, copies)) for one in found]


def _sentence(one: Chapter, copies: Mapping[Order, Copy]) -> str:
    alert = one.version.alert
    if alert.order is None:
        return one.sentence
    versions = sorted(alert.versions.all(), key=lambda version: version.number)
    return copies[alert.order].sentence(claim_of(versions), alert.condition)


def _next_appointment(order: Order, now: datetime) -> Appointment | None:
    planned = Appointment.objects.filter(order=order, state=Kept.PLANNED, at__gte=now)
    return planned.order_by("at").first()


def _apart(order: Order, now: datetime) -> list[NoContact]:
    """What the own order says, in which the name stands; what another order says is not here."""
    said = NoContact.objects.filter(
        order=order, other_order__isnull=False, period__endswith__gt=now
    )
    return list(said.select_related("other_order__person").order_by("period", "id"))
