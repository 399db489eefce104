# SPDX-License-Identifier: EUPL-1.2
"""Somebody was asked for a sign of life at a time of chance, and gave none.

The device asks, and the wearer answers by it; or an officer calls, and notes that it was answered.
A face or a voice that was not recognised is an answer: a failed biometric test is no breach.

Nothing is raised where:
1. no check-in was asked for whose time to answer is over
2. the last one was answered, by the device or by an officer's note, be it late
3. our own service was away while it could have been answered
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
from tarazy.supervision.rules.interface import Breach, CheckIn, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-MISSED-CHECKIN",
    version=1,
    title=said("A check-in was not answered"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The person was asked for a sign of life and gave none in time. Sleep, noise, a flat "
        "battery or a lost phone are usual causes: call. It proves nothing by itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = False
CLEARED = said("The check-in was answered.")

PARAMETERS: tuple[Parameter, ...] = ()

MISSED = said("A check-in was not answered in time. Call the person.")


NOT_CALLED = said(
    "A check-in by a call was due, and nobody has noted an answer. Call the person, and note it."
)


def assess(facts: Facts) -> Breach | None:
    over = [one for one in facts.check_ins if one.until <= facts.now]
    if not over:  # (1)
        return None
    last = over[-1]
    if answered(facts, last):  # (2)
        return None
    if any(one.since < last.until and last.asked_at < one.until for one in facts.outages):  # (3)
        return None
    return Breach(since=last.asked_at, sentence=NOT_CALLED if last.by_call else MISSED)


def answered(facts: Facts, asked: CheckIn) -> bool:
    """Whether it was, by now."""
    by_device = any(asked.asked_at <= one <= facts.now for one in facts.signs.answers)
    return by_device or (asked.noted_at is not None and asked.noted_at <= facts.now)


def next_check(facts: Facts) -> datetime | None:
    moments = [
        moment
        for one in facts.check_ins
        for moment in (one.until, one.noted_at)
        if moment is not None
    ]
    return interface.after(facts.now, moments)
