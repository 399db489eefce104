# SPDX-License-Identifier: EUPL-1.2
"""How often a device was really asked to report: silence is measured by that. Pure.

A device is given the benefit of the doubt: a longer interval counts as soon as it may have heard of
it, a shorter one only once it has.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

CONFIRMED, SENT, QUEUED, EXPIRED = "confirmed", "sent", "queued", "expired"
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
