# SPDX-License-Identifier: EUPL-1.2
"""The device reports times that cannot be true.

The gateway could not repair the time of the report, kept no place of it, and marked it. While this
goes on the person is heard but could not be monitored.

Nothing is raised where:
1. the last report had a plausible time
2. it has not lasted for CLOCK_FAULT_MIN yet, where the order says that it must last
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-CLOCK-FAULT",
    version=1,
    title=said("The device's clock is wrong"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "Reports carry a time that is impossible, so that it cannot be said when the person was "
        "where; such places are not kept. Usually the device needs a restart or an exchange."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = False

CLOCK_FAULT_MIN = Parameter(
    name="clock_fault_min",
    title=said("Impossible times for, minutes"),
    usual=0,
    lowest=0,
    highest=60,
    reason=said(
        "No place is kept meanwhile, so it is told at once. Some devices wake up with a wrong time "
        "and put it right with their first satellites; in an hour each has had some."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (CLOCK_FAULT_MIN,)
CLEARED = said("The device reports plausible times again.")

WRONG = said("The device reports an impossible time; its places cannot be used.")


def assess(facts: Facts) -> Breach | None:
    since = facts.clock_fault_at
    if since is None or not interface.lasting(facts, since, CLOCK_FAULT_MIN):  # (1) (2)
        return None
    return Breach(since=since, sentence=WRONG)


def next_check(facts: Facts) -> datetime | None:
    since = facts.clock_fault_at
    if since is None:
        return None
    return interface.after(facts.now, [interface.lasts_until(facts, since, CLOCK_FAULT_MIN)])
