# SPDX-License-Identifier: EUPL-1.2
"""What an order adds to the judging of its person: check-ins, and how often reports were asked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from tarazy.supervision.intervals import Asked, interval_in_force
from tarazy.supervision.models import CheckIn, CheckInRoute, CheckInState, DeviceCommand, Fitting
from tarazy.supervision.rules.interface import CheckIn as AskedCheckIn

OVER = (CheckInState.ASKED, CheckInState.ANSWERED, CheckInState.MISSED)
CHECK_INS_MAX = 4
"""The rule asks for the last one that is over; later ones may be open."""
INTERVALS_MAX = 200
"""Commands about the interval that are looked at for one device: months of them."""


def check_ins(keys: Collection[int]) -> Mapping[int, tuple[AskedCheckIn, ...]]:
    """The last check-ins of each order, oldest first."""
    rows = CheckIn.objects.filter(order_id__in=keys, state__in=OVER).order_by("asked_at", "pk")
    found: dict[int, list[AskedCheckIn]] = defaultdict(list)
    for row in rows:
        if row.asked_at is not None and row.until is not None:
            by_call = row.route == CheckInRoute.CALL
            found[row.order_id].append(
                AskedCheckIn(row.asked_at, row.until, row.noted_at, by_call=by_call)
            )
    return {key: tuple(each[-CHECK_INS_MAX:]) for key, each in found.items()}


def intervals(fitted: Iterable[Fitting], now: datetime) -> Mapping[int, int]:
    """How often each device was really asked to report, in seconds, by its key."""
    devices = {one.device_id: one for one in fitted}
    asked: dict[int, list[Asked]] = defaultdict(list)
    rows = DeviceCommand.objects.filter(device_id__in=devices, kind="interval").order_by("pk")
    for row in rows:
        since = devices[row.device_id].period.lower
        if since is None or row.queued_at >= since:
            asked[row.device_id].append(Asked(row.seconds, row.state, row.sent_at))
    return {
        key: interval_in_force(one.device.report_interval_s, asked[key][-INTERVALS_MAX:], now)
        for key, one in devices.items()
    }
