# SPDX-License-Identifier: EUPL-1.2
"""What the engine judges: an order in force with its person, conditions, and the episodes so far.

Plain data, without a database: a replay of stored fixes builds the same subjects from files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tarazy.supervision.presence.geometry import Zone
from tarazy.supervision.presence.interface import Change, Sighting, State
from tarazy.supervision.presence.timetable import Interval, Timetable, around
from tarazy.supervision.rules.interface import Breach, Condition, Kind, Severity

Cause = tuple[str, int | None]
"""The rule's code, and the condition's key where there is one."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One report out of the fix store."""

    device_id: int
    at: datetime
    known_at: datetime
    place: Sighting | None
    speed_kmh: float | None
    battery_percent: float | None
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wearer:
    """The last that is known of the person."""

    heard_at: datetime | None = None
    place: Sighting | None = None
    doubted: Sighting | None = None
    speed_kmh: float | None = None
    battery_percent: float | None = None
    device_id: int | None = None
    clock_fault_at: datetime | None = None
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """One condition of the order."""

    id: int
    public_id: str
    kind: Kind
    zone: Zone
    zone_name: str
    timetable: Timetable
    time_zone: ZoneInfo
    period: Interval
    """The condition's own, inside the order's."""
    state: State
    changes: tuple[Change, ...]
    """The last ones, oldest first."""

    def condition(self, moment: datetime) -> Condition:
        """As a rule sees it at a moment."""
        hours = around(self.timetable, self.time_zone, moment, self.period)
        return Condition(self.public_id, self.kind, self.zone_name, hours)


@dataclass(frozen=True, slots=True)
class Episode:
    """A running alert."""

    since: datetime
    sentence: str
    facts: Mapping[str, str | int]
    resolved: bool = False
    """Closed by a person while the cause goes on: not raised again until it has ended."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A person under one order. A new order of the same person is another subject."""

    order_id: int
    person_id: int
    in_force: Interval
    report_interval_s: int
    monitored_since: datetime | None
    wearer: Wearer
    watched: tuple[Watched, ...] = ()
    running: Mapping[Cause, Episode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of an episode: it begins, is seen otherwise, or ends."""

    kind: Literal["raised", "changed", "cleared"]
    order_id: int
    person_id: int
    cause: Cause
    rule_version: int
    severity: Severity
    breach: Breach
    """Where it cleared: since when, the sentence why, and the facts of the sentence."""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out for one subject."""

    subject: Subject
    wearer: Wearer | None
    """None where the order has ended: the place is shown no longer."""
    states: Mapping[int, State]
    changes: Mapping[int, list[Change]]
    turns: list[Turn]
    due: datetime | None
    """When to look again if nothing is heard."""
