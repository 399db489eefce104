# SPDX-License-Identifier: EUPL-1.2
"""What a replay prints: one JSON object a line, always in the same order, bit for bit the same."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from tarazy.supervision.judging.bonds import Bond
from tarazy.supervision.judging.pairs import PairJudged
from tarazy.supervision.judging.subjects import Subject, Turn, TurnKind, Watched
from tarazy.supervision.judging.unseen import Unseen, Why
from tarazy.supervision.presence.interface import Change, Presence
from tarazy.supervision.presence.spent import spent, stretches
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.replay.fixes import RefusedLine, Trail
from tarazy.supervision.rules.interface import Severity

PROBABILITY_DIGITS = 4
Meta = msgspec.Meta
AlertState = Literal["active", "cleared", "withdrawn"]
Closeness = Literal["near", "apart", "unknown"]
WhyNotJudged = Literal["not_given", "not_mutual", "never_at_once", "oneself", "no_order"]
CLOSENESS: dict[Presence, Closeness] = {
    Presence.INSIDE: "near",
    Presence.OUTSIDE: "apart",
    Presence.UNKNOWN: "unknown",
}


class Place(msgspec.Struct, frozen=True):
    """A fix that counts for a finding."""

    at: str
    lat: float
    lon: float
    accuracy_m: float | None


class Alert(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="record",
    tag="alert",
    omit_defaults=True,
):
    """One version of an alert: what was believed of it from `known_at` on, until the next one.

    It says what the reports show and what needs checking; it proves nothing by itself.
    """

    person: str
    rule: Annotated[str, Meta(description="The rule's code in the catalogue.")]
    rule_version: int
    condition: Annotated[str | None, Meta(description="The condition's name in the order.")]
    number: Annotated[int, Meta(description="Which alert of this person, rule and condition.")]
    version: Annotated[int, Meta(description="Of this alert, from 1.")]
    turn: Annotated[
        TurnKind,
        Meta(description="raised, changed, reopened (it came back), cleared, withdrawn."),
    ]
    state: AlertState
    severity: Severity
    known_at: Annotated[str, Meta(description="When we came to believe this.")]
    since: Annotated[str, Meta(description="When it began.")]
    until: Annotated[str | None, Meta(description="When it ended; null while it goes on.")]
    probability: Annotated[
        float | None, Meta(description="Of the place that it rests on; null: cannot be stated.")
    ]
    sentence: str
    evidence: tuple[Place, ...]
    after_end: Annotated[
        bool, Meta(description="It became known after the order's end, of a time inside it.")
    ] = False


class Stay(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="presence"):
    """Where the person was with regard to a condition's zone, as it is known at the end."""

    person: str
    condition: str
    state: Presence
    since: str
    until: str
    known_at: Annotated[str | None, Meta(description="When we came to know it.")]
    probability: float | None


class Times(msgspec.Struct, frozen=True, tag_field="record", tag="times"):
    """How long the person was inside, outside, or unseen while a condition applied, in seconds."""

    person: str
    condition: str
    inside_s: int
    outside_s: int
    unknown_s: int


class Pair(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="record",
    tag="pair",
    rename={"with_": "with"},
):
    """Whether two were nearer than a radius of the first one's order, as known at the end."""

    person: str
    with_: str
    radius_m: int
    state: Annotated[Closeness, Meta(description="Unknown is neither a breach nor an alibi.")]
    since: str
    until: str
    known_at: Annotated[str | None, Meta(description="When we came to know it.")]
    probability: float | None


class Unmonitored(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="unmonitored"):
    """A stretch in which the person could not be monitored: neither a breach nor an alibi."""

    person: str
    since: str
    until: str
    cause: Why


class NotJudged(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="record",
    tag="not_judged",
    rename={"with_": "with"},
):
    """A demand to keep away from somebody of which nothing could be judged, and why."""

    person: str
    with_: str
    reason: Annotated[
        WhyNotJudged,
        Meta(
            description="The other one's file was not given; the other order does not forbid it; "
            "the orders, demands and consents never apply at one time; it names the person's own "
            "file; it is no order's."
        ),
    ]


class RefusedFix(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="record",
    tag="refused",
    omit_defaults=True,
):
    """A line of the fixes that was not used, or not all of it, and the name of the reason."""

    person: str
    line: int
    reason: str
    field: str | None
    rest_used: Annotated[
        bool, Meta(description="Only this field could not be used; the rest of the line was.")
    ] = False


class Summary(msgspec.Struct, frozen=True, kw_only=True, tag_field="record", tag="summary"):
    """How much was judged, up to when."""

    person: str
    until: str
    fixes: int
    duplicates: int
    refused: int
    of_others: Annotated[
        int, Meta(description="Lines of the file that name somebody else, and were passed over.")
    ]
    judged_again: Annotated[int, Meta(description="How often late places changed the past.")]


Record = Alert | Stay | Times | Pair | NotJudged | Unmonitored | RefusedFix | Summary


def time_text(moment: datetime) -> str:
    """ISO 8601 in UTC."""
    return moment.isoformat().replace("+00:00", "Z")


def alerts(person: str, subject: Subject, turns: Sequence[Turn]) -> Iterator[Alert]:
    """Each version of each alert, in the order in which we came to know it."""
    names = {one.id: one.zone_name for one in subject.watched}
    return alerts_about(person, names, turns, subject.in_force.until)


def alerts_about(
    person: str,
    names: Mapping[int, str],
    turns: Sequence[Turn],
    end: datetime | None = None,
    raised: Counter[object] | None = None,
) -> Iterator[Alert]:
    """The same, where conditions have these names; `end` is that of the order, `raised` how many
    alerts of each rule and condition were told before."""
    versions: dict[object, int] = {}
    raised = Counter() if raised is None else raised
    numbers: dict[object, int] = {}  # who judges gives the number of a withdrawn one again
    for turn in turns:
        rule, condition = turn.cause
        name = None if condition is None else names[condition]
        if turn.kind == "raised":
            raised[rule, name] += 1
            numbers[turn.cause, turn.number] = raised[rule, name]
        which = (turn.cause, numbers[turn.cause, turn.number])
        versions[which] = versions.get(which, 0) + 1
        breach, chance = turn.breach, turn.breach.probability
        yield Alert(
            person=person,
            rule=rule,
            rule_version=turn.rule_version,
            condition=name,
            number=which[1],
            version=versions[which],
            turn=turn.kind,
            state=_state(turn),
            severity=turn.severity,
            known_at=time_text(turn.known_at),
            since=time_text(breach.since),
            until=None if turn.until is None else time_text(turn.until),
            probability=None if chance is None else round(chance, PROBABILITY_DIGITS),
            sentence=breach.sentence.format(**breach.facts),
            evidence=tuple(
                Place(time_text(one.at), one.lat, one.lon, one.accuracy_m)
                for one in breach.evidence
            ),
            after_end=end is not None and turn.known_at > end,
        )


def _state(turn: Turn) -> AlertState:
    if turn.kind == "withdrawn":
        return "withdrawn"
    return "active" if turn.until is None else "cleared"


def stays(person: str, subject: Subject, until: datetime) -> Iterator[Stay]:
    """For each condition its intervals, without gaps, from its beginning to an end."""
    for one, whole in _judged(subject, until):
        for stretch in stretches(one.changes, whole):
            change = stretch.change
            known_at, chance = (change.known_at, change.probability) if change else (None, None)
            yield Stay(
                person=person,
                condition=one.zone_name,
                state=stretch.presence,
                since=time_text(stretch.since),
                until=time_text(stretch.until),
                known_at=None if known_at is None else time_text(known_at),
                probability=None if chance is None else round(chance, PROBABILITY_DIGITS),
            )


def times(person: str, subject: Subject, until: datetime) -> Iterator[Times]:
    """For each condition how long it applied by an end, and the time in each state meanwhile."""
    for one, whole in _judged(subject, until):
        told = spent(one.changes, one.demand.within(whole))
        seconds = (round(part.total_seconds()) for part in told)
        yield Times(person, one.zone_name, *seconds)


def _judged(subject: Subject, until: datetime) -> Iterator[tuple[Watched, Interval]]:
    """Each condition, and when the person was monitored for it.

    From the fitting of a device on, or from the first place: nobody asked where the person was
    before, so that is no time in which it was unknown.
    """
    for one in subject.watched:
        first = min((change.at for change in one.changes), default=None)
        fitted = subject.monitored_since or one.period.since
        begin = max(one.period.since, fitted if first is None else min(fitted, first))
        end = min(until, one.period.until)
        if one.facet == "zone" and begin < end:
            yield one, Interval(begin, end)


def pairs(bond: Bond, person: str, judged: PairJudged, until: datetime) -> Iterator[Pair]:
    """For each radius its intervals, without gaps, while the demand was judged."""
    for (_, metres), changes in zip(bond.radii, judged.after.changes, strict=True):
        for period in bond.periods:
            end = min(until, period.until)
            within = [one for one in changes if period.since < one.at < end]
            edges: list[tuple[datetime, Change | None]] = [(period.since, None)]
            edges += [(one.at, one) for one in within]
            ends = [*(moment for moment, _ in edges[1:]), end]
            for (since, change), after in zip(edges, ends, strict=True):
                if since < after:
                    chance = change.probability if change else None
                    yield Pair(
                        person=person,
                        with_=bond.name,
                        radius_m=metres,
                        state=CLOSENESS[change.presence] if change else "unknown",
                        since=time_text(since),
                        until=time_text(after),
                        known_at=time_text(change.known_at) if change else None,
                        probability=None if chance is None else round(chance, PROBABILITY_DIGITS),
                    )


def unmonitored(person: str, found: Sequence[Unseen]) -> Iterator[Unmonitored]:
    """The stretches in order."""
    for one in found:
        since, until = time_text(one.since), time_text(one.until)
        yield Unmonitored(person=person, since=since, until=until, cause=one.why)


def refused(person: str, found: Sequence[RefusedLine]) -> Iterator[RefusedFix]:
    """The lines in order."""
    for one in sorted(found, key=lambda one: one.number):
        yield RefusedFix(
            person=person,
            line=one.number,
            reason=str(one.name),
            field=one.field,
            rest_used=one.rest_used,
        )


def summary(
    person: str, trail: Trail, until: datetime, judged_again: int, *, readable: int
) -> Summary:
    """The last line of a person; `readable` are all lines of the file that could be read."""
    return Summary(
        person=person,
        until=time_text(until),
        fixes=sum(one.known_at <= until for one in trail.arrivals),
        duplicates=trail.duplicates,
        refused=sum(not one.rest_used for one in trail.refused),
        of_others=readable - trail.lines,
        judged_again=judged_again,
    )
