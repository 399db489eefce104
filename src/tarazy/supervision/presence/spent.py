# SPDX-License-Identifier: EUPL-1.2
"""Where somebody was with regard to a condition's zone, stretch by stretch, and for how long.

Three states, and their times add up to the whole: what is not known is never counted as kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.timetable import Interval


class Stretch(NamedTuple):
    """One state from a moment to another; `until` is exclusive."""

    presence: Presence
    since: datetime
    until: datetime
    change: Change | None = None
    """By which it began; None before anything was heard."""


class Spent(NamedTuple):
    """The time in each of the three states."""

    inside: timedelta
    outside: timedelta
    unknown: timedelta


def stretches(changes: Sequence[Change], whole: Interval) -> Iterator[Stretch]:
    """The states of a stretch of time without gaps, in order; unknown before the first change.

    `changes` are those that are believed, in the order in which they happened.
    """
    before = Stretch(Presence.UNKNOWN, whole.since, whole.until)
    for change in changes:
        at = min(max(change.at, whole.since), whole.until)
        if before.since < at:
            yield before._replace(until=at)
        before = Stretch(change.presence, at, whole.until, change)
    if before.since < whole.until:
        yield before


def spent(changes: Sequence[Change], within: Iterable[Interval]) -> Spent:
    """The time in each state within some stretches that do not overlap, such as curfew hours."""
    found = dict.fromkeys(Presence, timedelta())
    for whole in within:
        for one in stretches(changes, whole):
            found[one.presence] += one.until - one.since
    return Spent(found[Presence.INSIDE], found[Presence.OUTSIDE], found[Presence.UNKNOWN])
