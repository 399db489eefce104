# SPDX-License-Identifier: EUPL-1.2
"""Nothing heard from the person's device for so long that somebody should go and look.

The second level of silence: the first one asks to call. Counted as there (silence.py).

Nothing is raised where:
1. no device is fitted, the order is not in force yet, or we never listened: no report is due
2. our own service was away: silence is counted again from its return, plus a grace for the devices
   to come back; a silence that was too long before the outage stays raised
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter
from tarazy.supervision.rules.silence import (
    SILENCE_LONG_MIN,
    SILENCE_MIN,
    SILENCE_REPORTS,
    counted_from,
    long_limit,
)

CARD = Card(
    code="S-SIGNAL-LOST-LONG",
    version=1,
    title=said("Nothing heard from the device for long"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device has been silent for two hours, or for what the order says. A call has not "
        "helped or was not made. A flat battery, a cellar or the network may still be the cause: "
        "it needs checking, and proves nothing by itself."
    ),
)
SEVERITY: Severity = "critical"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = False
CLEARED = said("The device was heard again, or no report is due any more.")

PARAMETERS: tuple[Parameter, ...] = (SILENCE_LONG_MIN, SILENCE_REPORTS, SILENCE_MIN)

SILENT = said(
    "Nothing heard from the device for more than {minutes} minutes. Somebody should look."
)


def assess(facts: Facts) -> Breach | None:
    limit = long_limit(facts)
    since = counted_from(facts, limit)  # (1) (2)
    if since is None or facts.now < since + limit:
        return None
    minutes = int(limit.total_seconds() // 60)
    return Breach(since=since, sentence=SILENT, facts={"minutes": minutes})


def next_check(facts: Facts) -> datetime | None:
    limit = long_limit(facts)
    since = counted_from(facts, limit)
    return None if since is None else interface.after(facts.now, [since + limit])
