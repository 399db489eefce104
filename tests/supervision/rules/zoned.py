# SPDX-License-Identifier: EUPL-1.2
"""Facts about a condition for the tables of rules: changes an hour apart, the last an hour ago."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules.interface import Condition, Facts, Kind

INSIDE, OUTSIDE, UNKNOWN = Presence.INSIDE, Presence.OUTSIDE, Presence.UNKNOWN
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = (Interval(NOON - 100 * HOUR, NOON + 100 * HOUR),)
SCHOOL = (Interval(NOON, NOON + 3 * HOUR),)
LATELY = (Interval(NOON - 1.5 * HOUR, NOON + 3 * HOUR),)
NOTHING = Facts(now=NOON, order_id="ord_1", report_interval_s=60)


def facts(
    kind: Kind,
    *presence: Presence,
    hours: tuple[Interval, ...] = ALWAYS,
    now: datetime = NOON,
    **more: Any,
) -> Facts:
    return Facts(
        now=now,
        order_id="ord_1",
        report_interval_s=60,
        condition=Condition("cnd_1", kind, "school", hours, **more),
        changes=tuple(
            Change(one, NOON - (len(presence) - n) * HOUR, NOON, None if one is UNKNOWN else 0.9)
            for n, one in enumerate(presence)
        ),
    )
