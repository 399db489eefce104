# SPDX-License-Identifier: EUPL-1.2
"""Watch our own gateway by its heartbeats, so that our outage is never a wearer's silence.

A gap of more than a minute is an outage. The database notes each gap as it ends (heartbeats.sql);
here one that still goes on is noticed too, and each becomes one alert about ourselves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tarazy.core.access import Actor
from tarazy.supervision import own_outage
from tarazy.supervision.actions import judgement
from tarazy.supervision.models import Alert, EngineCheckpoint, Heartbeat, Outage
from tarazy.supervision.presence.timetable import Interval

GATEWAY = "gateway"
GAP_MAX = timedelta(seconds=60)
LOOK_BACK = timedelta(days=5)
OUTAGES_MAX = 200


@dataclass(frozen=True, slots=True)
class Intake:
    """Since when we listen at all, and when we did not."""

    listening_since: datetime | None
    outages: tuple[Interval, ...] = ()


def watch(actor: Actor, now: datetime, *, record: bool = True) -> Intake:
    """Record what is new about our gateway, and say when nobody's silence counts.

    Of several engines at once, each with a part of the people, none records anything.
    """
    beat = Heartbeat.objects.filter(process=GATEWAY).first()
    if beat is None:
        return Intake(None)
    memory = EngineCheckpoint.objects.filter(name=judgement.INTAKE).first()
    since = memory.judged_at if memory and memory.judged_at else beat.at
    handled = memory.fix_id if memory else _last_before_us()
    fresh = list(Outage.objects.filter(process=GATEWAY, pk__gt=handled).order_by("pk"))
    for outage in fresh if record else ():
        judgement.record_outage(actor, outage.since, outage.until, now)
    if record and (memory is None or fresh):
        judgement.remember_intake(fresh[-1].pk if fresh else handled, since)
    outages = [
        Interval(one.since, one.until)
        for one in Outage.objects.filter(process=GATEWAY, until__gt=now - LOOK_BACK).order_by(
            "-until"
        )[:OUTAGES_MAX]
    ]
    if now - beat.at > GAP_MAX:
        outages.append(Interval(beat.at, now))
        running = Alert.objects.filter(rule=own_outage.CARD.code, until=None)
        if record and not running.exists():
            judgement.record_outage(actor, beat.at, None, now)
    return Intake(since, tuple(sorted(outages)))


def _last_before_us() -> int:
    """Gaps from before the first engine ever ran concern nobody."""
    last = Outage.objects.filter(process=GATEWAY).order_by("-pk").first()
    return last.pk if last else 0
