# SPDX-License-Identifier: EUPL-1.2
"""How long a device may be silent, and from when on its silence is counted: two rules ask it.

Silence is counted from the last report of any kind, or from the moment at which reports became due.
Where our own service was away it is counted again from its return, plus a grace for the devices to
come back; a silence that was too long before the outage stays too long.
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import said
from tarazy.supervision.rules.interface import OUTAGE_GRACE, Facts
from tarazy.supervision.rules.parameters import Parameter

SILENCE_S_MIN = 300
RARE_REPORTS_MISSED_MAX = 2

SILENCE_REPORTS = Parameter(
    name="silence_reports",
    title=said("Missed reports that are silence"),
    usual=10,
    lowest=5,
    highest=30,
    reason=said(
        "Ten minutes for a phone that reports each minute, as control centres have it. Fewer than "
        "five are a lift or a tunnel."
    ),
)
SILENCE_MIN = Parameter(
    name="silence_min",
    title=said("Silence is never tolerated for longer than, minutes"),
    usual=60,
    lowest=10,
    highest=240,
    reason=said(
        "Control centres ask after one hour. A device that is asked to report more rarely than "
        "each half hour may miss one report all the same."
    ),
)
SILENCE_LONG_MIN = Parameter(
    name="silence_long_min",
    title=said("Long silence, minutes"),
    usual=120,
    lowest=30,
    highest=1440,
    reason=said(
        "Control centres escalate after two hours. Never before twice the time of the first alert."
    ),
)


def first_limit(facts: Facts) -> timedelta:
    """How long a device may be silent before anybody is told."""
    interval_s = facts.report_interval_s
    most = max(60 * facts.value(SILENCE_MIN), RARE_REPORTS_MISSED_MAX * interval_s)
    missed = min(facts.value(SILENCE_REPORTS) * interval_s, most)
    return timedelta(seconds=max(SILENCE_S_MIN, missed))


def silence_limit(report_interval_s: int) -> timedelta:
    """The least that a first limit can be, whatever an order sets."""
    missed = min(SILENCE_REPORTS.lowest * report_interval_s, 60 * SILENCE_MIN.lowest)
    return timedelta(seconds=max(SILENCE_S_MIN, missed))


def long_limit(facts: Facts) -> timedelta:
    """How long before it is told once more, and louder."""
    return max(timedelta(minutes=facts.value(SILENCE_LONG_MIN)), 2 * first_limit(facts))


def counted_from(facts: Facts, limit: timedelta) -> datetime | None:
    """From when on the silence counts; None where no report is due."""
    if facts.monitored_since is None:
        return None
    since = max(facts.monitored_since, facts.heard_at or facts.monitored_since)
    for outage in facts.outages:
        if outage.since < since + limit and outage.until > since:
            since = outage.until + OUTAGE_GRACE
    return since
