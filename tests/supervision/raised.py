# SPDX-License-Identifier: EUPL-1.2
"""Alerts and last places for tests of pages, as the engine writes them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from supervision.factory import Supervised

from tarazy.core.access import PURPOSES_OF, Actor, Role
from tarazy.core.models import User
from tarazy.supervision.actions.judgement import Finding, raise_alert, update_alert
from tarazy.supervision.models import Alert, AlertState, AlertVersion, WearerState
from tarazy.supervision.rules.interface import Breach

ENGINE = Actor.system("engine")
MINUTE = timedelta(minutes=1)


def actor(user: User) -> Actor:
    """The user as the pages make an actor of a signed-in one."""
    roles = frozenset(Role(role) for role in user.roles)
    first = next(role for role in Role if role in roles)
    return Actor(id=user.public_id, roles=roles, user_pk=user.pk, purpose=PURPOSES_OF[first][0])


def seen(one: Supervised, now: datetime, **more: Any) -> WearerState:
    facts = {
        "heard_at": now,
        "at": now - timedelta(minutes=2),
        "lat": 48.6,
        "lon": 66.9,
        "accuracy_m": 12.0,
        "urgency": "calm",
        "change": 7,
    }
    return WearerState.objects.create(
        person=one.person, order=one.order, device=one.device, **(facts | more)
    )


def raised(one: Supervised | None, now: datetime, **more: Any) -> Alert:
    """An alert with its first version; without a person it is about our own service."""
    facts: dict[str, Any] = {
        "rule": "S-CURFEW-ABSENCE",
        "rule_version": 1,
        "severity": "high",
        "state": AlertState.ACTIVE,
        "since": now - timedelta(minutes=10),
        "known_at": now - timedelta(minutes=9),
    }
    if one is not None:
        facts |= {"person": one.person, "order": one.order, "condition": one.curfew}
    words = {
        "sentence": more.pop("sentence", "Outside {zone} in curfew hours."),
        "facts": more.pop("facts", {"zone": "home"}),
        "probability": more.pop("probability", 0.93),
        "evidence": more.pop("evidence", []),
    }
    alert = Alert.objects.create(**(facts | more))
    AlertVersion.objects.create(
        alert=alert,
        number=1,
        state=alert.state,
        known_at=alert.known_at,
        since=alert.since,
        until=alert.until,
        actor="sys_engine",
        **words,
    )
    return alert


def goes_on(alert: Alert, now: datetime) -> Finding:
    """It ends, and is found again a minute later."""
    found = Finding(
        person_id=alert.person_id or 0,
        order_id=alert.order_id or 0,
        condition_id=alert.condition_id,
        rule=alert.rule,
        rule_version=alert.rule_version,
        severity=alert.severity,
        breach=Breach(since=alert.since, sentence="x"),
    )
    update_alert(ENGINE, found, now, now)
    raise_alert(
        ENGINE, replace(found, breach=Breach(since=now + MINUTE, sentence="y")), now + MINUTE
    )
    return found
