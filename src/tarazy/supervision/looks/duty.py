# SPDX-License-Identifier: EUPL-1.2
"""What the page of an alert gives an operator to work with: the protocol's steps, contacts, device.

Parts of the look at the alert; they have no door of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tarazy.core.access import Role
from tarazy.core.models import User
from tarazy.supervision.gateway.commands import CommandKind
from tarazy.supervision.gateway.languages import TITLES, commands_of
from tarazy.supervision.models import (
    Act,
    Alert,
    AlertState,
    AlertVersion,
    Contact,
    ContactKind,
    Fitting,
    Fix,
    Person,
    Shift,
    StepKind,
    WearerState,
)
from tarazy.supervision.protocols import read_steps

TAKERS_MAX = 100
CHARGING_SEEN = timedelta(days=1)
FINISHED = (Act.STEP_DONE, Act.STEP_FAILED, Act.STEP_UNDONE)
CALLS: dict[StepKind, frozenset[ContactKind]] = {
    StepKind.CALL_PERSON: frozenset({ContactKind.OWN}),
    StepKind.VIDEO: frozenset({ContactKind.OWN}),
    StepKind.CALL_HOUSEHOLD: frozenset({ContactKind.HOUSEHOLD, ContactKind.GUARDIAN}),
}
"""Whose numbers a step calls."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a protocol, and how far it is."""

    number: int
    kind: StepKind
    text: str
    minutes: int
    state: str
    """`done`, `failed`, `now` or `later`."""
    version: AlertVersion | None
    """What was written when it was finished."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The protocol of an alert, and where it stands."""

    number: int
    take_min: int
    stages: Sequence[Stage]

    @property
    def current(self) -> Stage | None:
        """The step under way; None after the last."""
        return next((one for one in self.stages if one.state == "now"), None)

    @property
    def behind(self) -> int:
        """How many steps are behind."""
        return sum(one.state in {"done", "failed"} for one in self.stages)


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number to call: the person's own, or a contact's."""

    contact_id: str
    kind: ContactKind
    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """What is known of the device on somebody now."""

    fitting: Fitting
    language: str
    heard_at: datetime | None
    battery_percent: float | None
    charging: bool | None
    commands: frozenset[CommandKind]

    @property
    def may_locate(self) -> bool:
        """Whether it can be asked where it is."""
        return CommandKind.LOCATE in self.commands

    @property
    def may_vibrate(self) -> bool:
        """Whether it can be felt."""
        return CommandKind.VIBRATE in self.commands


def progress(alert: Alert, versions: Sequence[AlertVersion]) -> Progress | None:
    """The steps of an alert's protocol; None while it has not begun. `versions` newest first."""
    if alert.protocol is None:
        return None
    stack: list[AlertVersion] = []
    for version in reversed(versions):
        if version.act == Act.STEP_UNDONE and stack:
            stack.pop()
        elif version.act in {Act.STEP_DONE, Act.STEP_FAILED}:
            stack.append(version)
    stages = []
    for number, step in enumerate(read_steps(alert.protocol.steps)):
        written = stack[number] if number < min(len(stack), alert.step) else None
        state = "now" if number == alert.step else "later"
        if written is not None:
            state = "done" if written.act == Act.STEP_DONE else "failed"
        stages.append(Stage(number, step.kind, step.text, step.minutes, state, written))
    return Progress(alert.protocol.number, alert.protocol.take_min, stages)


def telephones(person: Person) -> list[Telephone]:
    """Whom to call about a person, the own number first."""
    own = [Telephone("", ContactKind.OWN, person.full_name, person.phone)] if person.phone else []
    rows = Contact.objects.filter(person=person, removed_at=None).order_by("id")
    return own + [Telephone(c.public_id, ContactKind(c.kind), c.name, c.phone) for c in rows]


def device_of(person: Person, now: datetime) -> DeviceFacts | None:
    """The device that somebody wears now: battery, last report, charging."""
    fitting = (
        Fitting.objects.filter(person=person, period__contains=now).select_related("device").first()
    )
    if fitting is None:
        return None
    state = WearerState.objects.filter(person=person).first()
    last = (
        Fix.objects.filter(person_id=person.pk, at__gte=now - CHARGING_SEEN, charging__isnull=False)
        .order_by("-at")
        .values_list("charging", flat=True)
        .first()
    )
    return DeviceFacts(
        fitting=fitting,
        language=TITLES[fitting.device.kind],
        heard_at=state.heard_at if state else None,
        battery_percent=state.battery_percent if state else None,
        charging=last,
        commands=commands_of(fitting.device.kind),
    )


def takers(alert: Alert, but: str) -> list[tuple[User, bool]]:
    """Whom an alert may be handed to, and whether they are on duty; those on duty first."""
    roles = [Role.OPERATOR.value, Role.SUPERVISOR.value]
    people = User.objects.filter(is_active=True, roles__overlap=roles).exclude(public_id=but)
    on_duty = set(Shift.objects.filter(ended_at=None).values_list("user_id", flat=True))
    found = [(user, user.pk in on_duty) for user in people.order_by("username")[:TAKERS_MAX]]
    officer = alert.order.officer if alert.order else None
    if officer and officer.is_active and officer.public_id != but:
        found.append((officer, officer.pk in on_duty))
    return sorted(found, key=lambda one: not one[1])


def held_by(user_pk: int) -> int:
    """How many open alerts somebody has in hand."""
    return Alert.objects.filter(holder_id=user_pk).exclude(state=AlertState.RESOLVED).count()
