# SPDX-License-Identifier: EUPL-1.2
"""Nothing heard from the person's device for too long.

Silence is counted from the last report of any kind, or from the moment at which reports became due.
Ten missed reports are too many: ten minutes for a phone that reports each minute; at least five
minutes, and never more than an hour unless the device was itself asked to report more rarely than
each half hour. An order may set other numbers (silence.py).

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
    SILENCE_MIN,
    SILENCE_REPORTS,
    counted_from,
    first_limit,
)

CARD = Card(
    code="S-SIGNAL-LOST",
    version=1,
    title=said("Nothing heard from the device"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device has been silent for ten of its own report intervals, or for longer than the "
        "order tolerates. A flat battery, a cellar or the network are the usual causes. While it "
        "lasts the person could not be monitored."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = False
CLEARED = said("The device was heard again, or no report is due any more.")

PARAMETERS: tuple[Parameter, ...] = (SILENCE_REPORTS, SILENCE_MIN)

SILENT = said("Nothing heard from the device for more than {minutes} minutes.")


def assess(facts: Facts) -> Breach | None:
    limit = first_limit(facts)
    since = counted_from(facts, limit)  # (1) (2)
    if since is None or facts.now < since + limit:
        return None
    minutes = int(limit.total_seconds() // 60)
    return Breach(since=since, sentence=SILENT, facts={"minutes": minutes})


def next_check(facts: Facts) -> datetime | None:
    limit = first_limit(facts)
    since = counted_from(facts, limit)
    return None if since is None else interface.after(facts.now, [since + limit])
