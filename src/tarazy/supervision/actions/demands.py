# SPDX-License-Identifier: EUPL-1.2
"""What a court may ask about a place, and the shape of it; what could not be judged is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from tarazy.core.errors import Refused
from tarazy.supervision.judging import facets
from tarazy.supervision.models import ConditionKind, Zone, ZoneKind
from tarazy.supervision.presence import geometry
from tarazy.supervision.presence import timetable as timetables
from tarazy.supervision.refusals import Refusal

RADIUS_M_MAX = 50_000
CORRIDOR_M_MAX = 5_000
PRIORITY_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A zone: a circle (centre in degrees, radius in metres), a polygon (rings of lon, lat), or a
    corridor (its line as the one ring, its half width as the radius)."""

    kind: ZoneKind
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
    rings: Sequence[Sequence[Sequence[float]]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a condition asks: its kind, its weekly hours, its period (the order's by default)."""

    kind: ConditionKind
    timetable: Sequence[Mapping[str, object]] = ()
    exceptions: Sequence[Mapping[str, object]] = ()
    """Dates with other hours (presence/timetable.py)."""
    since: datetime | None = None
    until: datetime | None = None
    buffer_m: float | None = None
    """A ring so wide before the fence, with alerts of its own."""
    priority: int = 0
    """Of demands to be somewhere, the lower one rests while a higher one applies."""


def check_demand(zone: Zone, demand: Demand) -> None:
    """Refuse what could not be judged, in its own words."""
    try:
        timetables.parse(list(demand.timetable), list(demand.exceptions))
    except ValueError as error:
        raise Refused(Refusal.TIMETABLE_UNREADABLE, reason=str(error)) from error
    if demand.kind is ConditionKind.HOME_CURFEW and not demand.timetable:
        raise Refused(Refusal.TIMETABLE_UNREADABLE, reason="a curfew needs hours")
    if zone.kind == ZoneKind.PLACES and demand.kind is not ConditionKind.EXCLUSION:
        raise Refused(Refusal.ZONE_UNREADABLE, reason="a class of zones can only be kept out of")
    if not 0 <= demand.priority <= PRIORITY_MAX:
        raise Refused(Refusal.PRIORITY_OUT_OF_BOUNDS, priority_max=PRIORITY_MAX)
    if demand.buffer_m is not None:
        try:
            shape = (
                None if zone.kind == ZoneKind.PLACES else geometry.zone_of(zone.kind, vars(zone))
            )
            facets.check_buffer(demand.kind, shape, demand.buffer_m)
        except ValueError as error:
            raise Refused(Refusal.BUFFER_UNREADABLE, reason=str(error)) from error


def check_shape(shape: Shape) -> None:
    """Refuse what presence could not judge, in its own words."""
    try:
        zone = geometry.zone_of(shape.kind, asdict(shape))
    except (TypeError, ValueError) as error:
        raise Refused(Refusal.ZONE_UNREADABLE, reason=str(error)) from error
    if isinstance(zone, geometry.Circle) and zone.radius_m > RADIUS_M_MAX:
        raise Refused(Refusal.ZONE_UNREADABLE, reason=f"its radius is over {RADIUS_M_MAX} m")
    if isinstance(zone, geometry.Corridor) and zone.half_width_m > CORRIDOR_M_MAX:
        raise Refused(Refusal.ZONE_UNREADABLE, reason=f"its half width is over {CORRIDOR_M_MAX} m")
