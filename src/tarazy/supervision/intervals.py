# SPDX-License-Identifier: EUPL-1.2
"""How often a device was really asked to report: silence is measured by that. Pure.

A device is given the benefit of the doubt: a longer interval counts as soon as it may have heard of
it, a shorter one only once it has.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

CONFIRMED, SENT, QUEUED, EXPIRED = "confirmed", "sent", "queued", "expired"
COMMANDS_MAX = 20
"""Earlier ones than so many have been answered, or were never heard."""
HEARD_AFTER = 2
"""Where a device confirms nothing, it has had this many reports to take a command along."""


class Asked(NamedTuple):
    """One command to report every so many seconds, and how far it came."""

    seconds: int
    state: str
    sent_at: datetime | None


def interval_in_force(base_s: int, asked: Iterable[Asked], now: datetime) -> int:
    """Seconds between two reports, as they may be expected now; `asked` oldest first.

    1. what the device refused, or never got, was never asked of it
    2. a longer interval counts from the moment at which it waits for the device
    3. a shorter one counts when the device has confirmed it
    4. a device that confirms nothing is believed to have gone back to the interval it was enrolled
       with once it should have heard so twice; that it reports more often is never taken for sure
    """
    interval_s = base_s
    for one in asked:
        got = one.sent_at is not None or one.state == CONFIRMED
        if one.state not in {CONFIRMED, SENT, QUEUED, EXPIRED} or (
            one.state == EXPIRED and not got
        ):
            continue  # (1)
        if one.seconds >= interval_s or one.state == CONFIRMED:  # (2) (3)
            interval_s = one.seconds
            continue
        heard_after = HEARD_AFTER * timedelta(seconds=interval_s)
        if one.sent_at is not None and now >= one.sent_at + heard_after:  # (4)
            interval_s = max(one.seconds, min(base_s, interval_s))
    return interval_s


def turns_at(base_s: int, asked: Sequence[Asked], now: datetime) -> datetime | None:
    """When another interval will be in force, if nothing more is told of these commands."""
    seconds = {base_s, *(one.seconds for one in asked)}
    moments = {
        one.sent_at + HEARD_AFTER * timedelta(seconds=each)
        for one in asked
        if one.sent_at is not None
        for each in seconds
    }
    before = interval_in_force(base_s, asked, now)
    coming = sorted(one for one in moments if one > now)
    return next((one for one in coming if interval_in_force(base_s, asked, one) != before), None)


class Command(NamedTuple):
    """One command to report every so many seconds, with all of its times."""

    seconds: int
    state: str
    queued_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None

    def as_of(self, moment: datetime) -> Asked:
        """How far it had come by a moment."""
        sent_at = self.sent_at if self.sent_at and self.sent_at <= moment else None
        if self.state == CONFIRMED and self.answered_at and self.answered_at <= moment:
            return Asked(self.seconds, CONFIRMED, sent_at)
        if self.state in {CONFIRMED, SENT, QUEUED} or sent_at is not None:
            return Asked(self.seconds, QUEUED if sent_at is None else SENT, sent_at)
        return Asked(self.seconds, self.state, None)


def intervals_over(
    base_s: int, commands: Sequence[Command], since: datetime, until: datetime
) -> list[tuple[int, datetime]]:
    """How often a device was asked to report, and up to when, one after the other; `commands`
    oldest first."""
    every = {base_s, *(one.seconds for one in commands)}
    moments = {since}
    for one in commands:
        moments |= {at for at in (one.queued_at, one.sent_at, one.answered_at) if at}
        if one.sent_at:
            moments |= {one.sent_at + HEARD_AFTER * timedelta(seconds=each) for each in every}
    found: list[tuple[int, datetime]] = []
    turns = sorted(at for at in moments if since <= at < until)
    for at, end in zip(turns, [*turns[1:], until], strict=True):
        known = [one.as_of(at) for one in commands if one.queued_at <= at][-COMMANDS_MAX:]
        seconds = interval_in_force(base_s, known, at)
        if found and found[-1][0] == seconds:
            found.pop()
        found.append((seconds, end))
    return found
