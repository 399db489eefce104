# SPDX-License-Identifier: EUPL-1.2
"""A small world for replays: one order, a home, and reports so many metres east of it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from tarazy.supervision.judging.subjects import Arrival, Turn
from tarazy.supervision.presence.geometry import WGS84
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.replay.course import Replayed, replay
from tarazy.supervision.replay.later import Later
from tarazy.supervision.replay.orders import outages_of, permits_of, read_orders, subject_of
from tarazy.supervision.replay.terms import intervals_of

HOME = (43.238, 76.945)
DAY = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
NIGHTS = [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "22:00", "until": "06:00"}]  # 17:00 to 01:00 UTC
MINUTE = timedelta(minutes=1)
START, CURFEW = "S-CURFEW-START", "S-CURFEW-ABSENCE"
ZONE, KEEP_OUT, SILENT = "S-INCLUSION-EXIT", "S-EXCLUSION-ENTRY", "S-SIGNAL-LOST"


def at(text: str, *, day: int = 0) -> datetime:
    """A time of the first day (UTC), or of one after it."""
    hours, minutes, *seconds = (int(part) for part in text.split(":"))
    return DAY + timedelta(days=day, hours=hours, minutes=minutes, seconds=sum(seconds))


def place(away_m: float) -> tuple[float, float]:
    """So many metres east of the home: latitude and longitude."""
    lon, lat, _ = WGS84.fwd(HOME[1], HOME[0], 90, away_m)
    return lat, lon


def circle(away_m: float = 0, radius_m: float = 100) -> dict[str, Any]:
    lat, lon = place(away_m)
    return {"kind": "circle", "lat": lat, "lon": lon, "radius_m": radius_m}


def condition(kind: str, zone: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"name": kind, "kind": kind, "zone": zone or circle()} | more


def order(*conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An order from 06:00 of the first day on, for a month."""
    return {
        "person": "P-1",
        "in_force": {"since": at("06:00").isoformat(), "until": at("06:00", day=30).isoformat()},
        "time_zone": "Asia/Almaty",
        "conditions": list(conditions),
    } | more


def arrival(
    when: datetime,
    away_m: float | None,
    known_at: datetime | None = None,
    *,
    accuracy_m: float | None = 10.0,
    **more: Any,
) -> Arrival:
    known = known_at or when
    sighting = None if away_m is None else Sighting(when, *place(away_m), accuracy_m)
    facts = {"speed_kmh": None, "battery_percent": None, "marks": frozenset[str]()} | more
    return Arrival(0, when, known, sighting, **facts)


def stay(
    since: datetime, minutes: int, away_m: float, known_at: datetime | None = None
) -> list[Arrival]:
    """A report each minute."""
    return [arrival(since + n * MINUTE, away_m, known_at) for n in range(minutes)]


def judged(told: dict[str, Any], arrivals: Iterable[Arrival], until: datetime) -> Replayed:
    (read,) = read_orders(msgspec.json.encode(told))
    subject = subject_of(read, 1)
    in_order = sorted(arrivals, key=lambda one: (one.known_at, one.at))
    later = Later(permits_of(read), intervals_of(read.asked_intervals))
    return replay(subject, in_order, until, outages_of(read), later)


def told(turns: Sequence[Turn], *rules: str) -> list[tuple[str, int, str, str | None, str]]:
    """Kind, number, since, until and known_at (hh:mm:ss) of the turns of some rules."""
    return [
        (
            turn.kind,
            turn.number,
            f"{turn.breach.since:%H:%M:%S}",
            None if turn.until is None else f"{turn.until:%H:%M:%S}",
            f"{turn.known_at:%H:%M:%S}",
        )
        for turn in turns
        if turn.cause[0] in (rules or (START, CURFEW, ZONE, KEEP_OUT))
    ]
