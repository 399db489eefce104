# SPDX-License-Identifier: EUPL-1.2
"""Whether two people are near each other cannot be said for a while: not knowing is said aloud.

It is no breach, and says of nobody that they did wrong: a phone lies in a cellar, a consent has no
device yet, reports come too seldom to tell.

Nothing is raised where:
1. the demand does not apply now: the orders, its own period, the consent
2. it is known that they are near, or that they are apart
3. it has not been unknown for LIMIT yet, or our own service was away meanwhile
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, PairKind, Severity, Urgency

CARD = Card(
    code="S-PAIR-UNJUDGED",
    version=1,
    title=said("Whether the two are near each other cannot be said"),
    basis=said("The ban on contact or on coming near, as the court's order sets it"),
    description=said(
        "For half an hour the reports of the two devices do not show whether the two are near "
        "each other. It is no breach by anybody; while it lasts the ban cannot be watched."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[PairKind] = frozenset({"victim_outer", "co_accused"})
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = True
CLEARED = said("It can be said again whether the two are near each other, or the ban has ended.")

LIMIT = timedelta(minutes=30)

UNJUDGED = said(
    "For more than {minutes} minutes it cannot be said whether the two are near each other."
)


def assess(facts: Facts) -> Breach | None:
    since = _since(facts)
    if since is None or facts.now < since + LIMIT:  # (3)
        return None
    minutes = int(LIMIT.total_seconds() // 60)
    return Breach(since=since, sentence=UNJUDGED, facts={"minutes": minutes})


def next_check(facts: Facts) -> datetime | None:
    since = _since(facts)
    edges = [moment for one in facts.condition.hours for moment in one] if facts.condition else []
    return interface.after(facts.now, edges if since is None else [*edges, since + LIMIT])


def _since(facts: Facts) -> datetime | None:
    hours = facts.condition.hours_at(facts.now) if facts.condition else None
    if hours is None:  # (1)
        return None
    last = facts.changes[-1] if facts.changes else None
    if last is not None and last.at >= hours.since and last.presence is not Presence.UNKNOWN:  # (2)
        return None
    since = hours.since if last is None else max(hours.since, last.at)
    return max([since, *(one.until for one in facts.outages if one.until <= facts.now)])  # (3)
