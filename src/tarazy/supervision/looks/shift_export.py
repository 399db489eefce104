# SPDX-License-Identifier: EUPL-1.2
"""The shift as tables that leave the service: a look of its own, so the log has who took them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext

from tarazy.core.door import Door, look
from tarazy.core.models import User
from tarazy.core.sheets import Cell, Sheet, facts
from tarazy.supervision.basis import listed
from tarazy.supervision.cards import EVER
from tarazy.supervision.gateway.languages import TITLES
from tarazy.supervision.looks.board import of_these
from tarazy.supervision.looks.filters import SEVERITIES
from tarazy.supervision.looks.shift import Share, false_causes, sheet_of
from tarazy.supervision.looks.shift import Sheet as Shown
from tarazy.supervision.models import Alert, AlertState, Fitting

ALERTS_MAX = 20_000
TABLES = ("summary", "alerts", "rules", "kinds", "work", "devices")


@look("supervision.shift.export")
def export(door: Door, now: datetime, hours: int, tables: Sequence[str] = TABLES) -> list[Sheet]:
    """Take away the tables of a shift: alerts with their times, shares, work, devices."""
    people = listed(door, "shift", now)
    shown = sheet_of(door.actor, people, now, hours)
    alerts, left_out = _alerts(people, shown.since, now)
    made = (_summary(shown, left_out), alerts, *_shares(shown), _work(shown), _devices(shown))
    found = [one for one in made if one.name in tables]
    door.keep(hours=str(hours), tables=" ".join(one.name for one in found))
    door.keep(alerts=str(len(alerts.rows)))
    return found


def _summary(shown: Shown, left_out: int) -> Sheet:
    told: list[tuple[str, str, Cell]] = [
        ("since", gettext("from"), shown.since),
        ("until", gettext("until"), shown.until),
        ("resolved", gettext("Resolved"), shown.resolved),
        ("to_take", gettext("Until taken in hand, median"), shown.to_take),
        ("to_resolve", gettext("Until resolved, median"), shown.to_resolve),
        ("open", gettext("Open alerts"), len(shown.waiting.lines) + shown.waiting.more),
        ("left_out", gettext("Alerts that the table leaves out"), left_out),
        ("devices_left_out", gettext("Devices that the table leaves out"), shown.devices_more),
    ]
    return facts("summary", gettext("Shift"), told)


def _alerts(people: Q, since: datetime, now: datetime) -> tuple[Sheet, int]:
    """Every alert that was open at some time of the window, the newest first, and how many more."""
    worn = Fitting.objects.filter(person=OuterRef("person"), period__contains=OuterRef("since"))
    running = ~Q(state=AlertState.RESOLVED) & Q(known_at__lt=now)
    closed = Q(resolved_at__gte=since, resolved_at__lt=now)
    found = of_these(Alert.objects.filter(running | closed), people)
    rows = (
        found.annotate(device_kind=Subquery(worn.values("device__kind")[:1]))
        .select_related("person", "holder")
        .order_by("-known_at", "-pk")
    )
    taken = list(rows[: ALERTS_MAX + 1])
    left_out = found.count() - ALERTS_MAX if len(taken) > ALERTS_MAX else 0
    false = false_causes()
    sheet = Sheet(
        name="alerts",
        title=gettext("Alerts"),
        columns=[
            ("alert", gettext("Alert")),
            ("person", gettext("Person")),
            ("name", gettext("Name")),
            ("rule", gettext("Code")),
            ("rule_title", gettext("Rule")),
            ("severity", gettext("Urgency")),
            ("state", gettext("State")),
            ("began_utc", gettext("It began")),
            ("known_utc", gettext("We knew")),
            ("taken_utc", gettext("Taken in hand")),
            ("resolved_utc", gettext("Resolved")),
            ("to_take_s", gettext("Until taken in hand, min")),
            ("to_resolve_s", gettext("Until resolved, min")),
            ("escalated_utc", gettext("Escalated")),
            ("holder", gettext("In hand of")),
            ("cause", gettext("Cause")),
            ("for_nothing", gettext("For nothing")),
            ("device", gettext("Kind of device")),
        ],
        rows=[_row(one, false) for one in taken[:ALERTS_MAX]],
    )
    return sheet, left_out


def _row(alert: Alert, false: Iterable[str]) -> list[Cell]:
    kind = getattr(alert, "device_kind", None)
    severity = SEVERITIES.get(alert.severity, alert.severity)
    return [
        alert.public_id,
        alert.person.public_id if alert.person else "",
        alert.person.full_name if alert.person else gettext("Our own service"),
        alert.rule,
        gettext(EVER[alert.rule].title) if alert.rule in EVER else alert.rule,
        gettext(severity),
        gettext(alert.get_state_display()),
        alert.since,
        alert.known_at,
        alert.taken_at,
        alert.resolved_at,
        _span(alert.known_at, alert.taken_at),
        _span(alert.known_at, alert.resolved_at),
        alert.escalated_at,
        _name(alert.holder),
        alert.get_cause_display() if alert.cause else "",
        gettext("yes") if alert.cause in false else "",
        TITLES.get(kind, "") if kind else "",
    ]


def _shares(shown: Shown) -> tuple[Sheet, Sheet]:
    """By rule, and by kind of device."""
    counts = [
        ("resolved", gettext("Resolved")),
        ("for_nothing", gettext("For nothing")),
        ("percent", "%"),
    ]

    def rows(shares: Sequence[Share]) -> list[list[Cell]]:
        return [
            [gettext(one.title) if one.title else "", one.resolved, one.false, one.percent]
            for one in shares
        ]

    return (
        Sheet(
            name="rules",
            title=gettext("By rule"),
            columns=[("rule", gettext("Rule")), *counts],
            rows=rows(shown.by_rule),
        ),
        Sheet(
            name="kinds",
            title=gettext("By kind of device"),
            columns=[("kind", gettext("Kind of device")), *counts],
            rows=rows(shown.by_device),
        ),
    )


def _work(shown: Shown) -> Sheet:
    return Sheet(
        name="work",
        title=gettext("Work of each"),
        columns=[
            ("who", gettext("Who")),
            ("on_duty", gettext("On duty")),
            ("taken", gettext("Taken in hand")),
            ("steps", gettext("Steps")),
            ("resolved", gettext("Resolved")),
            ("held", gettext("In hand now")),
        ],
        rows=[
            [one.name, gettext("yes") if one.on_duty else "", one.taken, one.steps, one.resolved,
             one.held]
            for one in shown.work
        ],
    )  # fmt: skip


def _devices(shown: Shown) -> Sheet:
    words = {
        "battery": gettext("battery"),
        "silent": gettext("silent"),
        "tamper": gettext("tamper"),
    }
    return Sheet(
        name="devices",
        title=gettext("Devices that need a person"),
        columns=[
            ("person", gettext("Person")),
            ("name", gettext("Name")),
            ("device", gettext("Device")),
            ("reasons", gettext("Why")),
            ("battery_percent", gettext("Battery, %")),
            ("heard_utc", gettext("Last heard")),
        ],
        rows=[
            [
                one.person.public_id,
                one.person.full_name,
                one.device.identifier,
                ", ".join(words[reason] for reason in one.reasons),
                None if one.battery_percent is None else round(one.battery_percent),
                one.heard_at,
            ]
            for one in shown.devices
        ],
    )


def _span(since: datetime, until: datetime | None) -> timedelta | None:
    return None if until is None else until - since


def _name(user: User | None) -> str:
    return "" if user is None else user.get_full_name() or user.username
