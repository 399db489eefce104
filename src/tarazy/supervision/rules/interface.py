# SPDX-License-Identifier: EUPL-1.2
"""What a rule is given, what it answers, and the shape of its module."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from operator import attrgetter
from typing import Literal, Protocol

from msgspec import Struct, field

from tarazy.core.catalogue import Card, said
from tarazy.supervision.presence.geometry import Extent, Places
from tarazy.supervision.presence.interface import Change, Presence, Sighting
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules.parameters import Parameter, Setting, setting_at
from tarazy.supervision.rules.signs import UNHEARD, Signs

Kind = Literal[
    "home_curfew",
    "inclusion",
    "exclusion",
    "inclusion_buffer",
    "exclusion_buffer",
    "exclusion_passage",
]
"""What a court demands, and what else is watched for it (judging/facets.py)."""
PairKind = Literal["victim_outer", "victim_inner", "co_accused"]
"""Of whom somebody must keep away, and which of the two radii around a protected person."""
_BEGINNING = attrgetter("since")
OUTAGE_GRACE = timedelta(seconds=120)
"""Within so long after our own service is back devices are heard again."""
OUTAGE_NOTICED = timedelta(seconds=60)
"""An outage is known as one after so long (engine/intake_watch.py)."""
Severity = Literal["critical", "high", "low"]
Urgency = Literal["alert", "unknown", "calm"]


class Nearness(Struct, frozen=True):
    """How near two people may not come."""

    radius_m: int


class Condition(Struct, frozen=True):
    """One demand of an order, as a rule sees it."""

    id: str
    kind: Kind | PairKind
    zone_name: str
    """Of a pair: the name under which the order's file has the other one."""
    hours: tuple[Interval, ...]
    """When it applies, around the moment of judging, in order; inside its own period and the
    order's."""
    buffer_m: float = 0.0
    zone: Extent | None = None
    nearness: Nearness | None = None
    """Of a pair: its changes are `INSIDE` for near and `OUTSIDE` for apart."""

    def hours_at(self, moment: datetime) -> Interval | None:
        """The stretch that holds the moment."""
        last = bisect_right(self.hours, moment, key=_BEGINNING) - 1
        return self.hours[last] if last >= 0 and self.hours[last].contains(moment) else None

    def place_name(self, evidence: Sequence[Sighting]) -> str:
        """The zone's name; of a class of places also the one that the evidence lies in or near."""
        if not isinstance(self.zone, Places) or not evidence:
            return self.zone_name
        near = self.zone.nearest(evidence[-1].lat, evidence[-1].lon)
        return self.zone_name if near is None else f"{self.zone_name}: {near}"


class Alarmed(Struct, frozen=True):
    """What a device called out for, as far as it has told so far."""

    name: str
    """Of the closed list in gateway/alarms.py."""
    at: datetime
    """The last time that it did, by the device's clock."""
    known_at: datetime
    count: int = 1
    """How often."""
    begun_at: datetime | None = None
    """Of a state: the first time since it was last otherwise."""

    @property
    def begun(self) -> datetime:
        """Since when it says so."""
        return self.begun_at or self.at


class CheckIn(Struct, frozen=True):
    """A request to answer by a time, and when somebody noted that it was."""

    asked_at: datetime
    until: datetime
    noted_at: datetime | None = None
    """When an officer noted it, such as after a call; the device's own answers are signs."""
    by_call: bool = False
    """An officer is to call; else the device asks."""


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of one person, and of one condition, at a moment."""

    now: datetime
    order_id: str
    report_interval_s: int
    condition: Condition | None = None
    """None where the rule judges the person as a whole."""
    changes: tuple[Change, ...] = ()
    """Changes of presence in the condition's zone, oldest first; the last ones are enough."""
    heard_at: datetime | None = None
    monitored_since: datetime | None = None
    """From when on reports are due: the order is in force, a device is fitted, and we listen. None
    where no device is fitted."""
    outages: tuple[Interval, ...] = ()
    """When our own service did not listen, oldest first."""
    clock_fault_at: datetime | None = None
    """Since when each report has had an impossible time; None where the last one was in order."""
    alarms: tuple[Alarmed, ...] = ()
    """The last of each kind, by name."""
    mock_at: datetime | None = None
    """Since when each place has been an invented one; None where the last one was not."""
    unplaced_at: datetime | None = None
    """Since when each report has come without a usable place; None where the last one had one."""
    battery_percent: float | None = None
    battery_at: datetime | None = None
    """When it was so; None where it was never told."""
    placed_at: datetime | None = None
    """Of the newest usable place."""
    in_force: Interval | None = None
    """The order's own period."""
    time_zone: tzinfo = UTC
    """The order's, for rules that go by the hours of a day."""
    signs: Signs = UNHEARD
    """What the device has shown over time."""
    check_ins: tuple[CheckIn, ...] = ()
    """The last ones that were asked for, oldest first."""
    settings: tuple[Setting, ...] = ()
    """What the order sets otherwise than usual, oldest first."""

    def value(self, parameter: Parameter) -> int:
        """What applies now: as the order sets it, inside the legal bounds, or the usual."""
        return setting_at(self.settings, parameter, self.now) if self.settings else parameter.usual

    def alarm(self, name: str) -> Alarmed | None:
        """The last of one kind."""
        return next((one for one in self.alarms if one.name == name), None)


class Breach(Struct, frozen=True, kw_only=True):
    """Something that needs checking. It says what the reports show, never who is to blame."""

    since: datetime
    sentence: str
    """With {names} of `facts`; marked with `said` for translation."""
    facts: dict[str, str | int] = field(default_factory=dict)
    probability: float | None = None
    """None where it cannot be stated honestly."""
    evidence: tuple[Sighting, ...] = ()


RESOLVED = said("A person has resolved it.")
"""Why what only a person ends has ended."""


class Rule(Protocol):
    """A module with these names; the type checker holds each one of RULES against it."""

    CARD: Card
    SEVERITY: Severity
    CONDITIONS: frozenset[Kind]
    """The kinds of condition that it judges; empty where it judges the person as a whole."""
    CLEARED: str
    """What to say when the breach has ended."""
    URGENCY: Urgency
    """What the map shows of a person while it goes on: `unknown` where we cannot see."""
    LATCHED: bool
    """It is said at the moment at which it is heard, and ends only when a person resolves it."""
    SECRET: bool
    """Nothing that the wearer can feel may follow from it: it would say where somebody else is."""
    PARAMETERS: tuple[Parameter, ...]
    """What an order may set otherwise, and within which bounds."""

    def assess(self, facts: Facts) -> Breach | None:
        """What needs checking now. The same facts give the same answer."""

    def next_check(self, facts: Facts) -> datetime | None:
        """The next moment after `now` at which the answer may change with nothing new heard."""


class PairRule(Protocol):
    """The same about a pair of people; the alert is the supervised person's, under their order."""

    CARD: Card
    SEVERITY: Severity
    CONDITIONS: frozenset[PairKind]
    CLEARED: str
    URGENCY: Urgency
    LATCHED: bool
    SECRET: bool
    """Nothing that the wearer can see or feel may follow from it: it would betray where the other
    one is. No word on the own page, no other reporting rate, no signal to the device."""
    PARAMETERS: tuple[Parameter, ...]

    def assess(self, facts: Facts) -> Breach | None:
        """As a rule about one person; `facts.changes` are those of the pair."""

    def next_check(self, facts: Facts) -> datetime | None:
        """As a rule about one person."""


def last_seen(
    changes: Sequence[Change], wanted: Presence, begin: datetime | None = None
) -> Change | None:
    """The change by which the wanted state began, if it is the last one that we were sure of.

    Not knowing ends nothing: outside, unknown, outside again is one stay outside. But where the
    place was not known at `begin`, what had been before says nothing about what came after.
    """
    began = None
    for change in reversed(changes):
        if change.presence is wanted:
            began = change
        elif change.presence is not Presence.UNKNOWN or (begin and change.at <= begin):
            break
    return began


def certainty(changes: Sequence[Change], wanted: Presence) -> float | None:
    """How probable the wanted state is, by the last change; None where we are not sure now."""
    return changes[-1].probability if changes and changes[-1].presence is wanted else None


def evidence_of(changes: Sequence[Change], wanted: Presence) -> tuple[Sighting, ...]:
    """The fixes behind the last change to the wanted state."""
    return next((one.evidence for one in reversed(changes) if one.presence is wanted), ())


def lasting(facts: Facts, since: datetime, least: Parameter) -> bool:
    """Whether what began at a moment has gone on for the minutes that the order asks for."""
    return facts.now >= lasts_until(facts, since, least)


def told_since(facts: Facts, alarm: Alarmed, least: Parameter) -> datetime:
    """Since when the device says so: the last time, or the first where the order asks that it last.

    What was said last is what the alert of a usual order has always begun with.
    """
    return alarm.begun if facts.value(least) else alarm.at


def lasts_until(facts: Facts, since: datetime, least: Parameter) -> datetime:
    """When what began at a moment will have gone on for so long."""
    return since + timedelta(minutes=facts.value(least))


def decided_at(facts: Facts, seen: Change, moment: datetime) -> datetime:
    """When somebody who was seen so is judged at a moment of the clock.

    Where our own service was away then, only once devices could be heard again: who has come home
    meanwhile was not heard. What was seen at that moment itself waits for nobody.
    """
    if moment > seen.at:
        for outage in facts.outages:
            back = outage.until + OUTAGE_GRACE
            if outage.since < moment - OUTAGE_NOTICED and back > moment:
                moment = back
    return moment


def edges(facts: Facts, wanted: Presence, least: Parameter) -> list[datetime]:
    """When the hours of the condition begin and end, and when the wanted state has lasted in them
    for the minutes that the order asks for; and when that is decided, where we were away then."""
    condition = facts.condition
    if condition is None:
        return []
    moments = [moment for one in condition.hours for moment in one]
    hours = condition.hours_at(facts.now) if facts.value(least) or facts.outages else None
    seen = last_seen(facts.changes, wanted, hours.since) if hours else None
    if hours is not None and seen is not None:
        lasts = lasts_until(facts, max(hours.since, seen.at), least)
        moments += [lasts, decided_at(facts, seen, lasts)]
    return moments


def just_heard(facts: Facts, alarm: str) -> Alarmed | None:
    """An alarm that became known at this very moment."""
    found = facts.alarm(alarm)
    return found if found is not None and found.known_at == facts.now else None


def after(now: datetime, moments: Sequence[datetime]) -> datetime | None:
    """The first of the moments that is still to come."""
    return min((one for one in moments if one > now), default=None)
