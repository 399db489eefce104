# SPDX-License-Identifier: EUPL-1.2
"""Notices are written down when something happens, gathered into messages, sent, and settled.

Writing down is one transaction with the outbox's receipt, so nothing is lost or told twice there.
Sending cannot be part of any transaction: a message is begun, then sent, then settled. Whoever dies
in between leaves it begun; it is sent again after `LEASE`, and says that it may have come already.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tarazy.core.access import POLICY, Actor
from tarazy.core.door import Door, action
from tarazy.core.models import User
from tarazy.supervision.models import (
    Alert,
    AlertState,
    Appointment,
    Dispatch,
    DispatchState,
    Kept,
    Notice,
    Person,
)
from tarazy.supervision.notices.outcome import Outcome
from tarazy.supervision.notices.routes import Occasion, Route

VIEW = "supervision.alert.view"
AHEAD = timedelta(hours=24)
LEASE = timedelta(minutes=2)
"""How long an attempt may last; longer than the channel waits."""
RETRY_BASE_S, RETRY_MAX_S = 2, 300
GIVE_UP = timedelta(hours=24)
"""What is a day old calls nobody any more; the board has it."""
KEEP = timedelta(days=365)
RETURN_AGAIN = timedelta(minutes=30)
PEOPLE_MAX = 1000


def tell_of_alerts(payload: Mapping[str, str], now: datetime) -> int:
    """New alerts: for the routes that hear of them. How many notices were written."""
    found = Alert.objects.exclude(state=AlertState.RESOLVED)
    return _tell(found.filter(public_id__in=payload["alerts"].split()), Occasion.RAISED, now)


def tell_of_return(payload: Mapping[str, str], now: datetime) -> int:
    """Alerts that were over and go on again; of one that does so time and again only once in a
    while."""
    lately = Notice.objects.filter(occasion=Occasion.RETURNED, made_at__gt=now - RETURN_AGAIN)
    told = lately.filter(subject=OuterRef("public_id"))
    found = Alert.objects.filter(~Exists(told), state=AlertState.ACTIVE, until=None)
    return _tell(found.filter(public_id__in=payload["alerts"].split()), Occasion.RETURNED, now)


def tell_of_escalation(payload: Mapping[str, str], now: datetime) -> int:
    """An alert that a supervisor is called to."""
    return _tell(Alert.objects.filter(public_id=payload["alert"]), Occasion.ESCALATED, now)


def tell_of_draft(payload: Mapping[str, str], now: datetime) -> int:
    """A draft, or a contact to be forbidden, that waits for a second person."""
    return _write(
        _notice(route, Occasion.APPROVAL, payload["draft"], now)
        for route in _routes()
        if route.hears(Occasion.APPROVAL)
    )


def tell_of_appointments(now: datetime) -> int:
    """The timed job: what is agreed within a day, once each."""
    told = Notice.objects.filter(occasion=Occasion.APPOINTMENT, subject=OuterRef("public_id"))
    near = Appointment.objects.filter(
        ~Exists(told),
        at__gt=now,
        at__lte=now + AHEAD,
        state=Kept.PLANNED,
        order__in_force__contains=now,
    ).select_related("order__person")
    routes = [route for route in _routes() if route.hears(Occasion.APPOINTMENT)]
    if not routes:
        return 0
    found = list(near[:PEOPLE_MAX])
    people = [one.order.person for one in found]
    notices = []
    for route in routes:
        reached = _reached(route, people)
        notices += [
            _notice(route, Occasion.APPOINTMENT, one.public_id, now)
            for one in found
            if one.order.person_id in reached
        ]
    return _write(notices)


def due(routes: Iterable[Route], now: datetime) -> list[Route]:
    """The routes that have something to send now, or something new to gather."""
    waiting = Dispatch.objects.filter(state=DispatchState.WAITING)
    names = set(waiting.filter(next_at__lte=now).values_list("route", flat=True))
    held = waiting.filter(next_at__gt=now).values("route")
    fresh = Notice.objects.filter(Q(dispatch=None), ~Q(route__in=held))
    names |= set(fresh.values_list("route", flat=True).distinct())
    return [route for route in routes if route.name in names]


def begin(route: Route, now: datetime) -> Dispatch | None:
    """Take the route's message in hand, with all that waits; None while there is nothing to do."""
    with transaction.atomic():
        dispatch = _waiting(route, now)
        if dispatch is None or dispatch.next_at > now:
            return None
        Notice.objects.filter(route=route.name, dispatch=None).update(dispatch=dispatch)
        dispatch.perhaps_twice = dispatch.perhaps_twice or dispatch.trying
        dispatch.trying, dispatch.attempts = True, dispatch.attempts + 1
        dispatch.next_at = now + LEASE
        dispatch.save(update_fields=["perhaps_twice", "trying", "attempts", "next_at"])
        return dispatch


@action("supervision.notice.settle")
def settle(door: Door, dispatch: Dispatch, outcome: Outcome, now: datetime) -> Dispatch:
    """Note how an attempt to tell a route ended: taken by the gateway, tried again, given up."""
    door.permit(None, dispatch.public_id)
    found = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    door.keep(route=found.route, attempt=str(dispatch.attempts), outcome=outcome.reason or "sent")
    if found.attempts != dispatch.attempts or found.state != DispatchState.WAITING:
        return found  # another one took it over, for this attempt lasted too long
    found.trying, found.error = False, outcome.reason
    found.perhaps_twice = found.perhaps_twice or outcome.unsure
    if outcome.sent:
        found.state, found.ended_at = DispatchState.SENT, now
    elif now - found.made_at >= GIVE_UP:
        found.state, found.ended_at = DispatchState.GIVEN_UP, now
        found.notices.filter(made_at__gt=now - GIVE_UP).update(dispatch=None)  # they begin anew
    else:
        wait_s = min(RETRY_BASE_S ** min(found.attempts, 20), RETRY_MAX_S)
        found.next_at = now + timedelta(seconds=wait_s)
    found.save(update_fields=["state", "trying", "error", "perhaps_twice", "ended_at", "next_at"])
    return found


@action("supervision.notice.test")
def ask_for_test(door: Door, route: str, now: datetime) -> Notice:
    """Have a test told to a route, through the worker as everything else."""
    door.permit(None, f"route/{route}")
    return Notice.objects.create(
        route=route, occasion=Occasion.TEST, subject="", severity="", made_at=now
    )


def clean_notices(now: datetime) -> int:
    """Give up what waits for a route that is gone, and drop what is a year old."""
    waiting = Dispatch.objects.filter(state=DispatchState.WAITING, made_at__lt=now - GIVE_UP)
    gone = waiting.exclude(route__in=[route.name for route in _routes()])
    gone.update(state=DispatchState.GIVEN_UP, ended_at=now, trying=False)
    Notice.objects.filter(dispatch=None, made_at__lt=now - GIVE_UP).delete()
    return Dispatch.objects.filter(made_at__lt=now - KEEP).delete()[0]


def _waiting(route: Route, now: datetime) -> Dispatch | None:
    """The route's message that waits, locked; a new one where something waits to be told."""
    mine = Dispatch.objects.filter(route=route.name)
    found = mine.filter(state=DispatchState.WAITING).select_for_update().first()
    if found is not None or not Notice.objects.filter(route=route.name, dispatch=None).exists():
        return found
    pause = timedelta(seconds=route.pause_s)
    if mine.filter(state=DispatchState.SENT, ended_at__gt=now - pause).exists():
        return None  # what comes meanwhile is one message
    try:
        with transaction.atomic():
            return Dispatch.objects.create(route=route.name, made_at=now, next_at=now)
    except IntegrityError:  # another worker was quicker
        return None


def _tell(alerts: QuerySet[Alert], occasion: Occasion, now: datetime) -> int:
    routes = _routes()
    if not routes:
        return 0
    found = [(alert, _of(alert, occasion)) for alert in alerts.select_related("person")]
    notices: list[Notice] = []
    for route in routes:
        heard = [(alert, what) for alert, what in found if route.hears(what, alert.severity)]
        reached = _reached(route, [alert.person for alert, _ in heard if alert.person])
        notices += [
            _notice(route, what, alert.public_id, now, alert.severity)
            for alert, what in heard
            if alert.person_id is None or alert.person_id in reached
        ]
    return _write(notices)


def _of(alert: Alert, occasion: Occasion) -> Occasion:
    """A new alert about our own service is an occasion of its own."""
    own = alert.person_id is None and occasion is Occasion.RAISED
    return Occasion.SERVICE if own else occasion


def _reached(route: Route, people: Sequence[Person]) -> set[int]:
    """Of these people, those whom the route's user reaches; all where it names no user."""
    keys = {one.pk for one in people}
    if not route.user or not keys:
        return keys
    user = User.objects.filter(username=route.user, is_active=True).first()
    if user is None or route.role not in user.roles:
        return set()
    actor = Actor(id=user.public_id, roles=frozenset({route.role}), user_pk=user.pk)
    reaches = POLICY.reaches(actor, VIEW)
    return {one.pk for one in people if any(reach.covers(actor, one) for reach in reaches)}


def _notice(
    route: Route, occasion: Occasion, subject: str, now: datetime, severity: str = ""
) -> Notice:
    return Notice(
        route=route.name, occasion=occasion, subject=subject, severity=severity, made_at=now
    )


def _write(notices: Iterable[Notice]) -> int:
    return len(Notice.objects.bulk_create(list(notices), ignore_conflicts=True))


def _routes() -> tuple[Route, ...]:
    routes: tuple[Route, ...] = settings.TARAZY.notices
    return routes
