# SPDX-License-Identifier: EUPL-1.2
"""The pair kernel: places of two people in, changes of near / apart / unknown out. Pure.

Near is `INSIDE` of the circle around the other, apart is `OUTSIDE` of it: one vocabulary for rules.

1. Places of both are heard in the order in which they happened. Each side has its own track, so an
   outlier is no witness until the next place lies near it (motion.py), as for one person.
2. At each place of one side the other one's last place is some seconds old. Meanwhile its owner may
   have gone on as before (`speed_m_s`), and, once a report is overdue, as fast as a car. So their
   distance lies between two bounds. What is true at both counts, what is not says nothing: near is
   judged as if they had gone apart, apart as if they had come together.
3. The probability of being nearer than the radius (nearness.py) gives log-odds, capped, weighted by
   the time since the last evidence, and added up: the sequential test of one person, cut alike.
   Two who meet were far apart just before, and what was seen then says little of now. So, as with
   one person who is back, each place that speaks for near undoes half of what spoke against it.
4. Near needs evidence over MEETING_S: an outlier or a bus that passes is no meeting.
5. Time alone makes it unknown: near as soon as either side is overdue; apart, when the two could
   have met since (`lapses_at`). Nobody needs to report for that. Nor does evidence that was not
   enough wait for more: it is over when a state would be that nothing has confirmed since.
"""

import math
from datetime import datetime, timedelta
from typing import NamedTuple

from tarazy.supervision.presence import constants as c
from tarazy.supervision.presence.geometry import WGS84
from tarazy.supervision.presence.interface import Change, Presence, Sighting
from tarazy.supervision.presence.motion import Track
from tarazy.supervision.presence.nearness import near_log_odds

REACH_M_S = 39.0
"""How fast anybody may go whose report is overdue: 140 km/h, the highest lawful speed on a road."""
WALK_M_S = 1.5
"""Who is under way goes at least as fast as one walks."""
REST_M_S = 0.25
"""Who lay at the same place in two reports is taken to stay about there until the next one."""
REST_SIGMAS = 2.0
SPEED_OVER_S = 20.0
"""How fast somebody is, is told by places that lie so far apart in time: a burst of places at one
spot is no rest."""
DUE_S_MIN = 330.0
"""A report is overdue after three intervals, and not before this: phones at rest report each five
minutes."""
DUE_REPORTS = 3
NEAR_CAP = 4.5
"""At most, for near: two places that are clear, half a minute or more apart, end any doubt."""
MEETING_S = 20.0
"""Near is believed only when evidence for it has lasted so long."""
WEIGHT_UNKNOWN = 0.5
"""A place without a stated accuracy is half a witness."""
CLEARANCE_M = 30.0
"""Apart counts beyond the radius by this and by two sigma: drift in houses is no parting."""
LATE_MAX = timedelta(hours=40)
"""Later than this no place is judged any more: a protected person's are deleted after 48 hours."""
PROBABILITY_DIGITS = 4
TICK = timedelta(microseconds=1)
OWN, OTHER = 0, 1


class Placed(NamedTuple):
    """A place, whose it is, and when we knew it."""

    side: int
    sighting: Sighting
    known_at: datetime


class Side(NamedTuple):
    """One of the two: where last, and how fast."""

    track: Track = Track()
    speed_m_s: float = REACH_M_S
    """Unknown at first: then anything that a car can do."""
    paced: Sighting | None = None
    """The place from which on it is measured."""


class Level(NamedTuple):
    """What is known of one radius so far."""

    presence: Presence
    since: datetime
    confirmed_at: datetime
    log_odds: float = 0.0
    counted_at: datetime | None = None
    """Time of the last evidence, for or against."""
    met_at: datetime | None = None
    """Since when the evidence has been for near."""
    evidence: tuple[Sighting, ...] = ()
    """Own places that moved it last; never the other's."""


class Memory(NamedTuple):
    """All that the kernel keeps of a pair after some places."""

    at: datetime
    """Time of the last place, or the beginning."""
    sides: tuple[Side, Side]
    levels: tuple[Level, ...]


class Terms(NamedTuple):
    """What is asked: the radii, widest first, and how often each side's device reports."""

    radii_m: tuple[float, ...]
    intervals_s: tuple[float, float]

    def due_s(self, side: int) -> float:
        """After how long without a place one side is overdue."""
        return max(DUE_S_MIN, DUE_REPORTS * self.intervals_s[side])

    @property
    def stale_s(self) -> float:
        """How long a state holds that no place has confirmed."""
        return max(c.STALE_S_MIN, c.STALE_REPORTS * max(self.intervals_s))


Found = tuple[int, Change]
"""The number of a radius, and what changed."""


def blank(terms: Terms, since: datetime) -> Memory:
    """Before anything was heard."""
    return Memory(
        since, (Side(), Side()), tuple(Level(Presence.UNKNOWN, since, since) for _ in terms.radii_m)
    )


def sigma_of(sighting: Sighting) -> float:
    """Of each axis, as for one person (law.py): unknown is never perfect."""
    if sighting.accuracy_m is None:
        return c.SIGMA_UNKNOWN_M
    return max(sighting.accuracy_m * c.ACCURACY_TO_SIGMA * c.UNDERSTATED, c.SIGMA_FLOOR_M)


def hear(terms: Terms, memory: Memory, placed: Placed) -> tuple[Memory, list[Found]]:
    """With one more place; one that is not later than the last of its side is passed over."""
    now, side = placed.sighting.at, memory.sides[placed.side]
    if side.track.end is not None and now <= side.track.end:
        return memory, []
    memory, found = lapse(terms, memory, now)
    sides = list(memory.sides)
    sides[placed.side] = after = _followed(side, placed.sighting)
    memory = Memory(max(now, memory.at), (sides[OWN], sides[OTHER]), memory.levels)
    other = sides[1 - placed.side]
    if after.track.believed is not placed.sighting or other.track.believed is None:
        return memory, found
    gap = _gap(terms, memory, now)
    own = memory.sides[OWN].track.believed or placed.sighting
    levels = []
    for n, level in enumerate(memory.levels):
        moved, change = _weighed(level, gap.evidence(terms.radii_m[n]), (now, own, placed.known_at))
        levels.append(moved)
        if change is not None:
            found.append((n, change))
    return memory._replace(levels=tuple(levels)), found


def lapse(terms: Terms, memory: Memory, now: datetime) -> tuple[Memory, list[Found]]:
    """What time alone has made unknown by a moment."""
    levels, found = list(memory.levels), list[Found]()
    for n, level in enumerate(levels):
        end = lapses_at(terms, memory, n)
        if end is not None and end <= now:
            levels[n] = Level(Presence.UNKNOWN, end, level.confirmed_at)
            found.append((n, Change(Presence.UNKNOWN, end, now)))
        elif level.presence is Presence.UNKNOWN and _forgotten(terms, level, now):
            levels[n] = Level(Presence.UNKNOWN, level.since, level.confirmed_at)
    return memory._replace(levels=tuple(levels)), found


def _forgotten(terms: Terms, level: Level, now: datetime) -> bool:
    return level.counted_at is not None and now - level.counted_at > _seconds(terms.stale_s)


def lapses_at(terms: Terms, memory: Memory, number: int) -> datetime | None:
    """When a state is lost, if nothing more is heard; None where nothing is known anyway."""
    level = memory.levels[number]
    if level.presence is Presence.UNKNOWN:
        return None
    overdue = [_last(side).at + _seconds(terms.due_s(n)) for n, side in enumerate(memory.sides)]
    holds = min(*overdue, level.confirmed_at + _seconds(terms.stale_s))
    if level.presence is Presence.OUTSIDE:
        holds = max(holds, _could_meet(terms, memory, terms.radii_m[number]))
    return max(holds, memory.at + TICK)


class _Gap(NamedTuple):
    """How far apart the two are at a moment, and how sure."""

    distance_m: float
    reach_m: float
    """How much nearer, or further, they may be by now."""
    sigma_m: float
    trust: float
    overdue: bool
    """Whether a report of either is."""

    def evidence(self, radius_m: float) -> float:
        """Log-odds for near that hold wherever they went meanwhile; 0 where nothing does."""
        low = near_log_odds(self.distance_m + self.reach_m, self.sigma_m, radius_m)
        if low > 0:
            return 0.0 if self.overdue else min(low, NEAR_CAP) * self.trust
        nearest = self.distance_m - self.reach_m
        if nearest - radius_m < _clearance(self.sigma_m):
            return 0.0
        return max(near_log_odds(nearest, self.sigma_m, radius_m), -c.OUT_CAP) * self.trust


def _clearance(sigma_m: float) -> float:
    return max(CLEARANCE_M, c.CLEARANCE_SIGMAS * sigma_m)


def _gap(terms: Terms, memory: Memory, now: datetime) -> _Gap:
    places = [_last(side) for side in memory.sides]
    reach = sum(_reach(terms, memory, n, now) for n in (OWN, OTHER))
    trust = math.prod(WEIGHT_UNKNOWN if one.accuracy_m is None else 1.0 for one in places)
    sigma = math.hypot(*(sigma_of(one) for one in places))
    overdue = any(now > one.at + _seconds(terms.due_s(n)) for n, one in enumerate(places))
    return _Gap(_metres(*places), reach, sigma, trust, overdue)


def _reach(terms: Terms, memory: Memory, number: int, now: datetime) -> float:
    """How far one side may have come since its last place."""
    side = memory.sides[number]
    age_s, due_s = (now - _last(side).at).total_seconds(), terms.due_s(number)
    return side.speed_m_s * min(age_s, due_s) + REACH_M_S * max(age_s - due_s, 0.0)


def _could_meet(terms: Terms, memory: Memory, radius_m: float) -> datetime:
    """From when on they could be near, going towards each other since their last places."""
    begin = max(_last(side).at for side in memory.sides)
    gap = _gap(terms, memory, begin)
    left_m = gap.distance_m - gap.reach_m - radius_m - _clearance(gap.sigma_m)
    turns = sorted(_last(one).at + _seconds(terms.due_s(n)) for n, one in enumerate(memory.sides))
    for turn in (*turns, None):
        if left_m <= 0:
            break
        if turn is not None and turn <= begin:
            continue
        speed = sum(
            REACH_M_S if begin >= _last(one).at + _seconds(terms.due_s(n)) else one.speed_m_s
            for n, one in enumerate(memory.sides)
        )
        if turn is None or left_m <= speed * (turn - begin).total_seconds():
            return begin + _seconds(left_m / speed)
        left_m -= speed * (turn - begin).total_seconds()
        begin = turn
    return begin


def _followed(side: Side, sighting: Sighting) -> Side:
    before, track = side.paced, side.track.follow(sighting)
    if track.believed is not sighting:
        return side._replace(track=track)
    if before is None:
        return Side(track, side.speed_m_s, sighting)
    seconds = (sighting.at - before.at).total_seconds()
    if seconds < SPEED_OVER_S:
        return side._replace(track=track)
    moved = _metres(before, sighting)
    if moved <= REST_SIGMAS * math.hypot(sigma_of(before), sigma_of(sighting)):
        return Side(track, REST_M_S, sighting)
    return Side(track, min(max(moved / seconds, WALK_M_S), REACH_M_S), sighting)


def _weighed(
    level: Level, evidence: float, heard: tuple[datetime, Sighting, datetime]
) -> tuple[Level, Change | None]:
    """One level after the evidence of a moment."""
    now, own, known_at = heard
    if evidence == 0.0:
        return level, None
    weight, so_far = _weight(level.counted_at, now), level.log_odds
    if evidence > 0 > so_far:
        so_far *= 1.0 - c.FORGET * min(weight, 1.0)
    raw = so_far + evidence * weight
    met_at = (level.met_at or now) if evidence > 0 else None
    presence = level.presence
    if raw >= c.ENTER and met_at is not None and now - met_at >= _seconds(MEETING_S):
        presence = Presence.INSIDE
    elif raw <= c.EXIT:
        presence = Presence.OUTSIDE
    turned = presence is not level.presence
    confirms = not turned and _confirms(presence, raw, evidence)
    begins = met_at is not None and level.met_at is None
    kept = () if confirms or begins else level.evidence
    trail = (*(one for one in kept if one != own), own)[-c.EVIDENCE_MAX :]
    after = Level(
        presence,
        now if turned else level.since,
        now if turned or confirms else level.confirmed_at,
        min(max(raw, c.EXIT), c.ENTER),
        now,
        met_at,
        trail,
    )
    if not turned:
        return after, None
    chance = round(1.0 / (1.0 + math.exp(-abs(raw))), PROBABILITY_DIGITS)
    return after, Change(presence, now, known_at, chance, trail)


def _weight(before: datetime | None, now: datetime) -> float:
    """Errors near in time are the same error (hearing.py); the first evidence counts whole."""
    if before is None:
        return 1.0
    gap_s = (now - before).total_seconds()
    near = 1.0 - math.exp(-gap_s / c.CORRELATED_S)
    return near + c.SPARSE_WEIGHT * (1.0 - math.exp(-gap_s / c.SPARSE_S))


def _confirms(presence: Presence, raw: float, evidence: float) -> bool:
    if presence is Presence.INSIDE:
        return raw >= c.ENTER and evidence >= c.INFORMATIVE
    return presence is Presence.OUTSIDE and raw <= c.EXIT and evidence <= -c.INFORMATIVE


def _last(side: Side) -> Sighting:
    if side.track.believed is None:
        raise ValueError("nothing is known of one side")
    return side.track.believed


def _metres(one: Sighting, other: Sighting) -> float:
    _, _, away = WGS84.inv(one.lon, one.lat, other.lon, other.lat)
    return float(away)


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
