# SPDX-License-Identifier: EUPL-1.2
"""The court's order is about to end: an extension is due, or the return of the device.

It is about us, not about the person: nobody is watched a minute longer than the court allows.

Nothing is raised where:
1. the end is more than ENDING_DAYS away, or more than half of an order that is shorter than twice
   that
2. the whole order lasts for less than SHORT: it was always about to end
"""

from datetime import datetime, timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-ORDER-ENDING",
    version=2,
    title=said("The order is about to end"),
    basis=said("The term of the court's own order"),
    description=said(
        "The order ends within some days (a week, where nothing else is set, or half of a short "
        "order). Nobody may be monitored beyond it: an extension has to be there by then, or the "
        "device has to be taken "
        "off."
    ),
)
SEVERITY: Severity = "low"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "calm"
LATCHED = False
SECRET = False
CLEARED = said("The order was extended.")

ENDING_DAYS = Parameter(
    name="order_ending_days",
    title=said("Said so many days before the end"),
    usual=7,
    lowest=3,
    highest=30,
    reason=said("A court needs days, not hours; a month ahead nobody acts on it yet."),
)
PARAMETERS: tuple[Parameter, ...] = (ENDING_DAYS,)
SHORT = timedelta(days=3)
DAY = timedelta(days=1)

ENDING = said(
    "The order ends in less than {days} days. An extension, or the return of the device, is due."
)


def assess(facts: Facts) -> Breach | None:
    begin = _begin(facts)
    if begin is None or facts.now < begin:  # (1)
        return None
    days = -(-_before(facts) // DAY)
    return Breach(since=begin, sentence=ENDING, facts={"days": days})


def next_check(facts: Facts) -> datetime | None:
    begin = _begin(facts)
    return None if begin is None else interface.after(facts.now, [begin])


def _begin(facts: Facts) -> datetime | None:
    whole = facts.in_force
    if whole is None or whole.until - whole.since < SHORT:  # (2)
        return None
    return whole.until - _before(facts)


def _before(facts: Facts) -> timedelta:
    """How long before the end it is said."""
    before, whole = timedelta(days=facts.value(ENDING_DAYS)), facts.in_force
    return before if whole is None else min(before, (whole.until - whole.since) / 2)
