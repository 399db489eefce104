# SPDX-License-Identifier: EUPL-1.2
"""The fixes of a court report: which are kept, where they are cut, as a picture and as a table.

1. The fixes that count are always in it, whenever they were. They are read first.
2. Beside them all others from half an hour before to half an hour after. Where that is longer than
   48 hours, or more than 3,000 fixes, the first are in it, and the report says where it stops.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from tarazy.supervision.looks.alerts import places_deleted
from tarazy.supervision.looks.defence import Copy
from tarazy.supervision.looks.history import KeptFix, first_fixes_of, fixes_at
from tarazy.supervision.looks.places import near
from tarazy.supervision.looks.report_words import Clock
from tarazy.supervision.looks.words import shape_of
from tarazy.supervision.models import (
    Alert,
    AlertVersion,
    Condition,
    ConditionKind,
    Order,
    ZoneKind,
)
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.reports.document import Column, Part, Picture, Section, Table, Words
from tarazy.supervision.reports.sketch import Outline, sketch

BEFORE_AND_AFTER = timedelta(minutes=30)
SPAN_MAX = timedelta(hours=48)
FIXES_MAX = 3_000
DEGREES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """The fixes of a report, oldest first, and where they were cut."""

    span: Interval
    """Of all fixes; those that count may lie beyond it."""
    kept: Sequence[KeptFix]
    counted: frozenset[datetime]
    """Times of the fixes that the finding rests on."""
    shortened: bool
    """Whether it went on for longer than the span."""
    stops_at: datetime | None
    """The last of the others, where there were too many."""
    deleted: bool
    """Whether places that the finding rests on are not kept any more."""


def fixes_of_alert(
    alert: Alert, order: Order, versions: Sequence[AlertVersion], now: datetime
) -> Fixes:
    """What a report of an alert under an order shows."""
    end = min((alert.until or now) + BEFORE_AND_AFTER, order.in_force.upper, now)
    since = max(alert.since - BEFORE_AND_AFTER, order.in_force.lower)
    span = Interval(since, min(end, since + SPAN_MAX))
    counted = frozenset(
        datetime.fromisoformat(row["at"]) for one in versions for row in one.evidence
    )
    counting = fixes_at(order.person_id, order.pk, counted)
    found = first_fixes_of(order.person_id, order.pk, *span, limit=FIXES_MAX + 1)
    shown = found[:FIXES_MAX]
    others = [fix for fix in shown if fix.at not in counted]
    return Fixes(
        span=span,
        kept=sorted([*others, *counting], key=lambda fix: (fix.at, fix.known_at)),
        counted=counted,
        shortened=span.until < end,
        stops_at=shown[-1].at if len(found) > FIXES_MAX else None,
        deleted=places_deleted(versions),
    )


def left_out() -> Section:
    """In place of both sections: the copy must not tell where the zone lies."""
    said = gettext(
        "The fixes are left out of this copy: they would show where a zone lies that the court's"
        " document does not name. The court may order that they be disclosed."
    )
    return Section(gettext("Fixes"), (Words(said),))


def places_section(condition: Condition | None, fixes: Fixes, copy: Copy) -> Section:
    """The picture, and what is near the last fix that counts."""
    numbered = [
        (number, Sighting(one.at, one.lat, one.lon, one.accuracy_m))
        for number, one in enumerate(fixes.kept, 1)
    ]
    counting = [(number, one) for number, one in numbered if one.at in fixes.counted]
    outline = _outline(condition, copy)
    picture = sketch(counting or numbered, outline)
    parts: list[Part] = []
    if fixes.deleted:
        parts.append(
            Words(
                gettext(
                    "Places that this rests on were deleted: the time for which they may be kept is"
                    " over. What was found, when, and how surely, stays."
                )
            )
        )
    elif not fixes.counted:
        parts.append(
            Words(gettext("No reported place belongs to this: it rests on time and on silence."))
        )
    if picture:
        parts.append(Picture(picture, _caption(outline, counting=bool(counting)), width_percent=64))
    for number, fix in (counting or numbered)[-1:]:
        found = near(fix.lat, fix.lon)
        if found is None:
            continue
        said = gettext(
            "Fix {number}: {near}. By the operator's extract of {date}; it says what is near the"
            " fix, not where the person stood."
        )
        dated = date_format(found.dated_on, "j E Y")
        parts.append(Words(said.format(number=number, near=found.said, date=dated)))
    return Section(gettext("Where"), tuple(parts))


def _caption(outline: Outline | None, *, counting: bool) -> str:
    """What the picture shows, and nothing that it does not show."""
    shown = (
        gettext("The fixes that count, numbered as in the table.")
        if counting
        else gettext("All fixes of the table, under its numbers; none of them counts.")
    )
    zone = (
        gettext("The zone is drawn with a dashed edge.")
        if outline is not None and outline.keep_out
        else gettext("The zone is drawn.")
        if outline is not None
        else gettext("No zone is drawn.")
    )
    ring = gettext(
        "The ring is the device's own accuracy: the true place is inside it about two times in"
        " three. North is up."
    )
    return f"{shown} {zone} {ring}"


def _outline(condition: Condition | None, copy: Copy) -> Outline | None:
    """The zone to draw; for the defence none that the person must keep out of."""
    if condition is None:
        return None
    if copy.for_defence and condition.kind == ConditionKind.EXCLUSION:
        return None
    return outline_of({**shape_of(condition.zone), "demand": condition.kind})


def outline_of(zone: Mapping[str, Any]) -> Outline | None:
    """A zone as the map takes it, to draw on paper; none of a class of places or a corridor."""
    keep_out = zone["demand"] == ConditionKind.EXCLUSION
    if zone["kind"] == ZoneKind.CIRCLE:
        return Outline((((zone["lon"], zone["lat"]),),), zone["radius_m"], keep_out)
    if zone["kind"] == ZoneKind.POLYGON:
        rings = tuple(tuple((lon, lat) for lon, lat in ring) for ring in zone["rings"])
        return Outline(rings, keep_out=keep_out)
    return None


def table_section(fixes: Fixes, clock: Clock) -> Section:
    """Every fix with its number, and in words where the table is cut."""
    columns = (
        Column("№", number=True),
        Column(gettext("Time")),
        Column(gettext("We knew it")),
        Column(gettext("Latitude"), number=True),
        Column(gettext("Longitude"), number=True),
        Column(gettext("Accuracy, m"), number=True),
        Column(gettext("Counts")),
        Column(gettext("Doubtful for")),
    )
    rows = tuple(
        (
            str(number),
            clock.second(fix.at),
            clock.second(fix.known_at),
            f"{fix.lat:.{DEGREES}f}",
            f"{fix.lon:.{DEGREES}f}",
            gettext("unknown") if fix.accuracy_m is None else f"{fix.accuracy_m:.0f}",
            gettext("yes") if fix.at in fixes.counted else "",
            ", ".join(fix.marks),
        )
        for number, fix in enumerate(fixes.kept, 1)
    )
    empty = gettext("No fix of that time is kept.")
    said = tuple(Words(one) for one in _extent(fixes, clock))
    return Section(gettext("Fixes"), (*said, Table(columns, rows, empty)))


def _extent(fixes: Fixes, clock: Clock) -> list[str]:
    span = fixes.span
    whole = gettext(
        "All fixes from half an hour before it began to half an hour after it ended, as far as they"
        " are kept and the order was in force, not only those that count. Those that count are in"
        " the picture, under the same numbers."
    )
    if not fixes.shortened and fixes.stops_at is None:
        return [whole]
    lines = [
        gettext(
            "Not all fixes of this time. The fixes that count are all here, as far as they are"
            " kept; they are in the picture, under the same numbers."
        )
    ]
    if fixes.shortened:
        lines.append(
            gettext(
                "It went on for longer than {hours} hours: of other fixes those from {since} to"
                " {until} are here, and later ones are not."
            ).format(
                hours=SPAN_MAX // timedelta(hours=1),
                since=clock.second(span.since),
                until=clock.second(span.until),
            )
        )
    if fixes.stops_at is not None:
        lines.append(
            gettext(
                "There are more than {count} fixes in that time: the first {count} are here, up to"
                " {moment}, and after it those that count alone."
            ).format(count=FIXES_MAX, moment=clock.second(fixes.stops_at))
        )
    return lines
