# SPDX-License-Identifier: EUPL-1.2
"""The court report of an incident: numbered fixes, a picture, every version, method and limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.basis import permit_alert
from tarazy.supervision.looks.alerts import Chapter, chapters
from tarazy.supervision.looks.history import KeptFix, fixes_of
from tarazy.supervision.looks.places import near
from tarazy.supervision.looks.report_words import (
    Clock,
    about,
    disclosure,
    foot,
    integrity,
    language,
    method,
)
from tarazy.supervision.looks.words import claim_of, sentence_of, shape_of, timetable_words
from tarazy.supervision.models import Alert, Audience, Condition, ConditionKind, Order, ZoneKind
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import (
    Column,
    Document,
    Facts,
    Part,
    Picture,
    Section,
    Table,
    Words,
)
from tarazy.supervision.reports.sketch import Outline, sketch
from tarazy.supervision.rules import SECRET_RULES

BEFORE_AND_AFTER = timedelta(minutes=30)
SPAN_MAX = timedelta(hours=48)
FIXES_MAX = 3_000
DEGREES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The report, and its fixes for a map."""

    alert: Alert
    order: Order
    span: Interval
    document: Document
    fixes: Sequence[KeptFix]
    counted: frozenset[datetime]
    """Times of the fixes that the finding rests on."""
    audience: Audience

    @property
    def for_defence(self) -> bool:
        """Whether there may be a copy for the defence: none that betrays a protected person."""
        return self.alert.rule not in SECRET_RULES

    def geojson(self) -> dict[str, object]:
        """The fixes as GeoJSON (RFC 7946), numbered as in the report."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [fix.lon, fix.lat]},
                    "properties": {
                        "number": number,
                        "at": fix.at.isoformat(),
                        "known_at": fix.known_at.isoformat(),
                        "accuracy_m": fix.accuracy_m,
                        "counts": fix.at in self.counted,
                        "marks": list(fix.marks),
                    },
                }
                for number, fix in enumerate(self.fixes, 1)
            ],
        }


@look("supervision.report.incident")
def incident(door: Door, alert_id: str, audience: Audience, now: datetime) -> Incident:
    """See the report of one alert for a court: the fixes from half an hour before to after it."""
    alert = (
        Alert.objects.select_related("person", "order__person", "order__officer", "condition__zone")
        .filter(public_id=alert_id)
        .first()
    )
    if alert is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    permit_alert(door, alert)
    if alert.order is None:
        raise Refused(Refusal.REPORT_EMPTY)
    if audience == Audience.DEFENCE and alert.rule in SECRET_RULES:
        raise Refused(Refusal.REPORT_PROTECTED)
    order, end = alert.order, alert.until or now
    since = max(alert.since - BEFORE_AND_AFTER, order.in_force.lower)
    until = min(end + BEFORE_AND_AFTER, order.in_force.upper, now, since + SPAN_MAX)
    door.keep(since=since.isoformat(), until=until.isoformat())
    newest = fixes_of(order.person_id, order.pk, since, until, limit=FIXES_MAX)
    fixes = newest[::-1]
    versions = list(alert.versions.order_by("number"))
    counted = frozenset(
        datetime.fromisoformat(row["at"]) for one in versions for row in one.evidence
    )
    span = Interval(since, until)
    clock = Clock.of(order)
    claim = claim_of(versions)
    document = Document(
        title=gettext("Report of an incident"),
        lead=f"{order.person.full_name}. {sentence_of(claim)}",
        language=language(),
        made_at=now,
        made=gettext("Made {moment}. {zone}").format(
            moment=clock.moment(now), zone=clock.said(now)
        ),
        reference="",
        foot=foot(),
        sections=(
            Section(gettext("The court's order"), (about(order, clock),)),
            _claim(alert, chapters(versions), clock),
            _places(alert.condition, fixes, counted, audience),
            _table(fixes, counted, clock),
            _history(chapters(versions), clock),
            method([(alert.rule, alert.rule_version)]),
            disclosure(audience),
        ),
    )
    document = replace(document, sections=(*document.sections, integrity(document)))
    return Incident(
        alert=alert,
        order=order,
        span=span,
        document=document,
        fixes=fixes,
        counted=counted,
        audience=audience,
    )


def _claim(alert: Alert, history: Sequence[Chapter], clock: Clock) -> Section:
    running = [one for one in history if one.version.until is None]
    claim, last = (running or history)[-1], history[-1]
    sure = (
        f"{claim.certainty}, {claim.percent}"
        if claim.percent
        else gettext("not a matter of places: the rule measures time")
    )
    rows = [
        (gettext("It began"), clock.moment(last.version.since)),
        (
            gettext("It ended"),
            clock.moment(last.version.until, none=gettext("not yet, as far as we know")),
        ),
        (gettext("We knew it"), clock.moment(alert.known_at)),
        (gettext("Certainty"), sure),
        (gettext("Alert"), alert.public_id),
    ]
    parts: list[Part] = [Words(claim.sentence), Facts(tuple(rows))]
    if alert.condition is not None:
        hours = "; ".join(timetable_words(alert.condition.timetable))
        demand = gettext(alert.condition.get_kind_display())
        parts.append(
            Words(
                gettext("The condition: {demand}, {zone}, {hours}.").format(
                    demand=demand, zone=alert.condition.zone.name, hours=hours
                )
            )
        )
    parts.append(Words(gettext("An alert asks somebody to check. It is not a finding of guilt.")))
    return Section(gettext("What the reports show"), tuple(parts))


def _places(
    condition: Condition | None,
    fixes: Sequence[KeptFix],
    counted: frozenset[datetime],
    audience: Audience,
) -> Section:
    numbered = [
        (number, Sighting(one.at, one.lat, one.lon, one.accuracy_m))
        for number, one in enumerate(fixes, 1)
    ]
    counting = [(number, one) for number, one in numbered if one.at in counted]
    picture = sketch(counting or numbered, _outline(condition, audience))
    if not picture:
        return Section(
            gettext("Where"),
            (
                Words(
                    gettext("No reported place belongs to this: it rests on time and on silence.")
                ),
            ),
        )
    caption = gettext(
        "The fixes that count, numbered as in the table, and the zone. The ring is the device's"
        " own accuracy: the true place is inside it about two times in three. North is up."
    )
    parts: list[Part] = [Picture(picture, caption, width_percent=64)]
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


def _outline(condition: Condition | None, audience: Audience) -> Outline | None:
    """The zone to draw; for the defence none that the person must keep out of."""
    if condition is None:
        return None
    keep_out = condition.kind == ConditionKind.EXCLUSION
    if keep_out and audience == Audience.DEFENCE:
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


def _table(fixes: Sequence[KeptFix], counted: frozenset[datetime], clock: Clock) -> Section:
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
            gettext("yes") if fix.at in counted else "",
            ", ".join(fix.marks),
        )
        for number, fix in enumerate(fixes, 1)
    )
    said_of = gettext(
        "All fixes from half an hour before to half an hour after, not only those that count. Those"
        " that count are in the picture, under the same numbers."
    )
    empty = gettext("No fix of that time is kept.")
    return Section(gettext("Fixes"), (Words(said_of), Table(columns, rows, empty)))


def _history(history: Sequence[Chapter], clock: Clock) -> Section:
    columns = (
        Column(gettext("Version"), number=True),
        Column(gettext("Believed from")),
        Column(gettext("State")),
        Column(gettext("Who")),
        Column(gettext("What")),
    )
    rows = tuple(
        (
            str(one.version.number),
            clock.second(one.version.known_at),
            gettext(one.version.get_state_display()),
            one.author,
            one.version.note or one.sentence,
        )
        for one in history
    )
    return Section(gettext("What was believed when, and what was done"), (Table(columns, rows),))
