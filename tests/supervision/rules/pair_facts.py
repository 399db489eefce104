# SPDX-License-Identifier: EUPL-1.2
"""Facts about a pair for the tables of rules: it is noon, and the ban has held since yesterday."""

from datetime import timedelta
from typing import Any

from supervision.rules.given import NOON, ago, facts

from tarazy.supervision.presence.interface import Change, Presence, Sighting
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import contact, victim_approach, victim_proximity
from tarazy.supervision.rules.interface import Condition, Facts, Nearness, PairKind
from tarazy.supervision.rules.parameters import Setting

NEAR, APART, UNKNOWN = Presence.INSIDE, Presence.OUTSIDE, Presence.UNKNOWN
DWELLS = {
    "victim_inner": victim_proximity.DWELL_MIN,
    "victim_outer": victim_approach.DWELL_MIN,
    "co_accused": contact.DWELL_MIN,
}
ALL_DAY = Interval(NOON - timedelta(days=1), NOON + timedelta(days=1))


def changes(*told: tuple[Presence, float]) -> tuple[Change, ...]:
    """Each with how many minutes ago it happened."""
    return tuple(
        Change(what, ago(minutes), ago(minutes), None if what is UNKNOWN else 0.98,
               () if what is UNKNOWN else (Sighting(ago(minutes), 43.2, 76.9, 10.0),))
        for what, minutes in told
    )  # fmt: skip


def of_pair(
    kind: PairKind,
    *told: tuple[Presence, float],
    hours: tuple[Interval, ...] = (ALL_DAY,),
    dwell: int = 2,
    **known: Any,
) -> Facts:
    """What is known of a pair."""
    condition = Condition("nct_1", kind, "PP-1", hours, nearness=Nearness(100))
    settings = (Setting(DWELLS[kind].name, dwell, ALL_DAY.since),)
    usual: dict[str, Any] = {"monitored_since": ALL_DAY.since, "settings": settings}
    return facts(condition=condition, changes=changes(*told), **(usual | known))
