# SPDX-License-Identifier: EUPL-1.2
"""A shift as the next one takes it over: who is on duty, what is open, how the work went.

Figures count alerts that were resolved in the window, among people whom the reader may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.aggregates import Aggregate
from django.db.models.expressions import Combinable

from tarazy.core.door import Door, look
from tarazy.core.models import User
from tarazy.supervision.basis import listed
from tarazy.supervision.cards import CARDS
from tarazy.supervision.gateway.languages import TITLES
from tarazy.supervision.looks.board import Waiting, waiting
from tarazy.supervision.looks.words import span_words
from tarazy.supervision.models import (
    FALSE_CAUSES,
    Act,
    Alert,
    AlertVersion,
    Device,
    Fitting,
    Person,
    Shift,
    WearerState,
)

HOURS = (8, 12, 24, 168)
DEVICES_MAX = 100
SHIFTS_MAX = 10
BATTERY_PERCENT_LOW = 20
SILENT = timedelta(hours=1)
TAMPERS = ("S-STRAP-TAMPER", "S-CASE-TAMPER", "S-REMOVAL")


class Median(Aggregate):
    """The middle value (PostgreSQL)."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Work:
    """What one operator did in the window, and holds now."""

    name: str
    on_duty: bool
    taken: int
    resolved: int
    steps: int
    held: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many alerts of a kind were resolved, and how many of them called for nothing."""

    title: str
    resolved: int
    false: int

    @property
    def percent(self) -> int:
        """The false ones, of a hundred."""
        return round(100 * self.false / self.resolved) if self.resolved else 0


@dataclass(frozen=True, slots=True)
class Needy:
    """A device that somebody has to see to, and why."""

    person: Person
    device: Device
    reasons: Sequence[str]
    """Of `battery`, `silent`, `tamper`."""
    battery_percent: float | None
    heard_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The hand-over sheet."""

    since: datetime
    until: datetime
    mine: Shift | None
    on_duty: Sequence[Shift]
    notes: Sequence[Shift]
    waiting: Waiting
    work: Sequence[Work]
    to_take: timedelta | None
    to_resolve: timedelta | None
    resolved: int
    by_rule: Sequence[Share]
    by_device: Sequence[Share]
    devices: Sequence[Needy]

    @property
    def take_words(self) -> str:
        """The median until an alert is taken, in words."""
        return span_words(self.to_take)

    @property
    def resolve_words(self) -> str:
        """The median until an alert is resolved, in words."""
        return span_words(self.to_resolve)


@look("supervision.shift.view")
def sheet(door: Door, now: datetime, hours: int) -> Sheet:
    """See the hand-over sheet: open alerts, work of the window, devices that need a person."""
    people = listed(door, "shift", now)
    since = now - timedelta(hours=hours)
    door.keep(hours=str(hours))
    mine = Q(person=None) | Q(Exists(Person.objects.filter(people, pk=OuterRef("person"))))
    done = Alert.objects.filter(mine, resolved_at__gte=since, resolved_at__lt=now)
    times = done.aggregate(
        take=Median(_span("taken_at"), filter=Q(taken_at__isnull=False)),
        resolve=Median(_span("resolved_at")),
        count=Count("pk"),
    )
    on_duty = list(Shift.objects.filter(ended_at=None).select_related("user").order_by("began_at"))
    return Sheet(
        since=since,
        until=now,
        mine=next((one for one in on_duty if one.user_id == door.actor.user_pk), None),
        on_duty=on_duty,
        notes=list(
            Shift.objects.filter(ended_at__gte=since)
            .exclude(note="")
            .select_related("user")
            .order_by("-ended_at")[:SHIFTS_MAX]
        ),
        waiting=waiting(people),
        work=_work(since, now, {one.user_id for one in on_duty}),
        to_take=times["take"],
        to_resolve=times["resolve"],
        resolved=times["count"],
        by_rule=_by_rule(done),
        by_device=_by_device(done),
        devices=_needy(people, now),
    )


def _span(end: str) -> Combinable:
    return ExpressionWrapper(F(end) - F("known_at"), output_field=DurationField())


def _work(since: datetime, until: datetime, on_duty: set[int]) -> list[Work]:
    acts = AlertVersion.objects.filter(known_at__gte=since, known_at__lt=until).exclude(act="")
    rows = (
        acts.exclude(actor__startswith="sys_")
        .values("actor")
        .annotate(
            taken=Count("pk", filter=Q(act=Act.TAKEN)),
            resolved=Count("pk", filter=Q(act=Act.RESOLVED)),
            steps=Count("pk", filter=Q(act__in=(Act.STEP_DONE, Act.STEP_FAILED))),
        )
    )
    done: dict[str, dict[str, Any]] = {row["actor"]: dict(row) for row in rows}
    held = {
        row["holder"]: row["count"]
        for row in Alert.objects.filter(holder__isnull=False)
        .exclude(state="resolved")
        .values("holder")
        .annotate(count=Count("pk"))
    }
    who = Q(public_id__in=done) | Q(pk__in=on_duty | set(held))
    return [
        Work(
            name=user.get_full_name() or user.username,
            on_duty=user.pk in on_duty,
            held=held.get(user.pk, 0),
            taken=done.get(user.public_id, {}).get("taken", 0),
            resolved=done.get(user.public_id, {}).get("resolved", 0),
            steps=done.get(user.public_id, {}).get("steps", 0),
        )
        for user in User.objects.filter(who).order_by("username")
    ]


def _by_rule(done: QuerySet[Alert]) -> list[Share]:
    rows = done.values("rule").annotate(resolved=Count("pk"), false=_false()).order_by("-resolved")
    return [
        Share(
            CARDS[row["rule"]].title if row["rule"] in CARDS else row["rule"],
            row["resolved"],
            row["false"],
        )
        for row in rows
    ]


def _title(rule: str) -> str:
    return CARDS[rule].title if rule in CARDS else rule


def _by_device(done: QuerySet[Alert]) -> list[Share]:
    """By the language of the device that the person wore when the alert began."""
    worn = Fitting.objects.filter(person=OuterRef("person"), period__contains=OuterRef("since"))
    kinds = done.filter(person__isnull=False).annotate(
        kind=Subquery(worn.values("device__kind")[:1])
    )
    rows = kinds.values("kind").annotate(resolved=Count("pk"), false=_false())
    return [
        Share(TITLES[row["kind"]] if row["kind"] else "", row["resolved"], row["false"])
        for row in rows.order_by("-resolved")
    ]


def _false() -> Count:
    return Count("pk", filter=Q(cause__in=[cause.value for cause in FALSE_CAUSES]))


def _needy(people: Q, now: datetime) -> list[Needy]:
    tampered = set(
        Alert.objects.filter(rule__in=TAMPERS, person__isnull=False)
        .exclude(state="resolved")
        .values_list("person", flat=True)
    )
    low, silent = Q(battery_percent__lte=BATTERY_PERCENT_LOW), Q(heard_at__lt=now - SILENT)
    states = (
        WearerState.objects.filter(Exists(Person.objects.filter(people, pk=OuterRef("person"))))
        .filter(low | silent | Q(person__in=tampered), device__isnull=False)
        .select_related("person", "device")
        .order_by("heard_at")[:DEVICES_MAX]
    )
    found = []
    for one in states:
        reasons = []
        if one.battery_percent is not None and one.battery_percent <= BATTERY_PERCENT_LOW:
            reasons.append("battery")
        if one.heard_at is not None and one.heard_at < now - SILENT:
            reasons.append("silent")
        if one.person_id in tampered:
            reasons.append("tamper")
        if one.device is not None:
            found.append(Needy(one.person, one.device, reasons, one.battery_percent, one.heard_at))
    return found
