# SPDX-License-Identifier: EUPL-1.2
"""Ask devices to report more often while something is suspected, and less often at rest.

What the engine wants (judging/pace.py) stands beside each wearer; this asks the device, where its
language can, and never more than some times an hour: who is asked all the time learns from it.
"""

from datetime import datetime, timedelta

from django.db.models import F

from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.commands import UNDER_WAY_MAX, queue_command, worn
from tarazy.supervision.gateway.commands import INTERVAL_S_MIN, CommandKind
from tarazy.supervision.gateway.languages import COMMANDS
from tarazy.supervision.models import CommandState, Device, DeviceCommand, Order, WearerState
from tarazy.supervision.numbers import settings_of
from tarazy.supervision.rules.pace import PACE_CLOSE_S, PACE_REST_S
from tarazy.supervision.rules.parameters import setting_at

CAN = [kind for kind, commands in COMMANDS.items() if CommandKind.INTERVAL in commands]
SLOWER_AFTER = timedelta(minutes=10)
"""Between two changes, unless it is for closer looking."""
AN_HOUR_MAX = 6
WAITS = timedelta(minutes=15)
"""A device that comes back later is not asked for what was wanted long ago."""
BY_HAND = timedelta(hours=24)
"""What a person has asked of the device is left alone for so long."""
SYSTEM_PREFIX = "sys_"
ONCE_MAX = 500


def keep_pace(actor: Actor, now: datetime) -> int:
    """Ask every device whose wearer wants another pace than it was asked for; how many were."""
    wanted = WearerState.objects.exclude(pace=F("device__pace")).filter(
        device__kind__in=CAN, order__in_force__contains=now
    )
    rows = wanted.order_by("pk").values_list("device__public_id", "pace", "order__public_id")
    return sum(
        may_ask(device_id, pace, now) and ask_pace(actor, device_id, pace, order_id, now=now)
        for device_id, pace, order_id in rows[:ONCE_MAX]
    )


def may_ask(device_id: str, pace: str, now: datetime) -> bool:
    """Whether a device may be asked again so soon."""
    asked = DeviceCommand.objects.filter(device__public_id=device_id, kind=CommandKind.INTERVAL)
    last = asked.order_by("-pk").first()
    if last is None:
        return True
    by_system = last.requested_by.startswith(SYSTEM_PREFIX)
    if not by_system and now - last.queued_at < BY_HAND:
        return False
    if pace != "close" and now - last.queued_at < SLOWER_AFTER:
        return False
    return asked.filter(queued_at__gt=now - timedelta(hours=1)).count() < AN_HOUR_MAX


@action("supervision.device.pace")
def ask_pace(door: Door, device_id: str, pace: str, order_id: str, *, now: datetime) -> bool:
    """Ask a device to report more often while something is suspected, or less often at rest."""
    device = Device.objects.select_for_update().filter(public_id=device_id).first()
    order = Order.objects.select_related("person").filter(public_id=order_id).first()
    if device is None or order is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(order.person, device.public_id, basis=order.public_id)
    fitting = device.fittings.filter(person=order.person).order_by("period").last()
    if fitting is None or not worn(fitting, now):
        return False
    under_way = device.commands.filter(state__in=(CommandState.QUEUED, CommandState.SENT))
    waiting = under_way.filter(kind=CommandKind.INTERVAL, state=CommandState.QUEUED)
    waiting.filter(requested_by__startswith=SYSTEM_PREFIX).update(state=CommandState.EXPIRED)
    if under_way.count() >= UNDER_WAY_MAX:
        return False
    seconds = interval_of(device, order, pace, now)
    until = min(now + WAITS, order.in_force.upper)
    queue_command(door, device, CommandKind.INTERVAL, (seconds, ""), (now, until))
    device.pace, device.paced_at = pace, now
    device.save(update_fields=["pace", "paced_at"])
    door.keep(pace=pace, seconds=str(seconds))
    return True


def interval_of(device: Device, order: Order, pace: str, now: datetime) -> int:
    """Seconds between two reports at a pace; never slower than usual for `close`, nor faster at
    rest."""
    usual, settings = device.report_interval_s, settings_of(order.rule_settings)
    if pace == "close":
        return max(INTERVAL_S_MIN, min(usual, setting_at(settings, PACE_CLOSE_S, now)))
    if pace == "rest":
        return max(usual, setting_at(settings, PACE_REST_S, now))
    return max(usual, INTERVAL_S_MIN)
