# SPDX-License-Identifier: EUPL-1.2
"""How long each state of presence lasted, within the hours in which a condition applied.

Before the first change nothing is known. A state lasts until the next change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.presence.timetable import Interval


class Stay(NamedTuple):
    """A stretch of one state."""

    presence: Presence
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Shares:
    """Time in each state."""

    inside: timedelta = timedelta()
    outside: timedelta = timedelta()
    unknown: timedelta = timedelta()

    @property
    def whole(self) -> timedelta:
        """All of it."""
        return self.inside + self.outside + self.unknown


def stays(changes: Sequence[tuple[datetime, Presence]], span: Interval) -> list[Stay]:
    """The states of a span, without gaps, in order; `changes` by time, also from before it."""
    known = [(at, presence) for at, presence in changes if at < span.until]
    before = [presence for at, presence in known if at <= span.since]
    edges = [(span.since, before[-1] if before else Presence.UNKNOWN)]
    edges += [(at, presence) for at, presence in known if at > span.since]
    ends = [*(at for at, _ in edges[1:]), span.until]
    found: list[Stay] = []
    for (since, presence), until in zip(edges, ends, strict=True):
        if found and found[-1].presence is presence:
            found[-1] = Stay(presence, found[-1].since, until)
        elif since < until:
            found.append(Stay(presence, since, until))
    return found


def within(found: Sequence[Stay], hours: Sequence[Interval]) -> list[Stay]:
    """The parts of stays that lie in these hours; both in order of time."""
    parts = []
    for one in found:
        for hour in hours:
            since, until = max(one.since, hour.since), min(one.until, hour.until)
            if since < until:
                parts.append(Stay(one.presence, since, until))
    return parts


def shares(found: Sequence[Stay]) -> Shares:
    """Their length by state."""

    def of(presence: Presence) -> timedelta:
        return sum(
            (one.until - one.since for one in found if one.presence is presence), timedelta()
        )

    return Shares(of(Presence.INSIDE), of(Presence.OUTSIDE), of(Presence.UNKNOWN))
