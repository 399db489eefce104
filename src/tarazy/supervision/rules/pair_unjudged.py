# SPDX-License-Identifier: EUPL-1.2
"""Whether two people are near each other cannot be said for a while: not knowing is said aloud.

It is no breach, and says of nobody that they did wrong: a phone lies in a cellar, a consent has no
device yet, reports come too seldom to tell.

Nothing is raised where:
1. the demand does not apply now: the orders, its own period, the consent
2. it is known that they are near, or that they are apart
3. it has not been unknown for UNJUDGED_MIN yet; where our own service was away before it had, that
   is counted again from its return
4. the person wears no device yet, or, of two under orders, the other one: nothing is due from them.
   A protected person who agreed and has no device yet is a gap, and is told
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.interface import Presence
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, PairKind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-PAIR-UNJUDGED",
    version=3,
    title=said("Whether the two are near each other cannot be said"),
    basis=said("The ban on contact or on coming near, as the court's order sets it"),
    description=said(
        "For half an hour, or for what the order says, the reports of the two devices do not show "
        "whether the two are near each other. It is no breach by anybody; while it lasts the ban "
        "cannot be watched."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[PairKind] = frozenset({"victim_outer", "co_accused"})
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = True
CLEARED = said(
    "It can be said again whether the two are near each other, or the ban has ended, or a device "
    "was taken off."
)

UNJUDGED_MIN = Parameter(
    name="pair_unjudged_min",
    title=said("Not to be said whether two are near each other for, minutes"),
    usual=30,
    lowest=10,
    highest=240,
    reason=said(
        "Half an hour lets a shop or a journey underground pass. Beyond four hours a ban has been "
        "unwatched for most of an evening."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (UNJUDGED_MIN,)

UNJUDGED = said(
    "For more than {minutes} minutes it cannot be said whether the two are near each other."
)


def assess(facts: Facts) -> Breach | None:
    since = _since(facts)
    if since is None or not interface.lasting(facts, since, UNJUDGED_MIN):  # (3)
        return None
    return Breach(since=since, sentence=UNJUDGED, facts={"minutes": facts.value(UNJUDGED_MIN)})


def next_check(facts: Facts) -> datetime | None:
    since = _since(facts)
    edges = [moment for one in facts.condition.hours for moment in one] if facts.condition else []
    if since is not None:
        edges.append(interface.lasts_until(facts, since, UNJUDGED_MIN))
    return interface.after(facts.now, edges)


def _since(facts: Facts) -> datetime | None:
    hours = facts.condition.hours_at(facts.now) if facts.condition else None
    if hours is None or facts.monitored_since is None:  # (1) (4)
        return None
    last = facts.changes[-1] if facts.changes else None
    if last is not None and last.at >= hours.since and last.presence is not Presence.UNKNOWN:  # (2)
        return None
    since = max(hours.since, facts.monitored_since)  # (4)
    since = since if last is None else max(since, last.at)
    limit = timedelta(minutes=facts.value(UNJUDGED_MIN))
    for outage in facts.outages:  # (3)
        if outage.since < since + limit and outage.until > since:
            since = outage.until
    return since
