# SPDX-License-Identifier: EUPL-1.2
"""Places to which a device is thrown: it is there at once, stands, and is back at once.

A wall that reflects, a router that was carried elsewhere, a cell that claims 30 m: such an error is
fine, lasts for minutes, and looks like somebody who drove off. What gives it away is that there was
no way, there or back, and that the same wrong places come again. So a place is learned where

1. the device had rested for REST_S (each place within STANDS_M of the one before)
2. it came there at once: farther than LEAP_M and faster than on foot, in LEAP_S_MAX at most
3. it stood there, for two reports at least and no longer than AWAY_S_MAX
4. it was back at once, within BACK_M of where it had rested

Whoever walks or drives is seen on the way, or does not stop; after a longer stay he was there. For
KNOWN_FOR a leap to such a place is doubted. So is, of a device that was ever thrown, one to any
place that is no trip of a person (unlikely), and, of a device whose throws are short, one to
anywhere (_outlasted_s): reports that stand at one place share one error, and so many of them are
one witness. A device that never did is believed at once.

Of a leap that is doubted the reports are no witness of a departure before the device has stood
there for DOUBT_S (AWAY_S_MAX where it was thrown before; so long that its short throws are over),
or has gone on from there. Then they count after all, each at its time; if it is back where it
rested, never. Where it leaps on the next report decides, and again where that is a leap, or stands
there, and the one before does not lead on (leads): strays, one after the other, are no way. All are
kept, and for a zone to keep out of they count as any other, but that a leap from rest, of any
device, waits there for the next report: one stray report is no entry. If the device is back at
once, it never was there.

Nothing is learned where reports are rarer than LEAP_S_MAX: then each way looks like a leap.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from tarazy.supervision.presence.constants import (
    AWAY_S_MAX,
    BACK_M,
    BEND,
    CORRELATED_S,
    DOUBT_S,
    KEPT_FOR,
    KNOWN_FOR,
    KNOWN_MAX,
    LEAP_M,
    LEAP_M_S,
    LEAP_S_MAX,
    METRES_A_DEGREE,
    OUTLASTED,
    RENEWED_AFTER,
    REST_S,
    RIDDEN_M,
    ROAD_M_S,
    STANDS_M,
    TRIP_M_S,
    WORN,
)
from tarazy.supervision.presence.interface import Sighting


class Throw(NamedTuple):
    """A place where a device was thrown, and the first report there."""

    at: datetime
    lat: float
    lon: float
    accuracy_m: float | None
    stood_s: float | None = None
    """For how long it stood there after its second report, without which it is none: up to halfway
    to the report that was back. None where that was not kept yet."""


class Leap(NamedTuple):
    """A device that rested and was elsewhere at once."""

    start: Sighting
    place: Sighting
    """The first place there."""
    doubted: bool
    """Whether it was thrown there before, or anywhere, and nobody goes there so."""
    waiting: tuple[Sighting, ...] = ()
    """The places there that are doubted; of those near in time, which share one error, the first.
    """
    doubted_s: float = 0.0
    """How long it has to stand there before they count; 0 where none is doubted."""
    gone: bool = False
    """Whether it has leapt on from there, and nothing was heard since."""

    def over(self, moment: datetime) -> bool:
        """Whether the device is away for so long that it is no throw."""
        return (moment - self.place.at).total_seconds() > AWAY_S_MAX

    def left(self, moved_m: float, here: Sighting) -> bool:
        """Whether the device, which has moved so far since its last place, stands no more."""
        return moved_m > STANDS_M or (self.doubted and _metres(self.place, here) > STANDS_M)

    def doubts(self, here: Sighting) -> bool:
        """Whether a place is no witness yet."""
        return bool(self.waiting) and _seconds(self.waiting[0], here) < self.doubted_s

    def unsure(self, before: Sighting, here: Sighting) -> bool:
        """Whether the next report is to decide what a leap on from here says: who drives on leads
        on, and a stray report after another does as it likes."""
        return self.doubts(here) and not (self.gone and self.leads(before, here))

    def strayed(self, moved_m: float, here: Sighting) -> bool:
        """Whether a device that leapt on stands there, and no ride by the place before ended so."""
        if not self.gone or self.left(moved_m, here):
            return False
        via = self.waiting[-2]
        fast = any(
            _metres(*leg) > ROAD_M_S * _seconds(*leg)
            for leg in ((self.start, via), (via, self.place))
        )
        return fast or not self.leads(via, self.place)

    def leads(self, via: Sighting, here: Sighting) -> bool:
        """Whether one place lies on the way from where the device rested to another."""
        way_m = _metres(self.start, via) + _metres(via, here)
        return way_m <= BEND * _metres(self.start, here)

    def stood(self, here: Sighting) -> "Leap":
        """With one more place there; after `doubted_s` none waits any more."""
        if not self.doubts(here):
            return self._replace(waiting=())
        near = _seconds(self.waiting[-1], here) < CORRELATED_S
        return self if near else self._replace(waiting=(*self.waiting, here))


class Throws(NamedTuple):
    """What is known of a device's leaps."""

    rested_s: float = 0.0
    """For how long it has rested, since it leapt if it did; at most REST_S."""
    leap: Leap | None = None
    known: tuple[Throw, ...] = ()
    """Where it was thrown; oldest first."""

    def doubts(self, here: Sighting) -> bool:
        """Whether the last place is no witness that somebody left."""
        leap = self.leap
        return leap is not None and leap.doubts(here)

    def leapt(self, place: Sighting | None) -> bool:
        """Whether a place, the last one, is all that is known of a leap."""
        return self.leap is not None and self.leap.place == place

    def returns(self, here: Sighting) -> bool:
        """Whether one more place says that a leap was none: it is back at once where it rested."""
        leap = self.leap
        if leap is None or _seconds(leap.place, here) > LEAP_S_MAX:
            return False
        return _metres(leap.start, here) <= BACK_M

    def owes(self, after: "Throws", here: Sighting) -> tuple[Sighting, ...]:
        """Places that were doubted up to one more, and are witnesses `after` it: the device did not
        come back."""
        leap = self.leap
        if leap is None or not leap.waiting or (after.leap and after.leap.waiting):
            return ()
        return () if _metres(leap.start, here) <= BACK_M else leap.waiting

    def before(self, moment: datetime) -> "Throws":
        """What of it was known at a moment: a place is learned after it, and never changed."""
        return Throws(known=tuple(one for one in self.known if one.at < moment))

    def at(self, moment: datetime) -> "Throws":
        """Without a leap that is over by then."""
        over = self.leap is not None and self.leap.over(moment)
        return self._replace(leap=None) if over else self

    def follow(self, before: Sighting | None, here: Sighting) -> "Throws":
        """With one more place, later than the one before."""
        if before is None:
            return self._replace(rested_s=0.0, leap=None)
        now, moved_m, gap_s = self.at(here.at), _metres(before, here), _seconds(before, here)
        if now.leap is not None and (now.leap.gone or now.leap.left(moved_m, here)):
            return now._on(now.leap, before, here)
        if now.leap is None and leaps(moved_m, gap_s, self.rested_s):
            doubted_s = self._suspects(moved_m, gap_s, here)
            leap = Leap(before, here, doubted=doubted_s > 0, doubted_s=doubted_s)
            leap = leap._replace(waiting=(here,) if leap.doubted else ())
            return self._replace(rested_s=0.0, leap=leap)
        stood = now.leap and now.leap.stood(here)
        return Throws(rested(self.rested_s, moved_m, gap_s), stood, self.known)

    def _suspects(self, moved_m: float, gap_s: float, here: Sighting) -> float:
        """For how long a leap is to be doubted: to where the device was thrown, as long as it may
        be; or, of one that was thrown anywhere, to where nobody goes so; or until its throws are
        over."""
        recent = [one for one in self.known if here.at - one.at <= KNOWN_FOR]
        if any(_metres(one, here) <= STANDS_M for one in recent):
            return AWAY_S_MAX
        if unlikely(moved_m, gap_s):
            return DOUBT_S if recent else 0.0
        wait_s = gap_s + _outlasted_s(recent)
        return wait_s if wait_s <= DOUBT_S else 0.0

    def _on(self, leap: Leap, before: Sighting, here: Sighting) -> "Throws":
        """After a leap and a stay: back, or on."""
        moved_m, gap_s = _metres(before, here), _seconds(before, here)
        is_back, leapt = _metres(leap.start, here) <= BACK_M, leaps(moved_m, gap_s, REST_S)
        if leapt and not is_back and leap.unsure(before, here):
            on = leap._replace(place=here, waiting=(*leap.waiting, here), gone=True)
            return self._replace(rested_s=0.0, leap=on)
        if not is_back and leap.strayed(moved_m, here):
            stays = leap._replace(gone=False).stood(here)
            return self._replace(rested_s=rested(self.rested_s, moved_m, gap_s), leap=stays)
        if not (is_back and leapt):
            return self._replace(rested_s=0.0, leap=None)
        known, stood = self.known, self.rested_s > 0 and _metres(leap.place, before) <= STANDS_M
        if stood and not _known(known, leap.place, RENEWED_AFTER):
            stood_s = max(_seconds(leap.place, before) - gap_s / 2, 0.0)
            known = _learned(known, Throw(*leap.place, stood_s))
        return Throws(REST_S, None, known)


NOTHING = Throws()


def leaps(moved_m: float, gap_s: float, rested_s: float) -> bool:
    """Whether a device that rested was elsewhere at once."""
    return rested_s >= REST_S and gap_s <= LEAP_S_MAX and moved_m > max(LEAP_M, LEAP_M_S * gap_s)


def unlikely(moved_m: float, gap_s: float) -> bool:
    """Whether a leap is no trip from door to door: too short to ride, or too far for the time."""
    return moved_m < RIDDEN_M or moved_m > TRIP_M_S * gap_s


def _outlasted_s(known: Sequence[Throw]) -> float:
    """For how long a device's throws stand after their second report, all but OUTLASTED of them, if
    they are as likely to end at any moment as at any other."""
    stood_s = [one.stood_s for one in known if one.stood_s is not None]
    return -math.log(OUTLASTED) * (sum(stood_s) + DOUBT_S) / (len(stood_s) + 1)


def rested(rested_s: float, moved_m: float, gap_s: float) -> float:
    """For how long a device has rested, with one more place. What nobody walks between two reports
    is an error or a ride: one stray report ends no rest, and who rides off leaps from it."""
    if moved_m <= STANDS_M:
        return min(rested_s + gap_s, REST_S)
    if moved_m <= LEAP_M:
        return max(rested_s - WORN * gap_s, 0.0)
    return rested_s if gap_s <= LEAP_S_MAX and moved_m > LEAP_M_S * gap_s else 0.0


def way_m(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """From one place to another, within a percent up to some kilometres."""
    north_deg = to_lat - lat
    east_deg = abs((to_lon - lon + 180.0) % 360.0 - 180.0) * math.cos(math.radians(to_lat))
    return METRES_A_DEGREE * math.sqrt(north_deg * north_deg + east_deg * east_deg)


def kept(throws: Throws) -> Any:
    """As it stands in the tables, where `rested_s` is told besides."""
    told = throws._replace(rested_s=0.0)
    return None if told == NOTHING else msgspec.to_builtins(told)


def read(row: Any, rested_s: float, place: Sighting | None) -> Throws:
    """Out of the tables, where a leap may stand that was over by the time of the last place."""
    told = NOTHING if row is None else msgspec.convert(row, Throws)
    told = told._replace(rested_s=rested_s)
    return told if place is None else told.at(place.at)


def _metres(start: Sighting | Throw, end: Sighting) -> float:
    return way_m(start.lat, start.lon, end.lat, end.lon)


def _seconds(start: Sighting, end: Sighting) -> float:
    return (end.at - start.at).total_seconds()


def _known(known: Sequence[Throw], here: Sighting, within: timedelta) -> bool:
    """Whether a place has been learned within some days."""
    return any(here.at - one.at <= within and _metres(one, here) <= STANDS_M for one in known)


def _learned(known: Sequence[Throw], place: Throw) -> tuple[Throw, ...]:
    kept = [one for one in known if place.at - one.at <= KEPT_FOR]
    return (*kept, place) if len(kept) < KNOWN_MAX else tuple(kept)
