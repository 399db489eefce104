# SPDX-License-Identifier: EUPL-1.2
"""A rule that has nothing to say in a whole span: asked the same questions, without a ledger.

Nearly every rule about nearly every person is of that kind. What is asked, and when, is what a
ledger would ask; a test holds the two against each other.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from tarazy.supervision.judging.knowing import Known
from tarazy.supervision.judging.spells import ASK_AGAIN
from tarazy.supervision.rules.interface import Facts, Rule


class Heard:
    """Something that was heard: when it became known, and whether a rule may answer to it."""

    __slots__ = ("_facts", "_known", "known_at", "told")

    def __init__(
        self, known_at: datetime, facts: Facts, known: Known | None = None, *, told: bool = False
    ) -> None:
        self.known_at, self.told = known_at, told
        self._facts, self._known = facts, known

    @property
    def facts(self) -> Facts:
        """As a rule is asked; made only where one is, for most reports are nothing to any rule."""
        if self._known is not None:
            self._facts = replace(self._facts, now=self.known_at, **self._known._asdict())
            self._known = None
        return self._facts


def brief(heard: Sequence[Heard]) -> list[Heard]:
    """Without what no rule may answer to, but for the last: who is due before that, is due then."""
    told = [one for one in heard[1:-1] if one.told]
    return [heard[0], *told, *heard[1:][-1:]]


def quiet_until(
    rule: Rule, heard: Sequence[Heard], begin: datetime, until: datetime
) -> datetime | None:
    """When to ask again, where the rule finds nothing up to `until`; None where it may find it.

    `heard` begins with what was known at the beginning.
    """
    facts = heard[0].facts
    due = _silent(rule, facts if facts.now == begin else replace(facts, now=begin))
    for one in heard[1:]:
        if due is None or due <= one.known_at:
            return None
        if one.told:
            due = _silent(rule, one.facts)
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
