# SPDX-License-Identifier: EUPL-1.2
"""What an order adds to the judging of its person: check-ins, and how often reports were asked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tarazy.supervision.intervals import Asked, interval_in_force, turns_at
from tarazy.supervision.models import CheckInRoute
from tarazy.supervision.rules import missed_checkin
from tarazy.supervision.rules.interface import CheckIn

CHECK_INS_MAX = missed_checkin.COUNT_MAX + 3
"""The rule counts those that were missed in a row; later ones may be open."""
INTERVALS_MAX = 20
"""Commands about the interval that are looked at for one device: hours of them at the least."""

CHECK_INS = """
SELECT o.id, last.asked_at, last.until, last.noted_at, last.route
FROM unnest(%s::bigint[]) AS o (id) CROSS JOIN LATERAL (
    SELECT * FROM supervision_checkin k
    WHERE k.order_id = o.id AND k.state IN ('asked', 'answered', 'missed')
    ORDER BY k.asked_at DESC, k.id DESC LIMIT %s) AS last
ORDER BY o.id, last.asked_at, last.id
"""
INTERVALS = """
SELECT f.device_id, last.seconds, last.state, last.sent_at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS f (device_id, since) CROSS JOIN LATERAL (
    SELECT * FROM supervision_devicecommand c
    WHERE c.device_id = f.device_id AND c.kind = 'interval'
        AND (f.since IS NULL OR c.queued_at >= f.since)
    ORDER BY c.id DESC LIMIT %s) AS last
ORDER BY f.device_id, last.id
"""


def check_ins(keys: Collection[int]) -> Mapping[int, tuple[CheckIn, ...]]:
    """The last check-ins of each order, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(CHECK_INS, [list(keys), CHECK_INS_MAX])
        rows = cursor.fetchall()
    found: dict[int, list[CheckIn]] = defaultdict(list)
    for key, asked_at, until, noted_at, route in rows:
        by_call = route == CheckInRoute.CALL
        found[key].append(CheckIn(asked_at, until, noted_at, by_call=by_call))
    return {key: tuple(each) for key, each in found.items()}


class Interval(NamedTuple):
    """How often a device was really asked to report, and when that will be another interval."""

    seconds: int
    turns_at: datetime | None


class Fitted(NamedTuple):
    """A device that somebody wears, since when, and how often it reports by itself."""

    device_id: int
    since: datetime | None
    base_s: int


def intervals(fitted: Iterable[Fitted], now: datetime) -> Mapping[int, Interval]:
    """Of each device, by its key."""
    devices = {one.device_id: one for one in fitted}
    since = [one.since for one in devices.values()]
    with connection.cursor() as cursor:
        cursor.execute(INTERVALS, [list(devices), since, INTERVALS_MAX])
        rows = cursor.fetchall()
    asked: dict[int, list[Asked]] = defaultdict(list)
    for key, *told in rows:
        asked[key].append(Asked(*told))
    found = {}
    for key, one in devices.items():
        found[key] = Interval(
            interval_in_force(one.base_s, asked[key], now), turns_at(one.base_s, asked[key], now)
        )
    return found
