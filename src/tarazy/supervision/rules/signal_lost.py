# SPDX-License-Identifier: EUPL-1.2
"""Nothing heard from the person's device for too long.

Silence is counted from the last report of any kind, or from the moment at which reports became due.
Ten missed reports are too many: ten minutes for a phone that reports each minute; at least five
minutes, and never more than an hour unless the device itself reports more rarely than each half
hour.

Nothing is raised where:
1. no device is fitted, the order is not in force yet, or we never listened: no report is due
2. our own service was away: silence is counted again from its return, plus a grace for the devices
   to come back; a silence that was too long before the outage stays raised
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency

CARD = Card(
    code="S-SIGNAL-LOST",
    version=1,
    title=said("Nothing heard from the device"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device has been silent for ten of its own report intervals. A flat battery, a cellar "
        "or the network are the usual causes. While it lasts the person could not be monitored."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
CLEARED = said("The device was heard again, or no report is due any more.")

REPORTS_MISSED_MAX = 10
SILENCE_S_MIN = 300
SILENCE_S_USUAL_MAX = 3600
RARE_REPORTS_MISSED_MAX = 2
OUTAGE_GRACE = timedelta(seconds=120)

SILENT = said("Nothing heard from the device for more than {minutes} minutes.")


def assess(facts: Facts) -> Breach | None:
    counted_from = _counted_from(facts)
    if counted_from is None:  # (1)
        return None
    limit = silence_limit(facts.report_interval_s)
    if facts.now < counted_from + limit:
        return None
    minutes = int(limit.total_seconds() // 60)
    return Breach(since=counted_from, sentence=SILENT, facts={"minutes": minutes})


def next_check(facts: Facts) -> datetime | None:
    counted_from = _counted_from(facts)
    if counted_from is None:
        return None
    due = counted_from + silence_limit(facts.report_interval_s)
    return due if due > facts.now else None


def silence_limit(report_interval_s: int) -> timedelta:
    """How long a device may be silent."""
    usual_max = max(SILENCE_S_USUAL_MAX, RARE_REPORTS_MISSED_MAX * report_interval_s)
    missed = min(REPORTS_MISSED_MAX * report_interval_s, usual_max)
    return timedelta(seconds=max(SILENCE_S_MIN, missed))


def _counted_from(facts: Facts) -> datetime | None:
    if facts.monitored_since is None:  # (1)
        return None
    since = max(facts.monitored_since, facts.heard_at or facts.monitored_since)
    limit = silence_limit(facts.report_interval_s)
    for outage in facts.outages:
        if outage.since < since + limit and outage.until > since:  # (2)
            since = outage.until + OUTAGE_GRACE
    return since
