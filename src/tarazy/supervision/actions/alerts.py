# SPDX-License-Identifier: EUPL-1.2
"""What people do about alerts: take, give back, hand over, note, telephone, escalate, resolve,
and take a resolution back.

Each act adds a version. Callers pass the version that they saw: what another person did meanwhile
refuses the act, so that nobody overwrites anybody. The engine writes versions too, and often: only
a resolution must rest on its newest facts. Whoever works on an alert has it in hand, and everybody
sees that; another one must take it over knowingly.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from tarazy.core import clock
from tarazy.core.access import POLICY, Actor, Role
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.protocols import protocol_of
from tarazy.supervision.basis import permit_alert
from tarazy.supervision.cards import SAFE_TOGETHER, TOGETHER_MAX
from tarazy.supervision.models import Act, Alert, AlertState, AlertVersion, Contact
from tarazy.supervision.protocols import read_steps
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.rules.interface import RESOLVED

NOTE_LENGTH_MAX = 2000
REOPENED_MAX = timedelta(days=1)
SYSTEM_PREFIX = "sys_"
TAKE = "supervision.alert.acknowledge"
BEGUN = "supervision.alerts.begun"
OURS = (
    "state", "version", "holder", "taken_at", "resolved_at", "cause", "protocol", "step", "due_at",
    "escalated_at", "until",
)  # fmt: skip
"""What people change of an alert, its end by taking a resolution back; the rest is the engine's."""


@action(TAKE)
def acknowledge(door: Door, alert_id: str, version: int, note: str = "") -> Alert:
    """Take an alert in hand, so that others see who is on it."""
    alert = open_alert(door, alert_id)
    me = _me(door)
    if alert.holder_id == me.pk and alert.state == AlertState.ACKNOWLEDGED:
        return alert
    _check_unchanged(door, alert, version)
    check_free(door, alert)
    _hold(alert, me)
    return write(door, alert, Act.TAKEN, note)


@action("supervision.alert.release")
def release(door: Door, alert_id: str, version: int, note: str = "") -> Alert:
    """Give an alert back: it waits for somebody again."""
    alert = open_alert(door, alert_id)
    _check_unchanged(door, alert, version)
    check_free(door, alert)
    if alert.holder is None:
        raise Refused(Refusal.ALERT_CHANGED)
    alert.holder = None
    if alert.state == AlertState.ACKNOWLEDGED:
        alert.state = _unheld(alert)
    if alert.protocol is not None:
        alert.due_at = clock.now() + timedelta(minutes=alert.protocol.take_min)
    return write(door, alert, Act.RELEASED, note)


@action("supervision.alert.hand_over")
def hand_over(door: Door, alert_id: str, version: int, to: str, note: str = "") -> Alert:
    """Put an alert into somebody's hands; taking over another's alert needs a reason."""
    alert = open_alert(door, alert_id)
    _check_unchanged(door, alert, version)
    if alert.holder and alert.holder.public_id != door.actor.id and not note.strip():
        raise Refused(Refusal.NOTE_MISSING)
    taker = User.objects.filter(public_id=to, is_active=True).first()
    if taker is None or not may_take(taker, alert):
        raise Refused(Refusal.TAKER_UNKNOWN)
    if taker.pk == alert.holder_id:
        raise Refused(Refusal.ALERT_CHANGED)
    _hold(alert, taker)
    return write(door, alert, Act.HANDED_OVER, note, about=taker.public_id)


@action("supervision.alert.note")
def note(door: Door, alert_id: str, text: str) -> Alert:
    """Write down something about an alert, whoever has it in hand."""
    alert = open_alert(door, alert_id)
    if not text.strip():
        raise Refused(Refusal.NOTE_MISSING)
    return write(door, alert, Act.NOTED, text)


@action("supervision.alert.call")
def call(door: Door, alert_id: str, contact_id: str) -> Alert:
    """Note that somebody was telephoned; an empty contact is the person's own number."""
    alert = open_alert(door, alert_id)
    if alert.person is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    if (
        contact_id
        and not Contact.objects.filter(
            public_id=contact_id, person=alert.person, removed_at=None
        ).exists()
    ):
        raise Refused(CoreRefusal.NOT_FOUND)
    return write(door, alert, Act.CALLED, "", about=contact_id or alert.person.public_id)


@action("supervision.alert.escalate")
def escalate(door: Door, alert_id: str, note: str) -> Alert:
    """Call the supervisor to an alert. A person says why; the clock has its own reason."""
    alert = open_alert(door, alert_id)
    by_clock = door.actor.id.startswith(SYSTEM_PREFIX)
    if not by_clock and not note.strip():
        raise Refused(Refusal.NOTE_MISSING)
    alert.escalated_at = alert.escalated_at or clock.now()
    if by_clock:
        alert.due_at = None
    step = "" if alert.taken_at is None else str(alert.step)
    door.emit("supervision.alert.escalated", alert=alert.public_id)
    return write(door, alert, Act.ESCALATED, note, about=step if by_clock else "")


@action("supervision.alert.resolve")
def resolve(door: Door, alert_id: str, version: int, cause: str, note: str) -> Alert:
    """Close an alert with its cause, what was found and what was done.

    A breach that still goes on keeps its episode: the engine ends it, and raises no second alert.
    """
    alert = open_alert(door, alert_id)
    _check_unchanged(door, alert, version, by_engine=True)
    check_free(door, alert)
    kind = settings.TARAZY.causes.get(cause)
    if kind is None:
        raise Refused(Refusal.CAUSE_MISSING)
    if not kind.offered(alert.rule):
        raise Refused(Refusal.CAUSE_NOT_OFFERED)
    if not note.strip():
        raise Refused(Refusal.NOTE_MISSING)
    now = clock.now()
    alert.state, alert.cause, alert.resolved_at = AlertState.RESOLVED, cause, now
    alert.taken_at, alert.due_at = alert.taken_at or now, None
    alert.holder = alert.holder or _me(door)
    door.keep(cause=cause)
    return write(door, alert, Act.RESOLVED, note, about=cause)


@action("supervision.alert.reopen")
def reopen(door: Door, alert_id: str, version: int, note: str) -> Alert:
    """Take a resolution back, with the reason: the alert waits for somebody again.

    Only for a day: what was reported and counted long ago is corrected by a note in those reports.
    """
    alert = _reached(door, alert_id)
    if alert.state != AlertState.RESOLVED or alert.resolved_at is None:
        raise Refused(Refusal.ALERT_CHANGED)
    now = clock.now()
    if now - alert.resolved_at > REOPENED_MAX:
        raise Refused(Refusal.RESOLVED_LONG_AGO)
    _check_unchanged(door, alert, version)
    if not note.strip():
        raise Refused(Refusal.NOTE_MISSING)
    alert.holder, alert.cause, alert.resolved_at = None, "", None
    believed = _before_its_end(alert)
    alert.until = believed.until
    alert.state = _unheld(alert)
    if alert.protocol is not None:
        alert.due_at = now + timedelta(minutes=alert.protocol.take_min)
    return write(door, alert, Act.REOPENED, note, believed=believed)


def resolve_together(
    actor: Actor, versions: Mapping[str, int], cause: str, note: str
) -> list[Refused]:
    """Resolve several that are safe to resolve so; each is an act of its own. What was refused."""
    refused = []
    asked = Alert.objects.filter(SAFE_TOGETHER, public_id__in=list(versions)[:TOGETHER_MAX])
    safe = set(asked.values_list("public_id", flat=True))
    for alert_id, version in versions.items():
        if alert_id not in safe:
            refused.append(Refused(Refusal.NOT_TOGETHER))
            continue
        try:
            resolve(actor, alert_id, version, cause, note)
        except Refused as one:
            refused.append(one)
    return refused


def may_take(user: User, alert: Alert) -> bool:
    """Whether somebody's roles let them work on this alert."""
    roles = frozenset(Role(role) for role in user.roles if role != Role.SYSTEM)
    actor = Actor(id=user.public_id, roles=roles, user_pk=user.pk)
    reaches = POLICY.reaches(actor, TAKE)
    if alert.person is None:
        return bool(reaches)
    return any(reach.covers(actor, alert.person) for reach in reaches)


def open_alert(door: Door, alert_id: str) -> Alert:
    """The alert, locked, if the actor reaches it and it is not closed.

    Whoever is faster than the worker, which begins the protocols of new alerts, begins this one's.
    """
    alert = _reached(door, alert_id)
    if alert.state == AlertState.RESOLVED:
        raise Refused(Refusal.ALERT_RESOLVED)
    if alert.protocol is None:
        begin(alert, clock.now())
        door.emit(BEGUN, alerts=alert.public_id)
    return alert


def begin(alert: Alert, now: datetime) -> None:
    """Give a new alert the protocol of the moment; the time to take it runs from when we knew."""
    alert.protocol = protocol_of(alert.rule, alert.severity, now)
    take_by = alert.known_at + timedelta(minutes=alert.protocol.take_min)
    alert.due_at = step_due(alert, now) if alert.taken_at is not None else take_by


def _reached(door: Door, alert_id: str) -> Alert:
    found = Alert.objects.select_for_update(of=("self",)).select_related(
        "person", "order", "holder", "protocol"
    )
    alert = found.filter(public_id=alert_id).first()
    if alert is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    permit_alert(door, alert)
    return alert


def check_free(door: Door, alert: Alert) -> None:
    """Refuse where somebody else has it in hand."""
    holder = alert.holder
    if holder is not None and holder.public_id != door.actor.id:
        raise Refused(Refusal.ALERT_HELD, holder=holder.get_full_name() or holder.username)


def write(  # noqa: PLR0913 - what was done, and of what
    door: Door,
    alert: Alert,
    act: Act,
    note: str,
    *,
    about: str = "",
    believed: AlertVersion | None = None,
) -> Alert:
    """Save the alert with a version that says what was done, and what is believed: what the last
    one says, if nothing else is."""
    note = note.strip()
    if len(note) > NOTE_LENGTH_MAX:
        raise Refused(Refusal.NOTE_TOO_LONG, length_max=NOTE_LENGTH_MAX)
    before = believed or alert.versions.get(number=alert.version)
    alert.version += 1
    alert.save(update_fields=OURS)
    AlertVersion.objects.create(
        alert=alert,
        number=alert.version,
        state=alert.state,
        known_at=clock.now(),
        since=before.since,
        until=before.until,
        probability=before.probability,
        sentence=before.sentence,
        facts=before.facts,
        evidence=before.evidence,
        actor=door.actor.id,
        note=note,
        act=act,
        about=about,
    )
    details: dict[str, Any] = {"note": note, "version": str(alert.version), "act": act.value}
    door.keep(**details, about=about)
    door.announce(alert=alert.public_id, person=alert.person.public_id if alert.person else "")
    return alert


def step_due(alert: Alert, now: datetime) -> datetime | None:
    """Until when the step under way must be done; None after the last."""
    if alert.protocol is None:
        return None
    steps = read_steps(alert.protocol.steps)
    if alert.step >= len(steps):
        return None
    return now + timedelta(minutes=steps[alert.step].minutes)


def _me(door: Door) -> User:
    user = User.objects.filter(public_id=door.actor.id).first()
    if user is None:
        raise Refused(CoreRefusal.NOT_PERMITTED)
    return user


def _hold(alert: Alert, user: User) -> None:
    now = clock.now()
    alert.holder, alert.state = user, AlertState.ACKNOWLEDGED
    alert.taken_at = alert.taken_at or now
    alert.due_at = step_due(alert, now)


def _before_its_end(alert: Alert) -> AlertVersion:
    """What is believed of an alert whose resolution is taken back: where only that had ended it, it
    goes on, unless another of its cause has begun since."""
    last: AlertVersion = alert.versions.get(number=alert.version)
    if last.sentence != RESOLVED:
        return last
    of_cause = {"order": alert.order, "rule": alert.rule, "condition": alert.condition}
    if Alert.objects.filter(since__gte=alert.until, **of_cause).exists():
        return last
    before: AlertVersion = alert.versions.exclude(sentence=RESOLVED).latest("number")
    return before


def _unheld(alert: Alert) -> AlertState:
    """The state that an alert would have if nobody had taken or resolved it."""
    by_people = (AlertState.ACKNOWLEDGED, AlertState.RESOLVED)
    mine = alert.versions.exclude(state__in=by_people).order_by("-number").first()
    if mine is not None and mine.state == AlertState.WITHDRAWN:
        return AlertState.WITHDRAWN
    return AlertState.ACTIVE if alert.until is None else AlertState.CLEARED


def _check_unchanged(door: Door, alert: Alert, version: int, *, by_engine: bool = False) -> None:
    """Refuse where another person, or the engine with new facts, wrote since `version`."""
    newer = alert.versions.filter(number__gt=version).exclude(actor=door.actor.id)
    if not by_engine:
        newer = newer.exclude(actor__startswith=SYSTEM_PREFIX)
    if version > alert.version or newer.exclude(act=Act.ESCALATED).exists():
        raise Refused(Refusal.ALERT_CHANGED)
