# SPDX-License-Identifier: EUPL-1.2
"""People under an order: the list, and one person with the order in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, prefetch_related_objects

from tarazy.core import clock
from tarazy.core.access import POLICY
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.basis import listed
from tarazy.supervision.gateway.languages import TITLES
from tarazy.supervision.looks.alerts import Chapter, latest_of_person
from tarazy.supervision.looks.board import wearer
from tarazy.supervision.looks.commands import Worn, worn_device
from tarazy.supervision.looks.duty import Telephone, telephones
from tarazy.supervision.looks.finding import matching
from tarazy.supervision.looks.places import Near, near
from tarazy.supervision.looks.terms import (
    CheckIns,
    Number,
    check_ins_of,
    numbers_of,
    pending_of,
)
from tarazy.supervision.looks.undelivered import Undelivered, never_delivered
from tarazy.supervision.looks.words import shape_of, timetable_words
from tarazy.supervision.looks.wrong_places import WrongPlaces, wrong_places_of
from tarazy.supervision.models import (
    Condition,
    DraftCondition,
    DraftState,
    Fitting,
    Order,
    Person,
    PresenceState,
    WearerState,
)
from tarazy.supervision.naming import is_minor

PAGE_SIZE = 50
ALERTS_MAX = 10


@dataclass(frozen=True, slots=True)
class Demand:
    """One condition of an order in words, and where the person is with regard to it."""

    condition: Condition
    hours: Sequence[str]
    shape: dict[str, Any]
    presence: PresenceState | None


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A demand of the court's document that nothing judges: its zone is not drawn yet."""

    asked: DraftCondition
    hours: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """What the page of a person shows."""

    person: Person
    order: Order
    in_force: bool
    demands: Sequence[Demand]
    unjudged: Sequence[Unjudged]
    fittings: Sequence[tuple[Fitting, str]]
    """Each with the name of its device's language."""
    worn: Sequence[Worn]
    state: WearerState | None
    alerts: Sequence[Chapter]
    numbers: Sequence[Number]
    check_ins: CheckIns
    pending: Sequence[dict[str, Any]]
    telephones: Sequence[Telephone]
    """Contacts beside the own number; empty once no order is in force."""
    may_change: bool
    """Whether this actor prepares changes of the order, its zones and devices."""
    minor: bool
    near: Near | None = None
    """What lies nearest to the last known place."""
    wrong: WrongPlaces | None = None
    """Where the device was thrown of late."""
    undelivered: Undelivered = field(default_factory=Undelivered)
    """For whoever may see the messages."""

    @property
    def zones(self) -> list[dict[str, Any]]:
        """The zones of the order for the map."""
        return [one.shape for one in self.demands]

    @property
    def place(self) -> dict[str, Any] | None:
        """The last known place for the map."""
        return wearer(self.state) if self.state else None


@look("supervision.people.view")
def people(door: Door, now: datetime, *, search: str = "", page: str | int = 1) -> Page[Person]:
    """See the list of people under an order in force, by name, IIN, device or document."""
    found = Person.objects.filter(listed(door, "people", now))
    if search:
        found = matching(found, search)
        door.keep(search=search)
    running = Order.objects.filter(in_force__contains=now).select_related("officer")
    chosen = Paginator(found.select_related("state"), PAGE_SIZE).get_page(page)
    chosen.object_list = list(chosen.object_list)
    prefetch_related_objects(
        chosen.object_list, Prefetch("orders", queryset=running, to_attr="running")
    )
    return chosen


@look("supervision.person.view")
def person(door: Door, public_id: str, now: datetime) -> PersonPage:
    """See one person: the order in words, its conditions, devices, last state and last alerts."""
    found = person_of(public_id)
    # An order that was revoked before it began was never in force, and allows no look.
    orders = found.orders.filter(in_force__isempty=False).order_by("-in_force")
    order = orders.select_related("officer", "investigator").first()
    door.permit(found, found.public_id, basis=order.public_id if order else None)
    if order is None:
        raise Refused(CoreRefusal.BASIS_MISSING)
    in_force = order.in_force.lower <= now < order.in_force.upper
    fittings = found.fittings.filter(period__isempty=False).select_related("device")
    worn = fittings.filter(period__contains=now) if in_force else fittings.none()
    reads = bool(POLICY.reaches(door.actor, "supervision.appointments.view"))
    # After its end an order no longer shows where anybody is.
    state = WearerState.objects.filter(person=found).first() if in_force else None
    return PersonPage(
        person=found,
        order=order,
        in_force=in_force,
        demands=demands(order),
        unjudged=unjudged(order),
        fittings=[(one, TITLES[one.device.kind]) for one in fittings.order_by("-period")],
        worn=[worn_device(one) for one in worn],
        state=state,
        alerts=latest_of_person(found.pk, ALERTS_MAX),
        numbers=numbers_of(order, now),
        check_ins=check_ins_of(order),
        pending=pending_of(state),
        telephones=[one for one in telephones(found) if one.contact_id] if in_force else [],
        may_change=bool(POLICY.reaches(door.actor, "supervision.draft.prepare")),
        minor=bool(found.birth_date and is_minor(found.birth_date, now.date())),
        near=near(state.lat, state.lon) if state else None,
        wrong=wrong_places_of(state, now),
        undelivered=never_delivered(found, now) if reads else Undelivered(),
    )


def demands(order: Order) -> list[Demand]:
    """The order's conditions in words; those that another one has replaced are history."""
    now, end = clock.now(), order.in_force.upper
    rows = order.conditions.select_related("zone", "presence").order_by("kind", "id")
    return [
        Demand(
            condition=row,
            hours=timetable_words(row.timetable, row.exceptions),
            shape={**shape_of(row.zone), "demand": row.kind},
            presence=getattr(row, "presence", None),
        )
        for row in rows
        if not row.period.isempty and (row.period.upper > now or row.period.upper == end)
    ]


def unjudged(order: Order) -> list[Unjudged]:
    """What the order's documents ask, in their words, and nothing judges; not what is over."""
    rows = DraftCondition.objects.filter(
        draft__order=order, draft__state=DraftState.APPROVED, condition=None
    )
    now, end = clock.now(), order.in_force.upper
    left = [one for one in rows if (one.until or end) > now or end <= now]
    return [Unjudged(one, timetable_words(one.timetable)) for one in left]


def person_of(public_id: str) -> Person:
    """The person of that id. Raises Refused where there is none."""
    found = Person.objects.filter(public_id=public_id).first()
    if found is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return found
