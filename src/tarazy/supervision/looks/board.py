# SPDX-License-Identifier: EUPL-1.2
"""The board: everybody under an order, where they were last, and which alerts wait for a person.

The live stream reads through the same functions: it was opened as a look of its own
(`supervision.live.open`), and asks for the rights again before every use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, ExpressionWrapper, F, Max, Q, Value, When

from tarazy.core.door import Door, look
from tarazy.supervision.basis import listed
from tarazy.supervision.looks.words import certainty, sentence_of
from tarazy.supervision.models import Alert, AlertState, AlertVersion, Person, WearerState

ALERTS_MAX = 300
SEVERITIES = ("critical", "high", "low")
# Nobody has it yet, then severity, then still going on, then the longest.
URGENCY = (
    Case(When(alert__state=AlertState.ACKNOWLEDGED, then=Value(1)), default=Value(0)),
    Case(
        *(When(alert__severity=name, then=Value(rank)) for rank, name in enumerate(SEVERITIES)),
        default=Value(-1),
    ),
    ExpressionWrapper(Q(alert__until__isnull=False), output_field=BooleanField()),
    "alert__since",
    "alert__public_id",
)


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One open alert as the list shows it; `version` is the newest that says what happened."""

    alert: Alert
    version: AlertVersion

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """The most urgent open alerts by person, and how many `more` the list leaves out."""

    groups: list[AlertGroup]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the control centre's first page shows."""

    wearers: list[dict[str, Any]]
    waiting: Waiting
    people_count: int


@look("supervision.board.view")
def board(door: Door, now: datetime) -> Board:
    """See everybody under an order in force, and the alerts that wait for a person."""
    people = listed(door, "board", now)
    return Board(
        wearers=wearers(people),
        waiting=waiting(people),
        people_count=Person.objects.filter(people).count(),
    )


def last_change() -> int:
    """The number of the newest change of any wearer's state."""
    return WearerState.objects.aggregate(last=Max("change"))["last"] or 0


def wearers(people: Q, *, after: int | None = None) -> list[dict[str, Any]]:
    """Where these people were last, as the map takes it; only what changed `after` that number."""
    states = WearerState.objects.filter(person__in=Person.objects.filter(people))
    if after is not None:
        states = states.filter(change__gt=after)
    return [wearer(state) for state in states.select_related("person").order_by("person__sort_key")]


def wearer(state: WearerState) -> dict[str, Any]:
    """One person on the map: place in degrees, accuracy in metres (null: unknown), ISO times."""
    return {
        "id": state.person.public_id,
        "name": state.person.full_name,
        "lat": state.lat,
        "lon": state.lon,
        "accuracy_m": state.accuracy_m,
        "at": state.at.isoformat() if state.at else None,
        "heard_at": state.heard_at.isoformat() if state.heard_at else None,
        "battery_percent": state.battery_percent,
        "urgency": state.urgency,
    }


def waiting(people: Q) -> Waiting:
    """Open alerts of these people and of our own service, by urgency and age, for each person."""
    found = (
        AlertVersion.objects.filter(number=F("alert__version"))
        .exclude(alert__state=AlertState.RESOLVED)
        .filter(Q(alert__person__in=Person.objects.filter(people)) | Q(alert__person=None))
    )
    current = list(found.select_related("alert__person").order_by(*URGENCY)[:ALERTS_MAX])
    more = found.count() - ALERTS_MAX if len(current) == ALERTS_MAX else 0
    ended = [row.alert_id for row in current if row.until is not None]
    running = AlertVersion.objects.filter(alert__in=ended, until=None)
    claims = {
        row.alert_id: row
        for row in running.order_by("alert", "-number").distinct("alert")  # PostgreSQL's own
    }
    by_person: dict[int | None, list[AlertLine]] = {}
    for row in current:
        line = AlertLine(row.alert, claims.get(row.alert_id, row))
        by_person.setdefault(row.alert.person_id, []).append(line)
    groups = [AlertGroup(lines[0].alert.person, lines) for lines in by_person.values()]
    return Waiting(groups, max(0, more))
