# SPDX-License-Identifier: EUPL-1.2
"""The device reports times that cannot be true.

The gateway could not repair the time of the report, kept no place of it, and marked it. While this
goes on the person is heard but could not be monitored.

Nothing is raised where:
1. the last report had a plausible time
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
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
PARAMETERS: tuple[Parameter, ...] = ()
CLEARED = said("The device reports plausible times again.")

WRONG = said("The device reports an impossible time; its places cannot be used.")


def assess(facts: Facts) -> Breach | None:
    if facts.clock_fault_at is None:  # (1)
        return None
    return Breach(since=facts.clock_fault_at, sentence=WRONG)


def next_check(facts: Facts) -> datetime | None:  # noqa: ARG001 - only a report can change it
    return None
