# SPDX-License-Identifier: EUPL-1.2
"""The device has not moved at all for many waking hours: it may have been left at home.

Only the device's own sensor can say so. Hours from AWAKE_FROM_H to AWAKE_UNTIL_H in the order's
zone of time count (7:00 to 22:00, where nothing else is set); who sleeps does not move.

Nothing is raised where:
1. the last report that said anything of movement told of some, or of a speed
2. the waking hours since it first told of none are fewer than STILL_H
3. hardly anything was heard in that time: that is silence
Not assessed: devices without a sensor for movement; reports that came late.
"""

from datetime import datetime, time, timedelta, tzinfo

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-NO-MOTION",
    version=1,
    title=said("The device has not moved for many hours"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The device's own sensor has told of no movement for many waking hours. It may lie on a "
        "table while its wearer is elsewhere, or the wearer may be ill: ask for a check-in, or "
        "call. It proves nothing by itself."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "calm"
LATCHED = False
SECRET = False
CLEARED = said("The device has moved again.")

STILL_H = Parameter(
    name="still_h",
    title=said("Waking hours without any movement"),
    usual=12,
    lowest=4,
    highest=30,
    reason=said(
        "A phone may lie on a table for most of a quiet day at home. In two days of waking "
        "hours, 30, everybody has taken it in hand; whoever wears a bracelet, in 4."
    ),
)
AWAKE_FROM_H = Parameter(
    name="awake_from_h",
    title=said("Waking hours begin, by the clock"),
    usual=7,
    lowest=3,
    highest=12,
    reason=said(
        "Most people are up by seven. Who works at night may sleep until noon; before three "
        "nearly everybody sleeps."
    ),
)
AWAKE_UNTIL_H = Parameter(
    name="awake_until_h",
    title=said("Waking hours end, by the clock"),
    usual=22,
    lowest=16,
    highest=23,
    reason=said(
        "Many people sleep from ten on. Four hours at least have to be left of the day, or nobody "
        "would ever be asked."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (STILL_H, AWAKE_FROM_H, AWAKE_UNTIL_H)
DAY = timedelta(days=1)

STILL = said(
    "The device has not moved for {hours} waking hours. Ask its wearer for a check-in, or call."
)


def assess(facts: Facts) -> Breach | None:
    since, hours = facts.signs.still_since, facts.value(STILL_H)
    if since is None:  # (1)
        return None
    due = awake_for(since, timedelta(hours=hours), facts.time_zone, awake(facts))
    if facts.now < due:  # (2)
        return None
    if facts.heard_at is None or facts.heard_at < since + (due - since) / 2:  # (3)
        return None
    return Breach(since=since, sentence=STILL, facts={"hours": hours})


def next_check(facts: Facts) -> datetime | None:
    since = facts.signs.still_since
    if since is None:
        return None
    hours = timedelta(hours=facts.value(STILL_H))
    return interface.after(facts.now, [awake_for(since, hours, facts.time_zone, awake(facts))])


def awake(facts: Facts) -> tuple[time, time]:
    """From when to when somebody is taken to be awake."""
    return time(facts.value(AWAKE_FROM_H)), time(facts.value(AWAKE_UNTIL_H))


def awake_for(
    since: datetime, left: timedelta, zone: tzinfo, awake_hours: tuple[time, time]
) -> datetime:
    """The moment by which so many waking hours have gone by."""
    day = since.astimezone(zone).date()
    while True:
        begin, end = (
            datetime.combine(day, clock, zone).astimezone(since.tzinfo) for clock in awake_hours
        )
        begin = max(begin, since)
        if begin + left <= end:
            return begin + left
        left -= max(end - begin, timedelta())
        day += DAY
