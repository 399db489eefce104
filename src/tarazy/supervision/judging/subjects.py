# SPDX-License-Identifier: EUPL-1.2
"""What is judged: an order in force with its person, conditions, and what was believed so far.

Plain data, without a database: a replay of stored fixes builds the same subjects from files.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from tarazy.supervision.presence.constants import PROMPT_S
from tarazy.supervision.presence.geometry import Extent
from tarazy.supervision.presence.interface import Change, Sighting, State
from tarazy.supervision.presence.motion import Track
from tarazy.supervision.presence.thrown import NOTHING, Throws
from tarazy.supervision.presence.timetable import Demand, Interval, Timetable
from tarazy.supervision.rules.interface import (
    Alarmed,
    Breach,
    CheckIn,
    Condition,
    Kind,
    Severity,
)
from tarazy.supervision.rules.parameters import Setting
from tarazy.supervision.rules.signs import UNHEARD, Signs

SETTLE = timedelta(seconds=5)
"""Late places wait until the device has sent no other for so long: one judgement an upload."""
SETTLE_MAX = timedelta(seconds=60)
"""But never longer than this."""

LATE_AFTER = timedelta(seconds=PROMPT_S)
"""A report that comes later than this after its time is late: timers have judged its moment without
it. Reports each minute through a slow network stay below."""

Facet = Literal["zone", "buffer", "passage"]
"""What of a condition is watched: its zone, a ring beside the fence, ways through between fixes."""
FACETS: tuple[Facet, ...] = ("zone", "buffer", "passage")
FACET_KEYS = 1 << 40
"""Keys of conditions are below."""

Cause = tuple[str, int | None]
"""The rule's code, and the condition's key where there is one."""


class Arrival(Struct, frozen=True):
    """One report out of the fix store."""

    device_id: int
    at: datetime
    known_at: datetime
    place: Sighting | None
    speed_kmh: float | None
    battery_percent: float | None
    marks: frozenset[str]
    alarms: tuple[str, ...] = ()
    charging: bool | None = None
    moving: bool | None = None


class Seen(NamedTuple):
    """A place, and when we knew it."""

    sighting: Sighting
    known_at: datetime
    thrown: bool = False
    """Whether it is doubted that the device is there (presence/thrown.py): then it is no witness
    that the person left."""
    owed: bool = False
    """Whether it was doubted, and counts after all: of that only this is news."""
    leapt: bool = False
    """Whether the device leapt here from rest, and nothing else is known of it: a zone to keep out
    of waits for the next report."""
    stayed: bool = False
    """Whether it leapt here, and was not back at once: news for a zone to keep out of alone."""


Pace = Literal["close", "usual", "rest"]


class Suspicion(NamedTuple):
    """What may become an alert, and is none yet: nobody is called for it."""

    rule: str
    since: datetime
    sentence: str
    facts: Mapping[str, str | int] = {}


class Silence(NamedTuple):
    """When to look if nothing is heard until then, and how long after a report at the least."""

    due: datetime
    after: timedelta


class Late(NamedTuple):
    """Late places that wait to be judged: from when they are, when they became known, and of the
    newest of them when it was."""

    since: datetime
    first: datetime
    last: datetime
    newest: datetime

    def settles_at(self) -> datetime:
        """When they are judged, if no other comes."""
        return min(self.last + SETTLE, self.first + SETTLE_MAX)


class Wearer(Struct, frozen=True):
    """The last that is known of the person."""

    heard_at: datetime | None = None
    place: Sighting | None = None
    doubted: Sighting | None = None
    speed_kmh: float | None = None
    battery_percent: float | None = None
    device_id: int | None = None
    clock_fault_at: datetime | None = None
    urgency: str = ""
    alarms: tuple[Alarmed, ...] = ()
    """What the device called out for, the last of each kind, by name."""
    late: Late | None = None
    mock_at: datetime | None = None
    unplaced_at: datetime | None = None
    signs: Signs = UNHEARD
    """What the device has shown over time."""
    pace: Pace = "usual"
    """How often the device should report."""
    suspected_at: datetime | None = None
    """When something was suspected last."""
    pending: tuple[Suspicion, ...] = ()
    throws: Throws = NOTHING
    """Where its device was thrown."""
    battery_at: datetime | None = None
    """Of the newest report that told the battery."""

    @property
    def track(self) -> Track:
        """Its places so far."""
        return Track(self.place, self.doubted, self.throws)

    @property
    def placed_at(self) -> datetime | None:
        """Of the newest usable place, be it judged or waiting for that."""
        late = None if self.late is None else self.late.newest
        return max((one for one in (self.track.end, late) if one is not None), default=None)


class Watched(Struct, frozen=True):
    """One condition of the order, or another facet of it."""

    id: int
    """The condition's key; that of another facet lies FACET_KEYS or twice that above."""
    public_id: str
    kind: Kind
    zone: Extent
    zone_name: str
    timetable: Timetable
    time_zone: ZoneInfo
    period: Interval
    """The condition's own, inside the order's."""
    state: State
    changes: tuple[Change, ...]
    """The last ones, oldest first."""
    permitted: tuple[Interval, ...] = ()
    """When the court lets it rest, in order."""
    outranked_by: tuple[Demand, ...] = ()
    """While one of these applies, it rests too."""
    buffer_m: float = 0.0
    """How wide the ring is, where it is one."""

    @property
    def facet(self) -> Facet:
        """What of the condition is watched."""
        return FACETS[self.id // FACET_KEYS]

    @property
    def condition_id(self) -> int:
        """The condition's key, whatever the facet."""
        return self.id % FACET_KEYS

    @property
    def demand(self) -> Demand:
        """When it applies."""
        return Demand(
            *(self.timetable, self.time_zone, self.period, self.permitted), self.outranked_by
        )

    def condition(self, moment: datetime) -> Condition:
        """As a rule sees it at a moment."""
        hours = self.demand.around(moment)
        told = (self.public_id, self.kind, self.zone_name, hours)
        return Condition(*told, self.buffer_m, self.zone)


class Spell(Struct, frozen=True):
    """A stretch of time for which a rule finds something to check."""

    found: datetime
    """The moment, of what happened, at which the rule first says so."""
    breach: Breach
    until: datetime | None = None
    ended: str = ""
    """The sentence why it ended."""

    @property
    def since(self) -> datetime:
        """Its beginning."""
        return self.breach.since


class Episode(Struct, frozen=True):
    """An alert: spells of one cause with short breaks between them."""

    spells: tuple[Spell, ...]
    resolved: bool = False
    """Closed by a person while the cause goes on: not raised again until it has ended."""
    number: int = 1
    """The how manieth of its cause, in the order in which they were raised."""
    key: int | None = None
    """Of its row, where it has one."""

    @property
    def since(self) -> datetime:
        """Its beginning."""
        return self.spells[0].since

    @property
    def until(self) -> datetime | None:
        """Its end; None while it goes on."""
        return self.spells[-1].until

    @property
    def last(self) -> Spell:
        """The spell that goes on, or the last one."""
        return self.spells[-1]


class Subject(Struct, frozen=True):
    """A person under one order. A new order of the same person is another subject."""

    order_id: int
    person_id: int
    in_force: Interval
    report_interval_s: int
    monitored_since: datetime | None
    wearer: Wearer
    watched: tuple[Watched, ...] = ()
    episodes: Mapping[Cause, tuple[Episode, ...]] = field(default_factory=dict)
    """Alerts that run, and earlier ones that late data may still change, oldest first."""
    time_zone: tzinfo = UTC
    settings: tuple[Setting, ...] = ()
    """What the order sets otherwise than usual, oldest first."""
    check_ins: tuple[CheckIn, ...] = ()
    """The last ones, oldest first."""
    asked: Mapping[Cause, datetime] = field(default_factory=dict)
    """When rules want to be asked next, where the walk that ended at this moment is known; a rule
    that is not there is asked at once."""


TurnKind = Literal["raised", "changed", "reopened", "cleared", "withdrawn"]


class Turn(Struct, frozen=True):
    """A turn of an episode: it begins, is seen otherwise, ends, or should never have been."""

    kind: TurnKind
    order_id: int
    person_id: int
    cause: Cause
    number: int
    key: int | None
    rule_version: int
    severity: Severity
    breach: Breach
    """Where it cleared or was withdrawn: since when, the sentence why, the sentence's facts. What
    is raised with an end was over before we knew it."""
    until: datetime | None
    known_at: datetime
    begun: datetime
    """When the last stretch of it began."""


class Judged(Struct, frozen=True):
    """What came out for one subject."""

    subject: Subject
    wearer: Wearer | None
    """None where the order has ended: the place is shown no longer."""
    states: Mapping[int, State]
    changes: Mapping[int, tuple[Change, ...]]
    """The new ones of each condition."""
    believed: Mapping[int, tuple[Change, ...]]
    """Those that are believed now, in the order of what happened."""
    episodes: Mapping[Cause, tuple[Episode, ...]]
    turns: list[Turn]
    superseded: Mapping[int, tuple[Change, ...]] = field(default_factory=dict)
    """Judged again: what was believed and is not any more."""
    timer: datetime | None = None
    """When to look again, whatever is heard until then."""
    hours: datetime | None = None
    """And when for the rules about a condition, which do not go by what is heard of the person."""
    silence: Silence | None = None
    """And when besides, if nothing is."""
    asked: Mapping[Cause, datetime] = field(default_factory=dict)
    """When rules want to be asked next."""
