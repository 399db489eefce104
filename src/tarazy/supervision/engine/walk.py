# SPDX-License-Identifier: EUPL-1.2
"""Walk one subject through time: rules see each change of presence and each moment that is due.

Knowledge comes in its own order. What was known by a moment is judged first, timers included; then
a group of reports arrives, and its changes are walked as they happened. So the same
reports give the same alerts, whether the engine was awake when a timer was due or not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from tarazy.supervision.engine.episodes import ORDER_ENDED, Episodes
from tarazy.supervision.engine.subjects import Arrival, Judged, Subject, Watched, Wearer
from tarazy.supervision.presence.interface import Change, Presence, State
from tarazy.supervision.presence.kernel import expire, expires_at, stale_after_s
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import RULES
from tarazy.supervision.rules.interface import Facts, Rule

CLOCK_FAULT = "clock_fault"
OF_PERSON = tuple(rule for rule in RULES if not rule.CONDITIONS)


@dataclass(frozen=True, slots=True)
class Span:
    """From where the last step had judged to, up to where this one may."""

    since: datetime
    until: datetime
    outages: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What arrived of a subject, and what the presence kernel made of it."""

    arrivals: Sequence[Arrival]
    states: dict[int, State]
    changes: dict[int, list[Change]]


def walk(subject: Subject, wearer: Wearer, heard: Heard, span: Span) -> Judged:
    """Judge one subject over a span; `wearer` is the one after the arrivals."""
    episodes = Episodes(subject)
    over = subject.in_force.until <= span.until
    limit = replace(span, until=min(span.until, subject.in_force.until))
    dues = [_walk_person(subject, heard.arrivals, limit, episodes)]
    states, changes = dict(heard.states), dict(heard.changes)
    stale_s = stale_after_s(subject.report_interval_s)
    for watched in subject.watched:
        states[watched.id], lost = expire(states[watched.id], stale_s, limit.until)
        changes[watched.id] = [*changes.get(watched.id, []), *lost]
        dues.append(_walk_condition(subject, watched, changes[watched.id], limit, episodes))
        dues.append(expires_at(states[watched.id], stale_s))
    episodes.drop_conditions(limit.until)
    if over:
        episodes.clear_all(subject.in_force.until, ORDER_ENDED)
        return Judged(subject, None, states, changes, episodes.turns, None)
    dues.append(subject.in_force.until)
    urgency = episodes.urgency() or _seen(subject, wearer, states, limit.until)
    due = min((one for one in dues if one is not None), default=None)
    after = replace(wearer, urgency=urgency)
    return Judged(subject, after, states, changes, episodes.turns, due)


def _seen(subject: Subject, wearer: Wearer, states: dict[int, State], now: datetime) -> str:
    """`unknown` where nothing was heard yet, or where a condition's place is not known."""
    unknown = any(
        states[one.id].presence is Presence.UNKNOWN
        for one in subject.watched
        if one.period.contains(now)
    )
    return "unknown" if unknown or wearer.heard_at is None else "calm"


class _Timers:
    """Judges at each moment that some rule has named, and remembers how far it came."""

    def __init__(
        self, rules: Iterable[Rule], watched: Watched | None, facts: Facts, episodes: Episodes
    ) -> None:
        self.rules = tuple(rules)
        self.watched = watched
        self.facts = facts
        self.episodes = episodes
        self.judge(facts.now)

    def judge(self, moment: datetime) -> None:
        """Ask every rule at a moment, and when to ask next."""
        condition = self.watched.condition(moment) if self.watched else None
        self.facts = replace(self.facts, now=moment, condition=condition)
        for rule in self.rules:
            self.episodes.weigh(rule, self.watched, moment, rule.assess(self.facts))
        moments = (rule.next_check(self.facts) for rule in self.rules)
        self.due = min((one for one in moments if one is not None), default=None)

    def advance(self, until: datetime) -> None:
        """Judge at each due moment up to one, that one included."""
        while self.due is not None and self.due <= until:
            self.judge(self.due)


def _facts(subject: Subject, span: Span) -> Facts:
    return Facts(
        now=span.since,
        order_id=str(subject.order_id),
        report_interval_s=subject.report_interval_s,
        heard_at=subject.wearer.heard_at,
        monitored_since=subject.monitored_since,
        clock_fault_at=subject.wearer.clock_fault_at,
        outages=span.outages,
    )


def _walk_person(
    subject: Subject, arrivals: Sequence[Arrival], span: Span, episodes: Episodes
) -> datetime | None:
    timers = _Timers(OF_PERSON, None, _facts(subject, span), episodes)
    for arrival in arrivals:
        timers.advance(arrival.known_at)
        fault = clock_fault_after(timers.facts.clock_fault_at, arrival)
        told = fault != timers.facts.clock_fault_at or any(
            condition_id is None for _, condition_id in episodes.running
        )
        timers.facts = replace(timers.facts, heard_at=arrival.known_at, clock_fault_at=fault)
        if told:
            timers.judge(arrival.known_at)
    timers.advance(span.until)
    return timers.due


def clock_fault_after(before: datetime | None, arrival: Arrival) -> datetime | None:
    """Since when each report has had an impossible time, with one more report."""
    if CLOCK_FAULT not in arrival.marks:
        return None
    return before or arrival.known_at


def _walk_condition(
    subject: Subject, watched: Watched, changes: list[Change], span: Span, episodes: Episodes
) -> datetime | None:
    facts = replace(_facts(subject, span), changes=watched.changes)
    rules = [rule for rule in RULES if watched.kind in rule.CONDITIONS]
    timers = _Timers(rules, watched, facts, episodes)
    for known_at, group in groupby(changes, key=lambda change: change.known_at):
        timers.advance(known_at)
        for change in group:
            timers.advance(change.at)
            seen = (*timers.facts.changes, change)
            timers.facts = replace(timers.facts, changes=seen)
            timers.judge(change.at)
        timers.advance(known_at)
    timers.advance(span.until)
    return timers.due
