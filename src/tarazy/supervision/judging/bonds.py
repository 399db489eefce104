# SPDX-License-Identifier: EUPL-1.2
"""Plain data about a pair: whom an order forbids to meet, how near, and when that may be judged.

Each demand belongs to one order and is judged for that order alone. What two orders forbid are two
demands, each with its own radius, and so two judgements and two alerts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tarazy.supervision.presence.pairs import Terms
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules.interface import Condition, Nearness, PairKind
from tarazy.supervision.rules.parameters import Setting

OUTER_M_RANGE = (100, 5_000)
OUTER_M_DEFAULT = 300
INNER_M_RANGE = (50, 1_000)
INNER_M_DEFAULT = 100
CONTACT_M_RANGE = (50, 1_000)
CONTACT_M_DEFAULT = 100
"""Within these bounds a court may set the radius. Below 50 m the error of the places decides."""


@dataclass(frozen=True, slots=True)
class PairWatched:
    """One radius of a demand, as the spells of a rule are asked about it."""

    id: int
    public_id: str
    kind: PairKind
    name: str
    nearness: Nearness
    periods: tuple[Interval, ...]
    permitted: tuple[Interval, ...] = ()
    """A demand to keep away never rests."""

    @property
    def condition_id(self) -> int:
        """Of the alert's cause."""
        return self.id

    @property
    def period(self) -> Interval:
        """From the first moment to the last."""
        return Interval(self.periods[0].since, self.periods[-1].until)

    def condition(self, _moment: datetime) -> Condition:
        """As a rule sees it."""
        return Condition(self.public_id, self.kind, self.name, self.periods, nearness=self.nearness)


@dataclass(frozen=True, slots=True)
class Bond:
    """One demand of one order: keep away from somebody."""

    id: int
    public_id: str
    order_id: int
    person_id: int
    in_force: Interval
    name: str
    """Under which the other one is told of: never a personal name."""
    radii: tuple[tuple[PairKind, int], ...]
    """Widest first."""
    intervals_s: tuple[float, float]
    """How often the own device is to report, and the other one's."""
    periods: tuple[Interval, ...]
    """When all of its grounds are there: the orders, the demand's own period, the consent."""
    monitored_since: datetime | None = None
    """From when on reports are due of everybody who is under an order; None where one of them
    wears no device."""
    settings: tuple[Setting, ...] = ()
    """What the order sets otherwise than usual, oldest first."""

    @property
    def terms(self) -> Terms:
        """As the kernel takes them."""
        return Terms(tuple(float(metres) for _, metres in self.radii), self.intervals_s)

    @property
    def watched(self) -> list[PairWatched]:
        """One for each radius."""
        return [
            PairWatched(
                *(self.id, self.public_id, kind, self.name),
                Nearness(metres),
                self.periods,
            )
            for kind, metres in self.radii
        ]

    def period_of(self, moment: datetime) -> Interval | None:
        """The stretch that holds a moment."""
        return next((one for one in self.periods if one.contains(moment)), None)


def radii_of_victim(outer_m: int, inner_m: int) -> tuple[tuple[PairKind, int], ...]:
    """The two circles. ValueError outside the legal bounds."""
    if not OUTER_M_RANGE[0] <= outer_m <= OUTER_M_RANGE[1]:
        raise ValueError(f"the outer radius is {OUTER_M_RANGE[0]} to {OUTER_M_RANGE[1]} m")
    if not INNER_M_RANGE[0] <= inner_m <= INNER_M_RANGE[1]:
        raise ValueError(f"the inner radius is {INNER_M_RANGE[0]} to {INNER_M_RANGE[1]} m")
    if inner_m >= outer_m:
        raise ValueError("the inner circle is smaller than the outer one")
    return (("victim_outer", outer_m), ("victim_inner", inner_m))


def radii_of_contact(radius_m: int) -> tuple[tuple[PairKind, int], ...]:
    """The one circle. ValueError outside the legal bounds."""
    if not CONTACT_M_RANGE[0] <= radius_m <= CONTACT_M_RANGE[1]:
        raise ValueError(f"the radius is {CONTACT_M_RANGE[0]} to {CONTACT_M_RANGE[1]} m")
    return (("co_accused", radius_m),)


def common(grounds: Iterable[Sequence[Interval]]) -> tuple[Interval, ...]:
    """The stretches in which every ground is there."""
    found: list[Interval] | None = None
    for ground in grounds:
        if found is None:
            found = sorted(ground)
            continue
        cuts = (
            Interval(max(one.since, other.since), min(one.until, other.until))
            for one in found
            for other in sorted(ground)
        )
        found = [cut for cut in cuts if cut.since < cut.until]
    return _joined(found or [])


def _joined(stretches: Sequence[Interval]) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for one in sorted(stretches):
        if joined and one.since <= joined[-1].until:
            joined[-1] = Interval(joined[-1].since, max(joined[-1].until, one.until))
        else:
            joined.append(one)
    return tuple(joined)


BEAT = timedelta(seconds=10)
"""Pairs are judged on these moments of the clock, whatever the engine's steps are: two devices
never report at once, and an upload of stored places is one judgement, not hundreds."""
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def beat_before(moment: datetime) -> datetime:
    """The last of these moments that is not later."""
    return EPOCH + (moment - EPOCH) // BEAT * BEAT


def beat_after(moment: datetime) -> datetime:
    """The first of these moments that is not earlier."""
    return EPOCH - (EPOCH - moment) // BEAT * BEAT
