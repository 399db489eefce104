# SPDX-License-Identifier: EUPL-1.2
"""The court report of an incident: numbered fixes, a picture, every version, method and limits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.basis import permit_alert
from tarazy.supervision.looks.acts import done, outcome
from tarazy.supervision.looks.alerts import Chapter, chapters
from tarazy.supervision.looks.defence import Copy
from tarazy.supervision.looks.history import KeptFix
from tarazy.supervision.looks.incident_places import (
    fixes_of_alert,
    left_out,
    places_section,
    table_section,
)
from tarazy.supervision.looks.report_words import (
    Clock,
    about,
    disclosure,
    foot,
    integrity,
    language,
    made,
    method,
)
from tarazy.supervision.looks.words import claim_of, timetable_words
from tarazy.supervision.models import Alert, Audience, Order
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.document import Column, Document, Facts, Part, Section, Table, Words


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
    copy: Copy

    @property
    def for_defence(self) -> bool:
        """Whether there may be a copy for the defence: none that betrays a protected person."""
        return self.copy.may_be_made(self.alert)

    @property
    def has_places(self) -> bool:
        """Whether this copy has the fixes."""
        return not self.copy.leaves_out(self.alert.condition)

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
    order, copy = alert.order, Copy.of(alert.order, audience)
    if copy.for_defence and not copy.may_be_made(alert):
        raise Refused(Refusal.REPORT_PROTECTED)
    versions = list(alert.versions.order_by("number"))
    fixes = fixes_of_alert(alert, order, versions, now)
    door.keep(since=fixes.span.since.isoformat(), until=fixes.span.until.isoformat())
    clock, history, condition = Clock.of(order), chapters(versions), alert.condition
    hides = copy.leaves_out(condition)
    said = copy.sentence(claim_of(versions), condition)
    document = Document(
        title=gettext("Report of an incident"),
        lead=gettext("{person}. {outcome} What the reports showed: {said}").format(
            person=order.person.full_name, outcome=outcome(alert, clock), said=said
        ),
        language=language(),
        made_at=now,
        made=made(order, now, clock),
        reference="",
        foot=foot(),
        sections=(
            Section(gettext("The court's order"), (about(order, clock),)),
            _claim(alert, history, copy, clock),
            *(
                [left_out()]
                if hides
                else [places_section(condition, fixes, copy), table_section(fixes, clock)]
            ),
            _history(history, copy, clock),
            method([(alert.rule, alert.rule_version)]),
            disclosure(audience),
        ),
    )
    document = replace(document, sections=(*document.sections, integrity(document)))
    return Incident(
        alert=alert,
        order=order,
        span=fixes.span,
        document=document,
        fixes=() if hides else fixes.kept,
        counted=frozenset() if hides else fixes.counted,
        copy=copy,
    )


def _claim(alert: Alert, history: Sequence[Chapter], copy: Copy, clock: Clock) -> Section:
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
        (gettext("What became of it"), outcome(alert, clock)),
        (gettext("Alert"), alert.public_id),
    ]
    sentence = copy.sentence(claim.version, alert.condition)
    parts: list[Part] = [Words(sentence), Facts(tuple(rows))]
    if alert.condition is not None:
        hours = "; ".join(timetable_words(alert.condition.timetable))
        demand = gettext(alert.condition.get_kind_display())
        parts.append(
            Words(
                gettext("The condition: {demand}, {zone}, {hours}.").format(
                    demand=demand, zone=copy.zone(alert.condition), hours=hours
                )
            )
        )
    parts.append(Words(gettext("An alert asks somebody to check. It is not a finding of guilt.")))
    return Section(gettext("What the reports show"), tuple(parts))


def _history(history: Sequence[Chapter], copy: Copy, clock: Clock) -> Section:
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
            done(one, copy),
        )
        for one in history
    )
    return Section(gettext("What was believed when, and what was done"), (Table(columns, rows),))
