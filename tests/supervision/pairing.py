# SPDX-License-Identifier: EUPL-1.2
"""Pairs for tests: two people on a line east of a home, and what is judged of them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tarazy.supervision.judging.bonds import Bond, radii_of_contact, radii_of_victim
from tarazy.supervision.judging.pairs import PairJudged, judge_pair, unheard
from tarazy.supervision.presence.geometry import WGS84
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.pairs import OTHER as OTHER
from tarazy.supervision.presence.pairs import OWN as OWN
from tarazy.supervision.presence.pairs import Placed
from tarazy.supervision.presence.timetable import Interval

HOME = (43.238, 76.945)
BEGIN = datetime(2026, 3, 2, 6, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def moment(minutes: float) -> datetime:
    """So many minutes after the begin."""
    return BEGIN + minutes * MINUTE


def at_m(away_m: float, north_m: float = 0.0) -> tuple[float, float]:
    """Latitude and longitude so many metres east, and north, of the home."""
    lon, lat, _ = WGS84.fwd(HOME[1], HOME[0], 90, away_m)
    lon, lat, _ = WGS84.fwd(lon, lat, 0, north_m)
    return lat, lon


def placed(side: int, when: datetime, away_m: float, **told: Any) -> Placed:
    """A place of one side; 10 m accurate and known at once unless told otherwise."""
    known = told.get("known_at", when + SECOND)
    return Placed(side, Sighting(when, *at_m(away_m), told.get("accuracy_m", 10.0)), known)


def stay(side: int, since: float, minutes: int, away_m: float, **told: Any) -> list[Placed]:
    """A place each minute."""
    return [placed(side, moment(since + n), away_m, **told) for n in range(minutes)]


def victim(*periods: tuple[float, float], outer_m: int = 300, inner_m: int = 100) -> Bond:
    """A demand about a protected person, by default of the first ten hours."""
    return _bond(radii_of_victim(outer_m, inner_m), periods)


def contact(*periods: tuple[float, float], radius_m: int = 100) -> Bond:
    """A demand about a co-accused."""
    return _bond(radii_of_contact(radius_m), periods)


def _bond(radii: Any, periods: Iterable[tuple[float, float]]) -> Bond:
    stretches = [Interval(moment(a), moment(b)) for a, b in periods] or [
        Interval(BEGIN, moment(600))
    ]
    whole = Interval(BEGIN, moment(100_000))
    return Bond(
        *(1, "nct_1", 1, 1, whole, "PP-1", radii, (60.0, 60.0), tuple(stretches)),
        monitored_since=BEGIN,
    )


def judged(bond: Bond, places: Iterable[Placed], until: float) -> PairJudged:
    """All of it at once."""
    return judge_pair(bond, unheard(bond), list(places), moment(until))


def told(found: PairJudged) -> list[tuple[str, str, float, float | None]]:
    """Kind, rule, since and until (minutes after the begin) of each turn."""
    return [
        (
            *(turn.kind, turn.cause[0], minutes(turn.breach.since)),
            None if turn.until is None else minutes(turn.until),
        )
        for turn in found.turns
    ]


def states(found: PairJudged, level: int = 0) -> list[tuple[str, float]]:
    """What is believed of one radius at the end, and from which minute on."""
    words = {"inside": "near", "outside": "apart", "unknown": "unknown"}
    return [(words[one.presence], minutes(one.at)) for one in found.after.changes[level]]


def minutes(when: datetime) -> float:
    """After the begin."""
    return round((when - BEGIN) / MINUTE, 2)
