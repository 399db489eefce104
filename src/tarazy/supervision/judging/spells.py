# SPDX-License-Identifier: EUPL-1.2
"""When a rule finds something to check: one rule walked in the time in which things happened.

A rule is a pure function of the facts at a moment, so a walk may begin at any moment, with the
spell that runs there; judging an interval again is walking it again.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from tarazy.core.catalogue import said
from tarazy.supervision.judging.bonds import PairWatched
from tarazy.supervision.judging.subjects import Spell, Watched
from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.rules import missed_checkin
from tarazy.supervision.rules.interface import Breach, Condition, Facts, PairRule, Rule

CHANGES_MAX = 8
"""Changes of presence that a rule sees: it looks back over one stay."""
STAY_MAX = 200
"""And so many where it has to know when the stay began: reports that come in bursts lose somebody
and find him again some sixty times in a night."""
LOOKED_BACK = frozenset({"home_curfew"})
"""Conditions of that kind: who was away when the hours began is another alert than who left."""
ASK_AGAIN = timedelta(days=7)
"""A rule is asked at least so often: it sees the hours of eight days ahead, not of a month."""
CONDITION_ENDED = said("The condition of the order no longer applies.")
PERMITTED = said("An absence is permitted from here on.")


@dataclass(frozen=True, slots=True)
class Question:
    """One rule about one subject, about one condition of it, or about one radius of a pair."""

    rule: Rule | PairRule
    watched: Watched | PairWatched | None
    over_at: datetime
    """The order's end: nothing is said from then on."""
    seen: dict[datetime, Condition] = field(default_factory=dict)
    """The condition as it was at moments at which one was asked about it; its rules share that."""


@dataclass(frozen=True, slots=True)
class Walked:
    """The spells of a stretch, in order, and when to ask next."""

    spells: tuple[Spell, ...]
    due: datetime


def walk_spells(
    asked: Question,
    facts: Facts,
    changes: Sequence[Change],
    span: tuple[datetime, datetime],
    running: Spell | None,
) -> Walked:
    """The spells from one moment to another, both of them judged; `running` goes on at the first.

    `changes` are in the order in which they happened.
    """
    moment, until = span
    spells = [] if running is None else [running]
    moments = [change.at for change in changes]
    while True:
        past = bisect_right(moments, moment)
        facts = asked_at(asked, facts, changes[max(0, past - STAY_MAX) : past], moment)
        if moment < asked.over_at:
            _weigh(asked, spells, facts, asked.rule.assess(facts))
        due = min(asked.rule.next_check(facts) or moment + ASK_AGAIN, moment + ASK_AGAIN)
        if facts.settings:
            due = min([due, *(one.since for one in facts.settings if one.since > moment)])
        upcoming = min(due, moments[past]) if past < len(moments) else due
        if upcoming > until:
            return Walked(tuple(spells), due)
        moment = upcoming


def asked_at(asked: Question, facts: Facts, changes: Sequence[Change], moment: datetime) -> Facts:
    """What is known at a moment, as a rule is asked; `changes` are those up to then."""
    if asked.watched is not None:
        seen = recent(changes) if asked.watched.kind in LOOKED_BACK else changes[-CHANGES_MAX:]
        condition = asked.seen.get(moment)
        if condition is None:
            condition = asked.seen[moment] = asked.watched.condition(moment)
        return replace(facts, now=moment, condition=condition, changes=tuple(seen))
    # All rules about a person share the facts of a moment.
    return facts if facts.now == moment else replace(facts, now=moment)


def recent(changes: Sequence[Change]) -> Sequence[Change]:
    """The last changes; where all of them are of one stay outside, back to where it began."""
    first = max(0, len(changes) - CHANGES_MAX)
    if all(one.presence is not Presence.INSIDE for one in changes[first:]):
        least = max(0, len(changes) - STAY_MAX)
        while first > least and changes[first - 1].presence is not Presence.INSIDE:
            first -= 1
    return changes[first:]


def _weigh(asked: Question, spells: list[Spell], facts: Facts, breach: Breach | None) -> None:
    """Take in what the rule says at a moment."""
    moment = facts.now
    running = spells[-1] if spells and spells[-1].until is None else None
    if breach is None:
        if running is not None and not asked.rule.LATCHED:
            spells[-1] = _ended(asked, running, facts)
    elif running is None:
        spells.append(Spell(moment, breach))
    elif differs(running.breach, breach):
        since = min(running.since, breach.since)
        spells[-1] = replace(running, breach=replace(breach, since=since))


def _ended(asked: Question, running: Spell, facts: Facts) -> Spell:
    moment, watched, sentence = facts.now, asked.watched, asked.rule.CLEARED
    if asked.rule is missed_checkin:
        sentence = missed_checkin.cleared(facts)
    if watched is not None and moment >= watched.period.until:
        sentence = CONDITION_ENDED
    elif watched is not None and any(one.contains(moment) for one in watched.permitted):
        sentence = PERMITTED
    return replace(running, until=max(moment, running.since), ended=sentence)


def differs(before: Breach, now: Breach) -> bool:
    """Whether the same breach reads otherwise now; a shift in probability alone does not."""
    return (before.sentence, before.facts) != (now.sentence, now.facts) or now.since < before.since
