# SPDX-License-Identifier: EUPL-1.2
"""The court's order is about to end: an extension is due, or the return of the device.

It is about us, not about the person: nobody is watched a minute longer than the court allows.

Nothing is raised where:
1. the end is more than a week away
2. the whole order lasts no longer than SHORT: it was always about to end
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency

CARD = Card(
    code="S-ORDER-ENDING",
    version=1,
    title=said("The order is about to end"),
    basis=said("The term of the court's own order"),
    description=said(
        "The order ends within a week. Nobody may be monitored beyond it: an extension has "
        "to be there by then, or the device has to be taken off."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "calm"
LATCHED = False
CLEARED = said("The order was extended.")

BEFORE = timedelta(days=7)
SHORT = timedelta(days=14)

ENDING = said(
    "The order ends in less than {days} days. An extension, or the return of the device, is due."
)


def assess(facts: Facts) -> Breach | None:
    begin = _begin(facts)
    if begin is None or facts.now < begin:  # (1)
        return None
    return Breach(since=begin, sentence=ENDING, facts={"days": BEFORE.days})


def next_check(facts: Facts) -> datetime | None:
    begin = _begin(facts)
    return None if begin is None else interface.after(facts.now, [begin])


def _begin(facts: Facts) -> datetime | None:
    whole = facts.in_force
    if whole is None or whole.until - whole.since <= SHORT:  # (2)
        return None
    return whole.until - BEFORE
