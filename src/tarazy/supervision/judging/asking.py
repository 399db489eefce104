# SPDX-License-Identifier: EUPL-1.2
"""A rule that has nothing to say in a whole span: asked the same questions, without a ledger.

Nearly every rule about nearly every person is of that kind. What is asked, and when, is what a
ledger would ask; a test holds the two against each other.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tarazy.supervision.judging.spells import ASK_AGAIN
from tarazy.supervision.rules.interface import Facts, Rule

Heard = tuple[datetime, Facts, bool]
"""When it became known, what was known then, and whether a rule may answer otherwise to it."""


def quiet_until(
    rule: Rule, heard: Sequence[Heard], begin: datetime, until: datetime
) -> datetime | None:
    """When to ask again, where the rule finds nothing up to `until`; None where it may find it.

    `heard` begins with what was known at the beginning.
    """
    _, facts, _ = heard[0]
    due = _silent(rule, facts if facts.now == begin else replace(facts, now=begin))
    for known_at, after, told in heard[1:]:
        if due is None or due <= known_at:
            return None
        if told:
            due = _silent(rule, after)
    return None if due is None or due <= until else due


def _silent(rule: Rule, facts: Facts) -> datetime | None:
    """When to ask again, if there is nothing to say now."""
    if rule.assess(facts) is not None:
        return None
    latest = facts.now + ASK_AGAIN
    due = min(rule.next_check(facts) or latest, latest)
    if facts.settings:
        due = min([due, *(one.since for one in facts.settings if one.since > facts.now)])
    return due
