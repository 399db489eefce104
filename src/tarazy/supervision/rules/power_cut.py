# SPDX-License-Identifier: EUPL-1.2
"""The device's outside power was cut: it runs on its own battery.

Nothing is raised where:
1. the device never said so
2. it said later that power is back, or that it is charging
3. it has not lasted for POWER_CUT_MIN yet, where the order says that it must last
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-POWER-CUT",
    version=2,
    title=said("The device lost its outside power"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device reports that its outside power was cut. Power cuts and unplugged "
        "chargers are the usual causes. It will fall silent once its battery is empty."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "calm"
LATCHED = False
SECRET = False

POWER_CUT_MIN = Parameter(
    name="power_cut_min",
    title=said("Without outside power for, minutes"),
    usual=0,
    lowest=0,
    highest=240,
    reason=said(
        "Whoever pulls a plug does it for a reason, so it is told at once. Where power fails each "
        "day it may wait; a tracker's own battery lasts for some hours."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (POWER_CUT_MIN,)
CLEARED = said("The device has outside power again.")

RESTORED = ("power_restored", "charging_started")

CUT = said("The device's outside power was cut; it runs on its own battery.")


def assess(facts: Facts) -> Breach | None:
    cut = facts.alarm("power_cut")
    if cut is None:  # (1)
        return None
    back = [facts.alarm(name) for name in RESTORED]
    charged = facts.signs.charged_since(cut.at)
    if charged or any(one is not None and one.at >= cut.at for one in back):  # (2)
        return None
    since = interface.told_since(facts, cut, POWER_CUT_MIN)
    if not interface.lasting(facts, since, POWER_CUT_MIN):  # (3)
        return None
    return Breach(since=since, sentence=CUT)


def next_check(facts: Facts) -> datetime | None:
    cut = facts.alarm("power_cut")
    if cut is None:
        return None
    return interface.after(facts.now, [interface.lasts_until(facts, cut.begun, POWER_CUT_MIN)])
