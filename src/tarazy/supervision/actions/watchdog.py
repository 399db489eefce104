# SPDX-License-Identifier: EUPL-1.2
"""The watchdog outside the engine: it calls when nothing was judged for a minute.

It runs in the worker. A worker that has just started waits a minute itself, for the last sign of
life may be from before both were stopped.
"""

from dataclasses import dataclass
from datetime import datetime

from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.supervision import not_judged
from tarazy.supervision.basis import permit_alert
from tarazy.supervision.models import Alert, AlertState, AlertVersion, Heartbeat

ENGINE = "engine"


@dataclass(slots=True)
class Watchdog:
    """Since when this process has looked."""

    since: datetime | None = None

    def look(self, actor: Actor, now: datetime) -> None:
        """Raise one alert while the engine is silent, and end it when it beats again."""
        self.since = self.since or now
        beat = Heartbeat.objects.filter(process=ENGINE).values_list("at", flat=True).first()
        if beat is None:  # there was never an engine
            return
        running = Alert.objects.filter(rule=not_judged.CARD.code, until=None).exists()
        silent = now - max(beat, self.since) > not_judged.SILENCE_MAX
        alive = now - beat <= not_judged.SILENCE_MAX
        if silent and not running:
            say_judging(actor, beat, None, now)
        elif alive and running:
            say_judging(actor, beat, beat, now)


@action("supervision.judging.record")
def say_judging(door: Door, since: datetime, until: datetime | None, now: datetime) -> Alert:
    """Say that judging has stopped, or that it goes on: one alert for everybody."""
    running = Alert.objects.select_for_update().filter(rule=not_judged.CARD.code, until=None)
    alert = running.first()
    if alert is None:
        alert = Alert.objects.create(
            rule=not_judged.CARD.code,
            rule_version=not_judged.CARD.version,
            severity=not_judged.SEVERITY,
            state=AlertState.ACTIVE,
            since=since,
            until=until,
            known_at=now,
            version=0,
        )
    if until is not None:
        alert.until = max(until, alert.since)
        if alert.state == AlertState.ACTIVE:
            alert.state = AlertState.CLEARED
    alert.version += 1
    alert.save(update_fields=["until", "state", "version"])
    AlertVersion.objects.create(
        alert=alert,
        number=alert.version,
        state=alert.state,
        known_at=now,
        since=alert.since,
        until=alert.until,
        sentence=not_judged.STOPPED if until is None else not_judged.GOES_ON,
        actor=door.actor.id,
    )
    permit_alert(door, alert)
    door.keep(state=alert.state, version=str(alert.version))
    door.announce(alert=alert.public_id, person="")
    return alert
