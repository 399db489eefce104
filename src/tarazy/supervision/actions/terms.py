# SPDX-License-Identifier: EUPL-1.2
"""Numbers of rules that an order sets otherwise than usual, inside the legal bounds."""

from datetime import timedelta

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision.actions.orders import running_order
from tarazy.supervision.models import Order
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.rules import PARAMETERS

MINUTE = timedelta(minutes=1)
SETTINGS_MAX = 500


@action("supervision.order.set_number")
def set_number(door: Door, order_id: str, name: str, value: int) -> Order:
    """Set a number of a rule for one order, as its court allows.

    It holds from the minute after next on, never for the past: so the engine knows of it before it
    counts, and whatever was judged is judged again with what applied then.
    """
    order = running_order(door, order_id)
    parameter = PARAMETERS.get(name)
    if parameter is None:
        raise Refused(Refusal.NUMBER_UNKNOWN)
    if not parameter.allows(value):
        raise Refused(
            Refusal.NUMBER_OUT_OF_BOUNDS,
            lowest=parameter.lowest,
            highest=parameter.highest,
            step=parameter.step,
        )
    if len(order.rule_settings) >= SETTINGS_MAX:
        raise Refused(Refusal.NUMBERS_TOO_MANY, settings_max=SETTINGS_MAX)
    since = clock.now().replace(second=0, microsecond=0) + 2 * MINUTE
    told = {"name": name, "value": value, "since": since.isoformat()}
    order.rule_settings = [*order.rule_settings, told]
    order.save(update_fields=["rule_settings"])
    door.keep(name=name, value=str(value), since=since.isoformat())
    door.announce(order=order.public_id)
    return order
