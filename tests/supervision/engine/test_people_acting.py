# SPDX-License-Identifier: EUPL-1.2
"""The engine beside people who take, release, resolve and open alerts again at any moment."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from supervision.factory import user
from supervision.raised import actor

from tarazy.core import clock
from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.supervision.actions.alerts import acknowledge, escalate, note, release, reopen, resolve
from tarazy.supervision.models import Alert
from tarazy.supervision.rules.interface import RESOLVED

TAMPER = ("S-STRAP-TAMPER", "S-CASE-TAMPER", "S-SOS")
NOON = [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "15:00", "until": "16:00"}]  # 10:00 to 11:00 UTC
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
Act = Callable[[Actor, Alert], object]
ACTS: tuple[Act, ...] = (
    lambda one, alert: acknowledge(one, alert.public_id, alert.version),
    lambda one, alert: release(one, alert.public_id, alert.version),
    lambda one, alert: resolve(one, alert.public_id, alert.version, "unknown", "looked at"),
    lambda one, alert: resolve(one, alert.public_id, alert.version, "unknown", "called"),
    lambda one, alert: reopen(one, alert.public_id, alert.version, "a slip"),
    lambda one, alert: escalate(one, alert.public_id, "to be seen by another"),
    lambda one, alert: note(one, alert.public_id, "seen"),
)


def reports(at: Any, chance: random.Random) -> list[tuple[datetime, datetime, float, list[str]]]:
    """Known at, at, metres away, alarms: somebody who comes and goes, heard late at times."""
    away, waits, found = 0.0, 0, []
    for n in range(150):
        when = at("09:00") + n * MINUTE
        if chance.random() < 0.06:
            away = chance.choice([0, 0, 1_500, 4_000])
        if chance.random() < 0.03:
            waits = n + chance.randint(3, 40)
        known = max(at("09:00") + waits * MINUTE, when) + chance.uniform(1, 5) * SECOND
        alarms = ["strap_tamper", "case_tamper", "sos", "jamming"]
        told = [chance.choice(alarms)] if chance.random() < 0.03 else []
        found.append((known, when, away + chance.gauss(0, 12), told))
    return sorted(found)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_people_decide_stays_and_what_they_take_back_goes_on(
    world: Any, at: Any, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, now = random.Random(seed), at("09:00")
    monkeypatch.setattr(clock, "now", lambda: now)
    operator, ward = actor(user("operator", Role.OPERATOR)), world.ward()
    ward.condition("inclusion", radius_m=1_000)
    ward.condition("exclusion", radius_m=500, away_m=4_000)
    ward.condition("home_curfew", timetable=NOON)
    coming, before, acted = reports(at, chance), dict[int, str](), 0
    while now <= at("12:00"):
        while coming and coming[0][0] <= now:
            known, when, away, alarms = coming.pop(0)
            world.report(ward, when, away, known_at=known, alarms=alarms)
        if chance.random() < 0.1:
            world.restart()
        world.step(now)
        for alert in Alert.objects.all():
            holds(alert, before.get(alert.pk))
        for alert in chance.choices(list(Alert.objects.all()), k=2) if before else ():
            with suppress(Refused):
                chance.choice(ACTS)(operator, alert)
                acted += 1
        before = dict(Alert.objects.values_list("pk", "state"))
        now += chance.choice([5, 40, 61, 200]) * SECOND
    assert acted > 30
    assert Alert.objects.filter(rule__in=TAMPER).exists()


def holds(alert: Alert, before: str | None) -> None:
    """After a step of the engine; `before` is the state in which people left the alert."""
    versions = list(alert.versions.order_by("number"))
    assert [one.number for one in versions] == list(range(1, alert.version + 1))
    assert versions[-1].until == alert.until
    assert (alert.state == "resolved") == (alert.cause != "") == (alert.resolved_at is not None)
    assert alert.until is None or alert.until >= alert.since
    if before == "resolved":
        assert alert.state == "resolved"
    if alert.rule in TAMPER and alert.state not in {"resolved", "active", "acknowledged"}:
        later = Alert.objects.filter(rule=alert.rule, since__gt=alert.since)
        assert versions[-1].sentence == RESOLVED
        assert later.exists()
