# SPDX-License-Identifier: EUPL-1.2
"""The device is heard, and does not say where it is.

Asking the person to step outside often ends it. While it lasts the person could not be monitored.

Nothing is raised where:
1. the last report had a place that is no mobile network's (500 m or more)
2. the reports' clock is faulty or their places are invented: those are other alerts
3. hardly anything was heard since: that is silence
4. it has lasted for less than LOST_MIN, or than LOST_REPORTS at the device's own interval
From which accuracy on a place is a network's is no number of an order's: all rules see the same.
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-LOCATION-LOST",
    version=2,
    title=said("The device is heard, but not where it is"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "Reports come without a usable place. Cellars, concrete houses and a switched off "
        "location service are the usual causes. While it lasts the person could not be "
        "monitored."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = False
CLEARED = said("The device reports its place again.")

LOST_MIN = Parameter(
    name="location_lost_min",
    title=said("Without a place for, minutes"),
    usual=30,
    lowest=10,
    highest=240,
    reason=said(
        "Half an hour lets a shop or a journey underground pass. Beyond four hours a whole "
        "curfew could pass unseen."
    ),
)
LOST_REPORTS = Parameter(
    name="location_lost_reports",
    title=said("Reports without a place, at least"),
    usual=3,
    lowest=2,
    highest=10,
    reason=said(
        "For a device that reports each half hour: one report without a place is nothing, and ten "
        "of them are five hours."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (LOST_MIN, LOST_REPORTS)

LOST = said("Reports come without a usable place for more than {minutes} minutes.")


def assess(facts: Facts) -> Breach | None:
    since, limit = facts.unplaced_at, _limit(facts)
    if since is None or facts.clock_fault_at is not None or facts.mock_at is not None:  # (1) (2)
        return None
    if facts.now < since + limit:  # (4)
        return None
    if facts.heard_at is None or facts.heard_at < since + limit / 2:  # (3)
        return None
    minutes = int(limit.total_seconds() // 60)
    return Breach(since=since, sentence=LOST, facts={"minutes": minutes})


def next_check(facts: Facts) -> datetime | None:
    if facts.unplaced_at is None:
        return None
    due = facts.unplaced_at + _limit(facts)
    return due if due > facts.now else facts.now + _limit(facts) / 2


def _limit(facts: Facts) -> timedelta:
    return timedelta(
        seconds=max(60 * facts.value(LOST_MIN), facts.value(LOST_REPORTS) * facts.report_interval_s)
    )
