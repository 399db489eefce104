# SPDX-License-Identifier: EUPL-1.2
"""Walk one subject through time: rules see each change of presence and each moment that is due.

Knowledge comes in its own order. What was known by a moment is judged first, timers included; then
a report arrives, and what it changes is walked from the moment at which it happened. So the same
reports give the same alerts, whether the engine was awake when a timer was due or not.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import get_args

from msgspec import Struct
from msgspec.structs import replace

from tarazy.core.catalogue import said
from tarazy.supervision import retired
from tarazy.supervision.judging import asking
from tarazy.supervision.judging.knowing import Known, known_of, told
from tarazy.supervision.judging.ledger import WITHDRAWN, Ledger
from tarazy.supervision.judging.pace import paced, unpaced
from tarazy.supervision.judging.quiet import PUT_OFF, SILENT
from tarazy.supervision.judging.spells import CONDITION_ENDED, Question, asked_at
from tarazy.supervision.judging.subjects import (
    Cause,
    Episode,
    Judged,
    Subject,
    Turn,
    Watched,
    Wearer,
)
from tarazy.supervision.presence.interface import Change, Presence, State
from tarazy.supervision.presence.kernel import expire, stale_after_s
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import RULES, missed_checkin
from tarazy.supervision.rules.interface import Condition, Facts, Kind
from tarazy.supervision.rules.missed_checkin import altered_from

ORDER_ENDED = said("The order is no longer in force.")
OF_PERSON = tuple((rule, (rule.CARD.code, None)) for rule in RULES if not rule.CONDITIONS)
"""Each with its cause."""
OF_CONDITION = {
    kind: tuple(rule for rule in RULES if kind in rule.CONDITIONS) for kind in get_args(Kind)
}
URGENCIES = {rule.CARD.code: rule.URGENCY for rule in RULES}


class Span(Struct, frozen=True):
    """From where the last step had judged to, up to where this one may."""

    since: datetime
    until: datetime
    outages: tuple[Interval, ...] = ()
    paced_from: datetime | None = None
    """How often a device was to report before this moment is nobody's concern any more."""


Report = tuple[datetime, Known]
"""When one arrived, and what is known of the person with it."""


class Heard(Struct, frozen=True):
    """What arrived of a subject, and what the presence kernel made of it."""

    wearer: Wearer
    reports: Sequence[Report]
    states: Mapping[int, State]
    changes: Mapping[int, Sequence[Change]]


@dataclass(slots=True)
class Found:
    """Turns and episodes of one subject, gathered from its ledgers."""

    subject: Subject
    running: frozenset[Cause]
    """Causes of which an alert goes on at the beginning."""
    turns: list[Turn] = field(default_factory=list)
    episodes: dict[Cause, tuple[Episode, ...]] = field(default_factory=dict)
    dues: list[datetime] = field(default_factory=list)
    hours: list[datetime] = field(default_factory=list)
    """The same of rules about a condition, which go by the clock and by changes of presence."""
    put_off: list[datetime] = field(default_factory=list)
    """When rules are due that the next report puts off."""
    asked: dict[Cause, datetime] = field(default_factory=dict)
    """When each rule wants to be asked again."""

    def take(self, ledger: Ledger) -> None:
        """What a ledger came to."""
        self.turns += ledger.turns
        self.episodes[ledger.cause] = ledger.episodes
        self.ask(ledger.cause, ledger.due, running=ledger.running is not None)

    def ask(self, cause: Cause, due: datetime, *, running: bool = False) -> None:
        """Ask a rule again at a time."""
        self.asked[cause] = due
        code, condition_id = cause
        if condition_id is not None:
            self.hours.append(due)
        else:
            (self.put_off if code in PUT_OFF and not running else self.dues).append(due)

    def spares(self, cause: Cause, until: datetime) -> bool:
        """Pass a rule over that finds nothing, and need not be asked up to a moment.

        Rules answer to the time, to changes of presence in their condition, and to what is `told`
        of the person; they say themselves when time may change their answer.
        """
        due = self.subject.asked.get(cause)
        if due is None or until >= due or cause in self.running:
            return False
        if until >= self.subject.in_force.until:
            return False
        self.leave(cause, due)
        return True

    def leave(self, cause: Cause, due: datetime) -> None:
        """Nothing goes on and nothing is found: what was believed of a cause stays so."""
        if cause in self.subject.episodes:
            self.episodes[cause] = tuple(self.subject.episodes[cause])
        self.ask(cause, due)


def walk(
    subject: Subject,
    heard: Heard,
    span: Span,
    altered_from: Mapping[int, datetime] | None = None,
    denial: str = WITHDRAWN,
) -> Judged:
    """Judge one subject over a span, by what arrived in it.

    `altered_from`: conditions of which, at its beginning, something else is believed than before;
    `denial` says why alerts of them that are found no more are withdrawn.
    """
    over = subject.in_force.until <= span.until
    limit = replace(span, until=min(span.until, subject.in_force.until))
    found = Found(subject, running_of(subject))
    facts = facts_of(subject, limit.since, limit.outages)
    _walk_person(subject, _heard(heard.reports, facts), limit, found)
    states, changes = dict(heard.states), dict[int, tuple[Change, ...]]()
    believed = dict[int, tuple[Change, ...]]()
    stale_s = stale_after_s(subject.report_interval_s)
    for watched in subject.watched:
        states[watched.id], lost = expire(states[watched.id], stale_s, limit.until)
        changes[watched.id] = (*heard.changes.get(watched.id, ()), *lost)
        believed[watched.id] = (*watched.changes, *changes[watched.id])
        judged_to = max([limit.since, *(change.at for change in watched.changes[-1:])])
        begin = (altered_from or {}).get(watched.id, judged_to)
        altered = altered_from is not None and watched.id in altered_from
        news = _News(watched, changes[watched.id], begin, denial if altered else None)
        _walk_condition(subject, news, (facts, limit), found)
    _drop_conditions(subject, limit, found)
    found.turns.sort(key=lambda turn: (turn.known_at, str(turn.cause)))
    result = (states, changes, believed, found.episodes, found.turns)
    if over:
        return Judged(subject, None, *result)
    urgency = urgency_of(found.episodes) or _seen(subject, heard.wearer, states, limit.until)
    facts = facts_of(subject, limit.until, limit.outages, heard.wearer)
    wearer, looks, silence = paced(subject, heard.wearer, states, found.episodes, facts)
    if span.paced_from is not None and limit.until < span.paced_from:
        wearer, looks = unpaced(wearer, looks, span.paced_from)
    if wearer.urgency != urgency:
        wearer = replace(wearer, urgency=urgency)
    # Half of a silence is over before the whole of it: a report that puts off one puts off both.
    dues = [*found.dues, subject.in_force.until, *looks, *([] if silence else found.put_off)]
    hours = min(found.hours, default=None)
    return Judged(subject, wearer, *result, {}, min(dues), hours, silence, found.asked)


def running_of(subject: Subject) -> frozenset[Cause]:
    """Causes of which an alert goes on."""
    found = subject.episodes.items()
    return frozenset(cause for cause, each in found if each and each[-1].until is None)


def urgency_of(episodes: Mapping[Cause, Sequence[Episode]]) -> str | None:
    """`alert` where something needs checking now, `unknown` where we cannot see the person."""
    running = {
        URGENCIES[code]
        for (code, _), each in episodes.items()
        for one in each
        if one.until is None and not (one.resolved and URGENCIES[code] == "alert")
    }
    return next((one for one in ("alert", "unknown") if one in running), None)


def _seen(subject: Subject, wearer: Wearer, states: Mapping[int, State], now: datetime) -> str:
    """`unknown` where nothing was heard yet, or where a condition's place is not known."""
    unknown = any(
        states[one.id].presence is Presence.UNKNOWN
        for one in subject.watched
        if one.facet == "zone" and one.period.contains(now)
    )
    return "unknown" if unknown or wearer.heard_at is None else "calm"


def facts_of(
    subject: Subject, now: datetime, outages: tuple[Interval, ...], wearer: Wearer | None = None
) -> Facts:
    """What is known of the person at a moment; `wearer` where it is another than the subject's."""
    wearer = wearer or subject.wearer
    return Facts(
        now=now,
        order_id=str(subject.order_id),
        report_interval_s=subject.report_interval_s,
        heard_at=wearer.heard_at,
        monitored_since=subject.monitored_since,
        clock_fault_at=wearer.clock_fault_at,
        outages=outages,
        alarms=wearer.alarms,
        mock_at=wearer.mock_at,
        unplaced_at=wearer.unplaced_at,
        battery_percent=wearer.battery_percent,
        battery_at=wearer.battery_at,
        placed_at=wearer.placed_at,
        in_force=subject.in_force,
        time_zone=subject.time_zone,
        signs=wearer.signs,
        check_ins=subject.check_ins,
        settings=subject.settings,
    )


def _walk_person(subject: Subject, heard: Sequence[asking.Heard], span: Span, found: Found) -> None:
    """Rules about what we heard go by the time at which we heard it: late data change nothing, but
    for an answer that was given in time.

    What was read too late for its moment (a slow commit) is taken in at once, at the beginning; but
    each alarm that a person has to resolve is heard by itself.
    """
    news, last = any(one.told for one in heard), max(span.until, heard[-1].known_at)
    slow = bisect_right(heard[1:], span.since, key=lambda one: one.known_at)
    brief = {first: asking.brief(heard[first:]) for first in {0, slow}}
    for rule, cause in OF_PERSON:
        if not news and found.spares(cause, last):
            continue
        first = 0 if rule.LATCHED else slow
        again = rule is missed_checkin and news and altered_from(heard[0].facts, heard[-1].facts)
        if not again and cause not in found.running and span.until < subject.in_force.until:
            due = asking.quiet_until(rule, brief[first], span.since, span.until)
            if due is not None:
                found.leave(cause, due)
                continue
        before = heard[first]
        ledger = Ledger(subject, Question(rule, None, subject.in_force.until), span.since)
        begin = altered_from(heard[0].facts, before.facts) if again else None
        ledger.learn(before.facts, (), begin or span.since, span.since)
        for one in heard[first + 1 :]:
            if ledger.due <= one.known_at:
                ledger.advance(before.facts, (), one.known_at)
            begin = altered_from(before.facts, one.facts) if again else None
            before = one
            if one.told or (ledger.running is not None and not rule.LATCHED):
                ledger.learn(one.facts, (), begin or one.known_at, one.known_at)
        ledger.advance(before.facts, (), span.until)
        _close(ledger, subject, span)
        found.take(ledger)


def _heard(reports: Sequence[Report], begin: Facts) -> list[asking.Heard]:
    """What was known at the beginning, and after each report."""
    heard = [asking.Heard(begin.now, begin)]
    before = known_of(begin)
    told_before = told(before)
    for known_at, known in reports:
        told_now = told(known)
        again = before.heard_at is None or known_at - before.heard_at > SILENT
        heard.append(asking.Heard(known_at, begin, known, told=again or told_now != told_before))
        before, told_before = known, told_now
    return heard


@dataclass(frozen=True, slots=True)
class _News:
    """What is new of one condition."""

    watched: Watched
    changes: Sequence[Change]
    begin: datetime
    """From when on what was believed is looked at again."""
    denial: str | None
    """Why alerts are withdrawn; None where nothing was altered."""

    @property
    def follows(self) -> bool:
        """Whether nothing of it is older than what was believed."""
        times = [one.at for one in (*self.watched.changes[-1:], *self.changes)]
        return times == sorted(times)


def _walk_condition(subject: Subject, news: _News, at: tuple[Facts, Span], found: Found) -> None:
    watched, (facts, span) = news.watched, at
    calm, over_at = news.denial is None, subject.in_force.until
    heard, condition_id = list[asking.Heard](), watched.condition_id
    seen = dict[datetime, Condition]()
    for rule in OF_CONDITION[watched.kind]:
        cause = (rule.CARD.code, condition_id)
        if calm and not news.changes and found.spares(cause, span.until):
            continue
        asked = Question(rule, watched, over_at, seen)
        still = not subject.episodes.get(cause) if news.changes else cause not in found.running
        if calm and still and news.follows and span.until < over_at:
            heard = heard or _changed(asked, facts, news, span)
            due = asking.quiet_until(rule, heard, news.begin, span.until)
            if due is not None:
                found.leave(cause, due)
                continue
        ledger = Ledger(subject, asked, span.since)
        if over_at <= span.since:
            ledger.over = over_at, ORDER_ENDED
        known, begin = list(watched.changes), news.begin
        if news.denial is not None:
            ledger.denial, begin = news.denial, ledger.reached(begin)
        ledger.learn(facts, known, begin, span.since)
        ledger.denial = WITHDRAWN
        for known_at, group in groupby(news.changes, lambda one: max(one.known_at, span.since)):
            ledger.advance(facts, known, known_at)
            fresh = list(group)
            known += fresh
            ledger.learn(facts, known, fresh[0].at, known_at)
        ledger.advance(facts, known, span.until)
        _close(ledger, subject, span)
        found.take(ledger)


def _changed(asked: Question, facts: Facts, news: _News, span: Span) -> list[asking.Heard]:
    """What a rule is asked about a condition: at the beginning, and at each change."""
    before, count = (*news.watched.changes, *news.changes), len(news.watched.changes)
    heard = [asking.Heard(news.begin, asked_at(asked, facts, before[:count], news.begin))]
    for n, one in enumerate(news.changes, count + 1):
        after = asked_at(asked, facts, before[:n], one.at)
        heard.append(asking.Heard(max(one.known_at, span.since), after, told=True))
    return heard


def _close(ledger: Ledger, subject: Subject, span: Span) -> None:
    if subject.in_force.until <= span.until:
        ledger.end(subject.in_force.until, ORDER_ENDED)


def _drop_conditions(subject: Subject, span: Span, found: Found) -> None:
    """End the episodes of conditions that are no longer among the subject's."""
    rules = {rule.CARD.code: rule for rule in RULES}
    left = [
        cause for cause in set(subject.episodes) - set(found.episodes) if subject.episodes[cause]
    ]
    for cause in sorted(left, key=str):
        rule = rules.get(cause[0], retired)
        ledger = Ledger(subject, Question(rule, None, span.until), span.until)
        ledger.cause, ledger.episodes = cause, tuple(subject.episodes[cause])
        ledger.end(span.until, CONDITION_ENDED if cause[0] in rules else retired.CLEARED)
        found.turns += ledger.turns
        found.episodes[cause] = ledger.episodes
