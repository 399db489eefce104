# SPDX-License-Identifier: EUPL-1.2
"""The legs of a trail as rows that a reader, a screen reader and a map can follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext

from tarazy.supervision.judging.unseen import Why
from tarazy.supervision.looks.lengths import metres
from tarazy.supervision.looks.places import Near
from tarazy.supervision.looks.report_words import WHY_WORDS, length
from tarazy.supervision.looks.trails import Trail
from tarazy.supervision.stays import Gap, Leg, Move, Stop

DEGREES = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One leg in words. `number` is that of a stop, in its circle on the map."""

    kind: Literal["stop", "move", "gap"]
    number: int | None
    since: datetime
    until: datetime
    lasted: str
    said: str
    """How far, how many reports, or why nothing is known."""
    near: Near | None
    """Of a stop."""
    shape: dict[str, Any]
    """Coordinates in (lon, lat) for the map."""
    deleted: bool = False
    """Of a gap: places were known and were deleted, which is no time without monitoring."""


def rows_of(trail: Trail) -> list[Row]:
    """The rows of a trail, oldest first."""
    rows, stops = [], 0
    for order, leg in enumerate(trail.legs):
        if isinstance(leg, Stop):
            stops += 1
        rows.append(_row(leg, stops, trail.near.get(order)))
    return rows


def counts_of(rows: Sequence[Row]) -> dict[str, Any]:
    """How many stops and gaps, and how long could not be monitored, for one sentence."""
    gaps = [row for row in rows if row.kind == "gap" and not row.deleted]
    lost = sum((row.until - row.since for row in gaps), timedelta())
    return {
        "stops": sum(row.kind == "stop" for row in rows),
        "gaps": len(gaps),
        "lost": length(lost),
        "deleted": sum(row.deleted for row in rows),
    }


def _row(leg: Leg, number: int, near: Near | None) -> Row:
    lasted = length(leg.until - leg.since)
    if isinstance(leg, Stop):
        said = gettext("{count} reports, within {metres}").format(
            count=leg.fixes, metres=metres(leg.radius_m)
        )
        shape: dict[str, Any] = {
            "kind": "stop",
            "number": number,
            "at": _rounded((leg.lon, leg.lat)),
            "radius_m": round(leg.radius_m),
        }
        return Row("stop", number, leg.since, leg.until, lasted, said, near, shape)
    if isinstance(leg, Move):
        shape = {"kind": "move", "path": [_rounded(one) for one in leg.path]}
        said = metres(leg.length_m)
        return Row("move", None, leg.since, leg.until, lasted, said, None, shape)
    return _gap(leg, lasted)


def _gap(leg: Gap, lasted: str) -> Row:
    ends = [_rounded(one) if one else None for one in leg.ends]
    said = gettext(WHY_WORDS[leg.why])
    shape = {"kind": "gap", "ends": ends}
    deleted = leg.why is Why.PLACES_DELETED
    return Row("gap", None, leg.since, leg.until, lasted, said, None, shape, deleted)


def _rounded(spot: tuple[float, float]) -> list[float]:
    return [round(spot[0], DEGREES), round(spot[1], DEGREES)]
