# SPDX-License-Identifier: EUPL-1.2
"""What all reports share: local times, lengths of time, the method, and what is left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from tarazy.core.access import PURPOSE_TITLES, Actor
from tarazy.core.catalogue import said
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.cards import EVER
from tarazy.supervision.judging.unseen import Why
from tarazy.supervision.models import Audience, Order
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.reports.document import Document, Facts, Listing, Section, Words

MINUTES_AN_HOUR = 60
CHANGED_EACH = timedelta(minutes=30)
"""Clocks are put on and back at whole or half hours of UTC, and never twice within a DAY."""
DAY = timedelta(days=1)
VERSION_OF_FORM = 3
"""Raised whenever the same records may give another report."""

WHY_WORDS = {
    Why.OUR_OUTAGE: said("our own service was away"),
    Why.INVENTED_PLACES: said("the device gave invented places"),
    Why.CLOCK_FAULT: said("the device's clock was wrong"),
    Why.LOCATION_OFF: said("location was switched off or forbidden on the device"),
    Why.NO_SATELLITES: said("the device was heard, and had no satellites"),
    Why.BATTERY: said("the battery was empty"),
    Why.SWITCHED_OFF: said("the device was switched off"),
    Why.NO_NETWORK: said("the device had no network"),
    Why.UNKNOWN: said("nothing was heard, and why cannot be told"),
    Why.NO_DEVICE: said("no device was worn"),
    Why.CAUSE_DELETED: said("why cannot be told any more: the reports were deleted"),
    Why.PLACES_DELETED: said("places deleted, as the order or the law asks"),
}

METHOD = (
    said(
        "Each report of a device has an accuracy. From it follows how probable it is that the"
        " person was inside a zone. Several reports together must leave no reasonable doubt before"
        " “outside” is believed; where they do not, the answer is “unknown”."
    ),
    said(
        "Not knowing is an answer of its own. Time without a usable report is neither a breach nor"
        " proof that the order was kept."
    ),
    said(
        "Reports that come late are judged again in their place. Earlier versions of a finding stay"
        " in the record, with the time at which each was believed."
    ),
    said(
        "The probability is that of the place of the device. It says nothing about why, about a"
        " permission, or about who carried the device."
    ),
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Times as a reader of this order writes them."""

    zone: ZoneInfo

    @classmethod
    def of(cls, order: Order) -> "Clock":
        """The order's own."""
        return cls(ZoneInfo(order.time_zone))

    def moment(self, at: datetime | None, none: str = "–") -> str:
        """Day and time to the minute; a dash, or other words, where there is none."""
        return none if at is None else date_format(at.astimezone(self.zone), "j E Y, H:i")

    def second(self, at: datetime) -> str:
        """Day and time to the second."""
        return date_format(at.astimezone(self.zone), "d.m.Y H:i:s")

    def offset(self, at: datetime) -> str:
        """How far from UTC the clock was then, such as UTC+05:00."""
        text = f"{at.astimezone(self.zone):%z}"
        return f"UTC{text[:3]}:{text[3:5]}"

    def said(self, since: datetime, until: datetime) -> str:
        """In which times a report about this time is written, and where they were put on or back:
        Kazakhstan went over to UTC+5 on 2024-03-01, other countries have summer time."""
        told = self.offset(since)
        for moment in self._changes(since, until):
            told = gettext("{offset}, and from {moment} on {next}").format(
                offset=told, moment=self.moment(moment), next=self.offset(moment)
            )
        return gettext("Times are local: {zone}, {offset}.").format(zone=self.zone.key, offset=told)

    def _changes(self, since: datetime, until: datetime) -> Iterator[datetime]:
        def ahead(at: datetime) -> timedelta | None:
            return at.astimezone(self.zone).utcoffset()

        before, hour = ahead(since), since.replace(minute=0, second=0, microsecond=0)
        at = hour + CHANGED_EACH * -((hour - since) // CHANGED_EACH)
        while at < until:
            if ahead(at) != before:
                yield at
                before = ahead(at)
            at += DAY if ahead(at + DAY) == before else CHANGED_EACH


def length(time: timedelta) -> str:
    """Hours and minutes, rounded to the minute."""
    minutes = round(time.total_seconds() / MINUTES_AN_HOUR)
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    if hours:
        return gettext("{hours} h {minutes:02d} min").format(hours=hours, minutes=rest)
    return gettext("{minutes} min").format(minutes=rest)


def share(part: timedelta, whole: timedelta) -> str:
    """In percent, to a tenth; a dash of nothing."""
    return f"{100 * (part / whole):.1f} %" if whole else "–"


def printed_by(actor: Actor, now: datetime, clock: Clock) -> Facts:
    """Who took something off the screen, why and when. Raises Refused for nobody."""
    user = User.objects.filter(pk=actor.user_pk or -1).first()
    if user is None or actor.purpose is None:
        raise Refused(CoreRefusal.NOT_PERMITTED)
    return Facts(
        (
            (gettext("Printed by"), user.get_full_name() or user.username),
            (gettext("Purpose"), gettext(PURPOSE_TITLES[actor.purpose])),
            (gettext("Time"), f"{clock.moment(now)}, {clock.offset(now)}"),
        )
    )


def printed(
    title: str, lead: str, sections: tuple[Section, ...], span: Interval, clock: Clock
) -> Document:
    """What was seen on a screen, for paper: it is given to nobody, so it has no reference. `span`
    begins with the first time that it tells of, and ends now."""
    now = span.until
    told = gettext("Printed {moment}. {zone}").format(
        moment=clock.moment(now), zone=clock.said(span.since, now)
    )
    return Document(
        title=title,
        lead=lead,
        language=language(),
        made_at=now,
        made=told,
        reference="",
        foot=foot(),
        sections=sections,
    )


def made(order: Order, now: datetime, clock: Clock) -> str:
    """When a report about an order was made, and in which times it is written. How clocks will be
    put until the order ends nobody knows, and it may be in a thousand years."""
    return gettext("Made {moment}. {zone}").format(
        moment=clock.moment(now), zone=clock.said(order.in_force.lower, now)
    )


def about(order: Order, clock: Clock) -> Facts:
    """The court's order."""
    officer = order.officer
    return Facts(
        (
            (gettext("Person"), order.person.full_name),
            (gettext("Measure"), gettext(order.get_measure_display())),
            (gettext("Court"), f"{order.court}, {gettext('judge')} {order.judge}"),
            (
                gettext("Document"),
                f"№ {order.document_number}, {date_format(order.decided_on, 'j E Y')}",
            ),
            (
                gettext("In force"),
                f"{clock.moment(order.in_force.lower)} – {clock.moment(order.in_force.upper)}",
            ),
            (
                gettext("Supervising officer"),
                (officer.get_full_name() or officer.username) if officer else gettext("nobody"),
            ),
        )
    )


def method(rules: Sequence[tuple[str, int]]) -> Section:
    """How it was found, and by which versions of which rules."""
    named = [
        gettext("{code}, version {version}: {title}").format(
            code=code, version=version, title=gettext(EVER[code].title) if code in EVER else ""
        )
        for code, version in sorted(set(rules))
    ]
    parts = [Listing(tuple(gettext(one) for one in METHOD), numbered=True)]
    if named:
        parts += [Listing(tuple(named))]
    return Section(gettext("How this was found, and what it cannot say"), tuple(parts))


def disclosure(audience: Audience) -> Section:
    """What the defence may see, and what this copy leaves out."""
    lines: tuple[str, ...]
    if audience == Audience.DEFENCE:
        lines = (
            gettext("This copy is made for the defence."),
            gettext(
                "Left out: whom staff telephoned, and the notes that staff wrote; the shape and the"
                " place of zones which the person must keep out of; of such a zone that the court's"
                " document does not name also its name, the fixes there and the hours by the day;"
                " alerts that would show where its edge lies; and alerts about two people. All"
                " that may show where somebody is whom the order protects. The court may order"
                " that it be disclosed."
            ),
            gettext("Nothing else is left out."),
        )
    else:
        lines = (
            gettext(
                "The defence may see all of this but notes of staff, whom they telephoned, and what"
                " may show where somebody is whom the order protects. Make the copy for the"
                " defence, which says what it leaves out, and hand it over with a receipt."
            ),
        )
    return Section(gettext("What the defence may see"), tuple(Words(one) for one in lines))


def integrity(document: Document) -> Section:
    """How a reader finds out that nothing was changed."""
    return Section(
        gettext("Whether it is genuine"),
        (
            Words(
                gettext(
                    "The service keeps the fingerprint of each report that it gives out, in a log"
                    " that can only grow. Its page “Check a report” says of a file whether it is"
                    " unchanged; the proof from the log can be checked without the service."
                )
            ),
            Facts(
                (
                    (gettext("Fingerprint of the facts"), document.digest()),
                    (gettext("Version of the form"), str(VERSION_OF_FORM)),
                )
            ),
        ),
        states_digest=True,
    )


def foot() -> str:
    """What stands at the foot of each page."""
    return gettext("Tarazy · a reason to check, never a finding of guilt")


def language() -> str:
    """The language of the screen."""
    return (get_language() or "en").partition("-")[0]


def counted(count: int) -> str:
    """How many alerts."""
    return ngettext("{count} alert", "{count} alerts", count).format(count=count)
