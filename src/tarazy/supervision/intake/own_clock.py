# SPDX-License-Identifier: EUPL-1.2
"""How far our own clock may be behind, since somebody or something set it back.

A time ahead of ours is a fault of the device's clock, and its place is not kept. Were ours the one
at fault, all devices would be judged so and their places lost. Beside our clock we look at one that
nobody can set: the time since the machine was started.

1. A step is a change of more than `STEP_S` between the two. Slower ones are followed.
2. After a step back either reading may be the right one: times of devices are believed up to the
   later one. After `DOUBTED_S` the new reading counts alone.
3. The fix store has no day for a time that lies further ahead than `BEHIND_MAX`. After a larger
   step back nothing is taken, for `HELD_S` or until the clock is set right: devices keep what they
   have.
4. At the start of the process the last sign of life in the database is a reading like any other: a
   machine with an empty battery starts years back.
5. After a step forward nothing is at risk: what devices report is the past.
"""

import time
from datetime import datetime, timedelta

import structlog

from tarazy.core import clock
from tarazy.core.errors import Temporary
from tarazy.supervision.intake import metrics

log = structlog.get_logger()

STEP_S = 60.0
DOUBTED_S = 24 * 3600.0
HELD_S = 3600.0
BEHIND_MAX = timedelta(days=1)
NOT_BEHIND = timedelta(0)


class OwnClock:
    """Our clock as it stands to the time since the machine's start."""

    def __init__(self, now: datetime, steady_s: float) -> None:
        self._believed_s = self._seen_s = now.timestamp() - steady_s
        self._since_s = steady_s

    def recall(self, seen: datetime, steady_s: float) -> None:
        """It was this late already, before the process started."""
        self._believed_s = max(self._believed_s, seen.timestamp() - steady_s)

    def behind(self, now: datetime, steady_s: float) -> timedelta:
        """How far it may be behind."""
        offset_s = now.timestamp() - steady_s
        if abs(offset_s - self._seen_s) > STEP_S:
            log.warning("our_clock_was_set", by_s=round(offset_s - self._seen_s))
            self._since_s = steady_s
        self._seen_s = offset_s
        behind = timedelta(seconds=self._believed_s - offset_s)
        patience_s = HELD_S if behind > BEHIND_MAX else DOUBTED_S
        if abs(self._believed_s - offset_s) <= STEP_S or steady_s - self._since_s > patience_s:
            self._believed_s = offset_s
            return NOT_BEHIND
        return max(behind, NOT_BEHIND)


def steady_now_s() -> float:
    """Seconds since the machine was started; nobody can set them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


OURS = OwnClock(clock.now(), steady_now_s())


def behind(now: datetime) -> timedelta:
    """How far this process's clock may be behind. Raises Temporary where that is too far."""
    found = OURS.behind(now, steady_now_s())
    metrics.CLOCK_BEHIND_S.set(found.total_seconds())
    if found > BEHIND_MAX:
        raise Temporary("our own clock was set far back")
    return found


def recall(seen: datetime) -> None:
    """This process's clock was this late already."""
    OURS.recall(seen, steady_now_s())
