# SPDX-License-Identifier: EUPL-1.2
"""The board's map for paper: who is where in its window, the signs explained, who printed it.

A print leaves the screen, so it is a look of its own in the log, and says so by its foot: nothing
is given out or registered. The zones of a chosen person are another look, as on the board.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.staticfiles import finders
from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from tarazy.core.access import Actor
from tarazy.core.door import Door, look, together
from tarazy.core.errors import Refused
from tarazy.supervision.basis import listed
from tarazy.supervision.looks.incident_places import outline_of
from tarazy.supervision.looks.map_zones import shared, zones
from tarazy.supervision.looks.places import LINES_MAX, streets_in
from tarazy.supervision.looks.report_words import Clock, printed, printed_by
from tarazy.supervision.models import Heartbeat, Order, Person, WearerState
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import (
    Column,
    Document,
    Facts,
    Listing,
    Part,
    Picture,
    Section,
    Table,
    Words,
)
from tarazy.supervision.reports.sketch import Outline, Plane
from tarazy.supervision.reports.survey import (
    WIDTH_PERCENT,
    Ground,
    Sign,
    plane_of,
    scale_number,
    survey,
)

LISTED_MAX = 200
DEGREES = 5
LAT_MAX = 85.0
EDGE_MAX = 1_000.0
WIDE_DEG = 0.5
"""A window that is wider shows borders; the scale then holds in its middle only."""
STATES = ("alert", "unknown", "calm")
WORDS = {"alert": "needs checking", "unknown": "not known", "calm": "as ordered"}
"""As the board's legend has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What the screen showed: its edges in degrees, and which of its layers were on."""

    west: float
    south: float
    east: float
    north: float
    others: bool = True
    """Also those who need no checking."""
    shared: bool = False
    person_id: str = ""
    """Whose zones are drawn; empty where nobody is chosen."""

    def plane(self) -> Plane:
        """The picture that holds it. Raises Refused where that is no place on earth."""
        edges = (self.west, self.south, self.east, self.north)
        # A screen that is zoomed far out shows the earth more than once, and its poles.
        if not all(math.isfinite(edge) and abs(edge) <= EDGE_MAX for edge in edges):
            raise Refused(Refusal.BAD_PLACE)
        south, north = max(self.south, -LAT_MAX), min(self.north, LAT_MAX)
        if not (south < north and self.west < self.east):
            raise Refused(Refusal.BAD_PLACE)
        return plane_of(self.west, south, min(self.east, self.west + 360), north)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Who is in the picture, those who need checking first; and who is on no map."""

    plane: Plane
    people: Sequence[Mapping[str, Any]]
    placeless: int
    judged_at: datetime | None


def print_map(actor: Actor, window: Window, now: datetime) -> Document:
    """The document of a window of the board's map, with what is known now. Raises Refused."""
    with together():
        seen = _print(actor, window, now)
        drawn = zones(actor, window.person_id, now) if window.person_id else []
        common = shared(actor).zones if window.shared else []
    clock = Clock(ZoneInfo(timezone.get_current_timezone_name()))
    sections = [
        Section(gettext("Who printed it"), (printed_by(actor, now, clock), _where(seen.plane))),
        _picture(seen, drawn, common),
        _list(seen, clock),
    ]
    if drawn:
        lines = tuple(f"{one['said']}: {one['name']}" for one in drawn)
        sections.append(Section(gettext("Zones of the chosen person"), (Listing(lines),)))
    title = gettext("Map of the control centre")
    return printed(title, _lead(seen, clock), tuple(sections), Interval(now, now), clock)


@look("supervision.map.print")
def _print(door: Door, window: Window, now: datetime) -> Seen:
    """Print where the people under an order in force were last, in a window of the board's map."""
    reached = Person.objects.filter(listed(door, "map", now))
    plane = window.plane()
    box = plane.box()
    door.keep(window=", ".join(f"{edge:.{DEGREES}f}" for edge in box))
    states = WearerState.objects.filter(person__in=reached)
    inside = states.filter(_within(box))
    if not window.others:
        inside = inside.filter(urgency="alert")
    number = Order.objects.filter(person=OuterRef("person"), in_force__contains=now)
    rank = Case(
        *(When(urgency=state, then=Value(n)) for n, state in enumerate(STATES)), default=Value(9)
    )
    rows = inside.annotate(
        name=F("person__full_name"),
        document=Subquery(number.values("document_number")[:1], output_field=CharField()),
    ).order_by(rank, "person__sort_key", "pk")
    columns = ("name", "document", "lat", "lon", "accuracy_m", "at", "urgency")
    beat = Heartbeat.objects.filter(process="engine").first()
    return Seen(
        plane=plane,
        people=list(rows.values(*columns)),
        placeless=reached.count() - states.filter(lat__isnull=False).count(),
        judged_at=beat.at if beat else None,
    )


def _within(box: tuple[float, float, float, float]) -> Q:
    west, south, east, north = box
    rows = Q(lat__range=(south, north))
    if east - west >= 360:  # noqa: PLR2004 - all around
        return rows
    left, right = ((lon + 180) % 360 - 180 for lon in (west, east))
    if left <= right:
        return rows & Q(lon__range=(left, right))
    return rows & (Q(lon__gte=left) | Q(lon__lte=right))


def _where(plane: Plane) -> Facts:
    west, south, east, north = plane.box()
    return Facts(
        (
            (gettext("Middle of the map"), f"{plane.lat:.{DEGREES}f}, {_turned(plane.lon)}"),
            (
                gettext("South-west and north-east corner"),
                f"{south:.{DEGREES}f}, {_turned(west)} · {north:.{DEGREES}f}, {_turned(east)}",
            ),
            (gettext("Scale on A4"), f"1 : {scale_number(plane):,}".replace(",", " ")),
        )
    )


def _turned(lon: float) -> str:
    return f"{(lon + 180) % 360 - 180:.{DEGREES}f}"


def _lead(seen: Seen, clock: Clock) -> str:
    count = len(seen.people)
    said = ngettext(
        "{count} person under an order in force, at the last known place.",
        "{count} people under an order in force, each at the last known place.",
        count,
    ).format(count=count)
    judged = gettext("Last judged: {moment}.").format(moment=clock.moment(seen.judged_at))
    return f"{said} {judged}"


def _picture(
    seen: Seen,
    drawn: Sequence[Mapping[str, Any]],
    common: Iterable[Mapping[str, Any]],
) -> Section:
    plane = seen.plane
    box = plane.box()
    wide = box[2] - box[0] > WIDE_DEG
    streets = [] if wide else streets_in(box)
    whole = len(streets) < LINES_MAX
    ground = Ground(
        streets=streets if whole else (),
        borders=_borders() if wide else (),
        zones=_outlines(drawn),
        shared=_outlines([{**one, "demand": ""} for one in common]),
    )
    parts: list[Part] = [
        Picture(
            survey(plane, ground, _signs(seen)),
            gettext("People by their signs, numbered as in the list. North is up."),
            WIDTH_PERCENT,
        ),
        Words(" ".join(_legend(drawn=bool(drawn), common=bool(ground.shared)))),
    ]
    if wide:
        parts.append(Words(gettext("The scale holds in the middle of so wide a window.")))
    elif not whole:
        parts.append(
            Words(gettext("Too many streets to draw: print a smaller window to see them."))
        )
    elif not streets:
        parts.append(Words(gettext("The service has no streets of this place to draw.")))
    return Section(gettext("Map"), tuple(parts))


def _signs(seen: Seen) -> list[Sign]:
    return [
        Sign(one["lon"], one["lat"], one["urgency"], number, one["accuracy_m"])
        for number, one in enumerate(seen.people, 1)
    ]


def _legend(*, drawn: bool, common: bool) -> tuple[str, ...]:
    lines = [
        gettext("Triangle: needs checking."),
        gettext("Disc: as ordered."),
        gettext("Dashed ring: not known whether as ordered."),
        gettext("Ring with a number in it: several people; ?: of so many we do not know."),
        gettext("Thin ring around a sign: accuracy (68 %)."),
        gettext("Thin lines: latitude and longitude, WGS 84."),
    ]
    if drawn:
        lines.append(gettext("Zones: dashed edge, to keep out of; plain edge, to stay in."))
    if common:
        lines.append(gettext("Dotted edge: a shared zone; it concerns whose order names its kind."))
    return tuple(lines)


def _list(seen: Seen, clock: Clock) -> Section:
    columns = (
        Column("№", number=True),
        Column(gettext("Person")),
        Column(gettext("Document")),
        Column(gettext("State")),
        Column(gettext("Latitude"), number=True),
        Column(gettext("Longitude"), number=True),
        Column(gettext("Accuracy, m"), number=True),
        Column(gettext("Place of")),
    )
    rows = tuple(
        (
            str(number),
            one["name"],
            one["document"] or "",
            gettext(WORDS.get(one["urgency"], "")),
            f"{one['lat']:.{DEGREES}f}",
            f"{one['lon']:.{DEGREES}f}",
            gettext("unknown") if one["accuracy_m"] is None else f"{one['accuracy_m']:.0f}",
            clock.second(one["at"]) if one["at"] else "–",
        )
        for number, one in enumerate(seen.people[:LISTED_MAX], 1)
    )
    parts: list[Part] = [
        Table(columns, rows, gettext("Nobody was in this window by the last known place.")),
    ]
    more = len(seen.people) - len(rows)
    if more:
        told = gettext(
            "{number} more are in the picture: print a smaller window to have them listed."
        )
        parts.append(Words(told.format(number=more)))
    if seen.placeless:
        told = gettext(
            "People under an order of whom no place is known, and who are on no map: {number}."
        )
        parts.append(Words(told.format(number=seen.placeless)))
    parts.append(
        Words(gettext("A last known place is a past one: where somebody is now it does not say."))
    )
    return Section(gettext("Who is in the window"), tuple(parts))


def _outlines(told: Iterable[Mapping[str, Any]]) -> list[Outline]:
    """Zones as the map takes them; of a class each of its places."""
    single = [{**part, "demand": one["demand"]} for one in told for part in one.get("parts", [one])]
    return [outline for one in single if (outline := outline_of(one)) is not None]


@lru_cache(maxsize=1)
def _borders() -> list[list[list[float]]]:
    """The country's outline and its neighbours' borders; none where the assets are not built."""
    found = finders.find("vendor/kazakhstan.json")
    if not found:
        return []
    lines: list[list[list[float]]] = []
    for feature in json.loads(Path(found).read_text())["features"]:
        told = feature["geometry"]
        if told["type"] == "MultiLineString":
            lines += told["coordinates"]
        else:
            lines += [ring for polygon in told["coordinates"] for ring in polygon]
    return lines
