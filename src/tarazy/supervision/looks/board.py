# SPDX-License-Identifier: EUPL-1.2
"""The board: everybody under an order, where they were last, and which alerts wait for a person.

The live stream reads through the same functions: it was opened as a look of its own
(`supervision.live.open`), and asks for the rights again before every use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Max,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)

from tarazy.core.access import Role
from tarazy.core.door import Door, look
from tarazy.core.models import User
from tarazy.supervision.basis import listed
from tarazy.supervision.looks.filters import SEVERITIES, Filters
from tarazy.supervision.looks.words import certainty, sentence_of
from tarazy.supervision.models import (
    Alert,
    AlertState,
    AlertVersion,
    CheckIn,
    CheckInRoute,
    CheckInState,
    Person,
    WearerState,
)

ALERTS_MAX = 100
CALLS_MAX = 50
TO_CALL_MAX = 20
OFFICERS_MAX = 200
# Nobody has it, or it is late; then severity, late ones, what still goes on, then the longest.
URGENCY = (
    Case(
        When(Q(state=AlertState.ACKNOWLEDGED, escalated_at=None), then=Value(1)), default=Value(0)
    ),
    Case(
        *(When(severity=name, then=Value(rank)) for rank, name in enumerate(SEVERITIES)),
        default=Value(-1),
    ),
    ExpressionWrapper(Q(escalated_at__isnull=True), output_field=BooleanField()),
    ExpressionWrapper(Q(until__isnull=False), output_field=BooleanField()),
    "since",
    "public_id",
)

CALLING = ~Q(state=AlertState.ACKNOWLEDGED) | Q(escalated_at__isnull=False)


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One open alert as the list shows it; `version` is the newest that says what happened."""

    alert: Alert
    version: AlertVersion

    @property
    def calls(self) -> bool:
        """Whether boards call it out: nobody has it yet, or it is late."""
        return self.alert.state != AlertState.ACKNOWLEDGED or self.alert.escalated_at is not None

    @property
    def sentence(self) -> str:
        """What happened, in the language that is active when it is asked."""
        return sentence_of(self.version)

    @property
    def certainty(self) -> str:
        """How sure we are, in words."""
        return certainty(self.version.probability)


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """The open alerts of one person, the most urgent first; no person: of our own service."""

    person: Person | None
    lines: Sequence[AlertLine]

    @property
    def document_number(self) -> str:
        """Of the order: two people may have the same name."""
        order = self.lines[0].alert.order
        return order.document_number if order else ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The most urgent open alerts by person, and how many `more` the list leaves out."""

    groups: list[AlertGroup]
    more: int

    @property
    def lines(self) -> list[AlertLine]:
        """All of them, without the people."""
        return [line for group in self.groups for line in group.lines]


@dataclass(frozen=True, slots=True)
class ToCall:
    """Check-ins by a call whose time has come, the most pressing first, and how many `more`."""

    asked: Sequence[CheckIn]
    more: int


@dataclass(frozen=True, slots=True)
class Board:
    """What the control centre shows first; the map's people come with the live stream."""

    waiting: Waiting
    to_call: ToCall
    people_count: int
    officers: Sequence[User]
    """For the filter."""


@look("supervision.board.view")
def board(door: Door, now: datetime, filters: Filters | None = None) -> Board:
    """See everybody under an order in force, and the alerts that wait for a person."""
    people = listed(door, "board", now)
    filters = filters or Filters()
    if filters.query():
        door.keep(filters=filters.query())
    return Board(
        waiting=waiting(people, filters, door.actor.user_pk),
        to_call=to_call(people),
        people_count=Person.objects.filter(people).count(),
        officers=list(
            User.objects.filter(is_active=True, roles__contains=[Role.OFFICER]).order_by(
                "last_name", "username"
            )[:OFFICERS_MAX]
        ),
    )


def last_change() -> int:
    """The number of the newest change of any wearer's state."""
    return WearerState.objects.aggregate(last=Max("change"))["last"] or 0


COLUMNS = (
    "person__public_id", "person__full_name", "lat", "lon", "accuracy_m", "at", "heard_at",
    "battery_percent", "urgency",
)  # fmt: skip


def wearers(people: Q, *, after: int | None = None) -> list[dict[str, Any]]:
    """Where these people were last, as the map takes it; only what changed `after` that number."""
    states = WearerState.objects.filter(person__in=Person.objects.filter(people))
    if after is not None:
        states = states.filter(change__gt=after)
    return [_wearer(*row) for row in states.order_by("person__sort_key").values_list(*COLUMNS)]


def wearer(state: WearerState) -> dict[str, Any]:
    """One person on the map: place in degrees, accuracy in metres (null: unknown), ISO times."""
    person = state.person
    facts = (state.lat, state.lon, state.accuracy_m, state.at, state.heard_at)
    return _wearer(person.public_id, person.full_name, *facts, state.battery_percent, state.urgency)


def _wearer(  # noqa: PLR0913, PLR0917 - a row of the table
    public_id: str,
    name: str,
    lat: float | None,
    lon: float | None,
    accuracy_m: float | None,
    at: datetime | None,
    heard_at: datetime | None,
    battery_percent: float | None,
    urgency: str,
) -> dict[str, Any]:
    return {
        "id": public_id,
        "name": name,
        "lat": lat,
        "lon": lon,
        "accuracy_m": accuracy_m,
        "at": at.isoformat() if at else None,
        "heard_at": heard_at.isoformat() if heard_at else None,
        "battery_percent": battery_percent,
        "urgency": urgency,
    }


def waiting(people: Q, filters: Filters | None = None, user_pk: int | None = None) -> Waiting:
    """Open alerts of these people and of our own service, by urgency and age, for each person."""
    found = open_alerts(people).filter((filters or Filters()).where(user_pk))
    counted = found.annotate(in_all=Window(Count("*"))).order_by(*URGENCY)
    current = list(counted.prefetch_related("person", "order", "holder")[:ALERTS_MAX])
    more = current[0].in_all - len(current) if current else 0
    by_person: dict[int | None, list[AlertLine]] = {}
    for line in lines_of(current):
        by_person.setdefault(line.alert.person_id, []).append(line)
    groups = [AlertGroup(lines[0].alert.person, lines) for lines in by_person.values()]
    return Waiting(groups, more)


def to_call(people: Q) -> ToCall:
    """Check-ins by a call whose time has come: somebody of the duty telephones, and notes it."""
    asked = CheckIn.objects.filter(state=CheckInState.ASKED, route=CheckInRoute.CALL)
    reached = Person.objects.filter(people, pk__in=asked.values("order__person"))
    found = asked.filter(order__person__in=reached).select_related("order__person")
    rows = list(found.annotate(in_all=Window(Count("*"))).order_by("until", "pk")[:TO_CALL_MAX])
    return ToCall(rows, rows[0].in_all - len(rows) if rows else 0)


def calls(people: Q) -> list[AlertLine]:
    """What a board must call out whatever it filters: what nobody has yet, or what is late."""
    found = open_alerts(people).filter(CALLING).prefetch_related("person")
    return lines_of(list(found.order_by(*URGENCY)[:CALLS_MAX]))


def lines_of(alerts: Sequence[Alert]) -> list[AlertLine]:
    """Each alert with the newest version that says what happened, not that it is over."""
    keys = [alert.pk for alert in alerts]
    newest = {
        row.alert_id: row
        for row in AlertVersion.objects.filter(alert__in=keys, number=F("alert__version"))
    }
    ended = [key for key, row in newest.items() if row.until is not None]
    running = AlertVersion.objects.filter(alert__in=ended, until=None)
    claims = {
        row.alert_id: row
        for row in running.order_by("alert", "-number").distinct("alert")  # PostgreSQL's own
    }
    return [
        AlertLine(alert, claims.get(alert.pk, newest[alert.pk]))
        for alert in alerts
        if alert.pk in newest
    ]


def open_alerts(people: Q) -> Any:
    """Open alerts of these people, and those about our own service."""
    return of_these(Alert.objects.exclude(state=AlertState.RESOLVED), people)


def of_these(alerts: QuerySet[Alert], people: Q) -> QuerySet[Alert]:
    """Those of these people, and about our own service.

    Only people with such an alert are looked at: there are ten times as many without.
    """
    reached = Person.objects.filter(people, pk__in=alerts.values("person"))
    return alerts.filter(Q(person=None) | Q(person__in=reached))
