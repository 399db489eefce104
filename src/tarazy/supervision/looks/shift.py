# SPDX-License-Identifier: EUPL-1.2
"""A shift as the next one takes it over: who is on duty, what is open, how the work went.

Figures count alerts that were resolved in the window, among people whom the reader may see.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.aggregates import Aggregate
from django.db.models.expressions import Combinable

from tarazy.core.access import Actor
from tarazy.core.door import Door, look
from tarazy.core.models import User
from tarazy.supervision.basis import listed
from tarazy.supervision.cards import EVER
from tarazy.supervision.causes import false_codes
from tarazy.supervision.gateway.languages import TITLES
from tarazy.supervision.looks.board import Waiting, of_these, waiting
from tarazy.supervision.looks.drafts import unheard
from tarazy.supervision.looks.words import span_words
from tarazy.supervision.models import (
    Act,
    Alert,
    AlertVersion,
    Device,
    Fitting,
    Order,
    Person,
    Shift,
    WearerState,
)

HOURS = (8, 12, 24, 168)
DEVICES_MAX = 100
DEVICES_ASKED = 200
UNHEARD_MAX = 50
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
    devices_more: int
    """How many devices need a person besides."""
    unheard: Sequence[Order]
    """People under an order who wear no device, and of whom no check-in is planned."""
    unheard_more: int

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
    door.keep(hours=str(hours))
    return sheet_of(door.actor, people, now, hours)


def sheet_of(actor: Actor, people: Q, now: datetime, hours: int) -> Sheet:
    """The sheet about these people; for looks, which asked for permission."""
    since = now - timedelta(hours=hours)
    done = of_these(Alert.objects.filter(resolved_at__gte=since, resolved_at__lt=now), people)
    shares = _shares(done)
    times = done.aggregate(
        take=Median(_span("taken_at"), filter=Q(taken_at__isnull=False)),
        resolve=Median(_span("resolved_at")),
        count=Count("pk"),
    )
    devices, devices_more = _needy(people, now)
    running = Order.objects.filter(
        in_force__contains=now, person__in=Person.objects.filter(people).values("pk")
    )
    silent = unheard(running, now).select_related("person").order_by("in_force__startswith", "pk")
    unheard_of = list(silent[: UNHEARD_MAX + 1])
    on_duty = list(Shift.objects.filter(ended_at=None).select_related("user").order_by("began_at"))
    return Sheet(
        since=since,
        until=now,
        mine=next((one for one in on_duty if one.user_id == actor.user_pk), None),
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
        by_rule=_by(shares, lambda row: _title(row["rule"])),
        by_device=_by(
            [row for row in shares if row["of_person"]],
            lambda row: TITLES[row["kind"]] if row["kind"] else "",
        ),
        devices=devices,
        devices_more=devices_more,
        unheard=unheard_of[:UNHEARD_MAX],
        unheard_more=silent.count() - UNHEARD_MAX if len(unheard_of) > UNHEARD_MAX else 0,
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


def _shares(done: QuerySet[Alert]) -> list[dict[str, Any]]:
    """How many were resolved of each rule and kind of device, and how many called for nothing.

    The kind is that of the device that the person wore when the alert began.
    """
    worn = Fitting.objects.filter(person=OuterRef("person"), period__contains=OuterRef("since"))
    kinds = done.annotate(
        kind=Subquery(worn.values("device__kind")[:1]), of_person=Q(person__isnull=False)
    )
    rows = kinds.values("rule", "kind", "of_person")
    return [dict(row) for row in rows.annotate(resolved=Count("pk"), false=_false())]


def _by(rows: Sequence[dict[str, Any]], name: Callable[[dict[str, Any]], str]) -> list[Share]:
    """The same by one thing alone, the most first."""
    resolved: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for row in rows:
        resolved[name(row)] += row["resolved"]
        false[name(row)] += row["false"]
    return [Share(title, count, false[title]) for title, count in resolved.most_common()]


def _title(rule: str) -> str:
    return EVER[rule].title if rule in EVER else rule


def false_causes() -> list[str]:
    """Causes of alerts that called for nothing."""
    return false_codes(settings.TARAZY.causes)


def _false() -> Count:
    return Count("pk", filter=Q(cause__in=false_causes()))


def _needy(people: Q, now: datetime) -> tuple[list[Needy], int]:
    """Devices that somebody has to see to, and how many more: tamper first, then the longest
    silent. After a cut in the network hundreds are silent, and none of them hides a cut strap."""
    tampered = set(
        Alert.objects.filter(rule__in=TAMPERS, person__isnull=False)
        .exclude(state="resolved")
        .values_list("person", flat=True)
    )
    low, silent = Q(battery_percent__lte=BATTERY_PERCENT_LOW), Q(heard_at__lt=now - SILENT)
    worn = Fitting.objects.filter(period__contains=now, period__startswith__lt=now - SILENT)
    never = Q(heard_at=None) & Exists(worn.filter(person=OuterRef("person")))
    wanting = WearerState.objects.filter(
        (low | silent | Q(person__in=tampered)) & Q(device__isnull=False) | never
    )
    # Without any tamper a choice of nothing is the number 1: to PostgreSQL its first column.
    first = [Case(When(person__in=tampered, then=0), default=1)] if tampered else []
    wanting = wanting.order_by(*first, F("heard_at").asc(nulls_first=True), "pk")
    states = _first_reached(wanting, people)
    unheard = [one.person_id for one in states if one.device is None]
    fitted = {
        one.person_id: one.device
        for one in worn.filter(person__in=unheard).select_related("device")
    }
    found = []
    for one in states:
        reasons = []
        if one.battery_percent is not None and one.battery_percent <= BATTERY_PERCENT_LOW:
            reasons.append("battery")
        if one.heard_at is None or one.heard_at < now - SILENT:
            reasons.append("silent")
        if one.person_id in tampered:
            reasons.append("tamper")
        device = one.device or fitted.get(one.person_id)
        if device is not None:
            found.append(Needy(one.person, device, reasons, one.battery_percent, one.heard_at))
    whole = len(states) < DEVICES_MAX
    in_all = 0 if whole else Person.objects.filter(people, state__in=wanting.order_by()).count()
    return found, max(0, in_all - len(states))


def _first_reached(wanting: QuerySet[WearerState], people: Q) -> list[WearerState]:
    """The first of these states whose person is among these people.

    A few are asked for first: nearly everybody who has a state is, and thousands may be silent.
    """
    found: list[int] = []
    for part in (slice(0, DEVICES_ASKED), slice(DEVICES_ASKED, None)):
        some = list(wanting.values_list("pk", flat=True)[part])
        reached = set(Person.objects.filter(people, pk__in=some).values_list("pk", flat=True))
        found += [key for key in some if key in reached]
        if len(found) >= DEVICES_MAX or len(some) < DEVICES_ASKED:
            break
    rows = WearerState.objects.select_related("person", "device").in_bulk(found[:DEVICES_MAX])
    return [rows[key] for key in found[:DEVICES_MAX] if key in rows]
