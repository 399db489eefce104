# SPDX-License-Identifier: EUPL-1.2
"""A trail for paper: the picture with its signs, the list, who printed it, when and why.

A print leaves the screen, so it is a look of its own in the log. It is no report: nothing is given
out or registered, and its foot says so.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from tarazy.core.access import Actor
from tarazy.core.door import Door, look
from tarazy.supervision.judging.unseen import Why
from tarazy.supervision.looks.incident_places import outline_of
from tarazy.supervision.looks.places import streets_in
from tarazy.supervision.looks.report_words import Clock, printed, printed_by
from tarazy.supervision.looks.trails import Asked, Trail, joined, seen_under
from tarazy.supervision.looks.way_words import Row, counts_of, rows_of
from tarazy.supervision.models import Order
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.reports.chart import box_of, chart
from tarazy.supervision.reports.document import (
    Column,
    Document,
    Listing,
    Part,
    Picture,
    Section,
    Table,
    Words,
)
from tarazy.supervision.stays import Gap


def print_trail(
    actor: Actor, public_id: str, since: datetime, until: datetime, now: datetime
) -> Document:
    """The document of a window of 48 hours at most. Raises Refused."""
    seen = joined(actor, public_id, Asked(since, until, by_legs=True), _print_under)
    clock = Clock(ZoneInfo(timezone.get_current_timezone_name()))
    window = f"{clock.moment(seen.since)} – {clock.moment(seen.until)}"
    rows = rows_of(seen)
    sections = (
        Section(gettext("Who printed it"), (printed_by(actor, now, clock),)),
        _picture(seen),
        _list(rows, clock),
    )
    lead = f"{seen.person.full_name}. {window}"
    return printed(gettext("Trail"), lead, sections, Interval(seen.since, now), clock)


@look("supervision.trail.print")
def _print_under(door: Door, public_id: str, asked: Asked, order: Order | None) -> Trail:
    """Print where a person was in a window of 48 hours at most, while an order was in force."""
    return seen_under(door, public_id, asked, order)


def _picture(seen: Trail) -> Section:
    box = box_of(seen.legs)
    if box is None:
        if any(isinstance(leg, Gap) and leg.why is Why.PLACES_DELETED for leg in seen.legs):
            gone = gettext(
                "No place of this time is kept: places were deleted, as the order or the law asks."
            )
            return Section(gettext("Map"), (Words(gone),))
        none = gettext(
            "No place was reported in this time. That is not knowing: it says neither presence nor"
            " absence."
        )
        return Section(gettext("Map"), (Words(none),))
    streets = streets_in(box)
    zones = [outline for zone in seen.zones if (outline := outline_of(zone)) is not None]
    parts: list[Part] = [
        Picture(
            chart(seen.legs, zones, streets),
            gettext("The trail with its stops, numbered as in the list. North is up."),
            width_percent=64,
        ),
        Listing(
            (
                gettext("Dark circle with a number: stop; the ring around it holds where it was."),
                gettext("Line: move, by the reports."),
                gettext(
                    "Dashed line: could not be monitored. It joins what was known before and after,"
                    " and is no way that was gone."
                ),
                gettext("Zones: dashed edge, to keep out of; plain edge, to stay in."),
            )
        ),
    ]
    if not streets:
        parts.append(Words(gettext("The service has no streets of this place to draw.")))
    return Section(gettext("Map"), tuple(parts))


def _list(rows: list[Row], clock: Clock) -> Section:
    columns = (
        Column("№", number=True),
        Column(gettext("What")),
        Column(gettext("From")),
        Column(gettext("Until")),
        Column(gettext("How long"), number=True),
        Column(gettext("More")),
    )
    kinds = {
        "stop": gettext("Stop"),
        "move": gettext("Move"),
        "gap": gettext("Could not be monitored"),
    }
    table = tuple(
        (
            str(row.number or ""),
            gettext("Places deleted") if row.deleted else kinds[row.kind],
            clock.second(row.since),
            clock.second(row.until),
            row.lasted,
            "; ".join(part for part in (row.near.said if row.near else "", row.said) if part),
        )
        for row in rows
    )
    counts = counts_of(rows)
    said = gettext("Stops: {stops}. Times that could not be monitored: {gaps} ({lost}).")
    method = gettext(
        "A stop is a time of five minutes or more in which all reports lie within 50 m of their"
        " middle, each with its own accuracy added. One report that jumps away ends no stop."
        " Nothing is said about a time without a usable report."
    )
    parts = (Words(said.format(**counts)), Table(columns, table), Words(method))
    return Section(gettext("Stops, moves and gaps"), parts)
