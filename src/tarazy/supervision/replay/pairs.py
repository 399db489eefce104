# SPDX-License-Identifier: EUPL-1.2
"""Pairs out of files: the form of a protected person's file, and who is judged with whom.

    {"protected": "PP-1", "consents": [{"since": "2026-03-01T00:00:00Z",
     "until": "2026-09-01T00:00:00Z"}], "report_interval_s": 60}

1. An order names in `no_contact` whom to keep away from. That is judged if the other one's file is
   given too, and of two orders only if both say it, each with its own radius and period.
   Somebody may have several orders, one after the other: it is judged with each of them.
   A demand that is not judged with any is told with its reason.
2. Of a protected person no fix is used from outside their consents: it is refused by its line.
3. Nothing is printed of where a protected person was.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from tarazy.core.errors import Refused
from tarazy.supervision.judging.bonds import (
    CONTACT_M_DEFAULT,
    INNER_M_DEFAULT,
    OUTER_M_DEFAULT,
    Bond,
    common,
    radii_of_contact,
    radii_of_victim,
)
from tarazy.supervision.judging.knowing import usable
from tarazy.supervision.judging.pairs import judge_pair, unheard
from tarazy.supervision.judging.subjects import SETTLE_MAX, Arrival, Subject
from tarazy.supervision.presence.pairs import OTHER, OWN, Placed
from tarazy.supervision.presence.timetable import Interval, merged
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.replay import lines
from tarazy.supervision.replay.form import PERIODS_MAX, NoContact, Order, Period, Text
from tarazy.supervision.replay.orders import interval_of
from tarazy.supervision.replay.terms import unreadable
from tarazy.supervision.rules.interface import PairKind

Meta = msgspec.Meta


class Protected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A protected person, as far as judging needs: a sign, and when they had agreed to it."""

    protected: Annotated[Text, Meta(description="Any sign that is not a personal name.")]
    consents: Annotated[
        tuple[Period, ...],
        Meta(
            description="When a consent was in force; it ends when withdrawn.",
            max_length=PERIODS_MAX,
        ),
    ]
    report_interval_s: Annotated[
        int, Meta(description="How often the device is to report.", ge=1, le=86_400)
    ] = 60


@dataclass(frozen=True, slots=True)
class Consents:
    """The times of a protected person's consents, as the ground for taking in a fix."""

    times: tuple[Interval, ...]

    def contains(self, moment: datetime, /) -> bool:
        """Whether one was in force."""
        return any(one.contains(moment) for one in self.times)


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a pair, out of a file."""

    name: str
    interval_s: float
    arrivals: Sequence[Arrival]
    order: Order | None
    subject: Subject | None
    outages: tuple[Interval, ...]
    consents: Consents | None = None

    @property
    def grounds(self) -> tuple[Interval, ...]:
        """When anything may be known of this one."""
        if self.consents is not None:
            return self.consents.times
        return () if self.subject is None else (self.subject.in_force,)


def read_protected(text: bytes) -> Protected | None:
    """A protected person's file; None where it is an order's. Raises Refused."""
    try:
        if "protected" not in msgspec.json.decode(text, type=dict[str, msgspec.Raw]):
            return None
        return msgspec.json.decode(text, type=Protected)
    except msgspec.ValidationError as error:
        raise Refused(Refusal.ORDER_UNREADABLE, reason=str(error), field="$") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(Refusal.ORDER_UNREADABLE, reason="it is no JSON", field="$") from None


def consents_of(told: Protected) -> Consents:
    """Its times, in order. Raises Refused."""
    times = (interval_of(one, f"$.consents[{n}]") for n, one in enumerate(told.consents))
    return Consents(common([list(times)]))


def pair_records(parties: Sequence[Party], end: datetime | None) -> Iterator[lines.Record]:
    """Alerts about pairs and when they were near or apart, by order and demand. Raises Refused."""
    for party in parties:
        if party.order is None or party.subject is None:
            continue
        raised = Counter[object]()
        for n, told in enumerate(party.order.no_contact):
            others = [one for one in parties if one.name == told.with_]
            bonds = [(bond_of(party, other, n), other) for other in others]
            reasons = [bond for bond, _ in bonds if isinstance(bond, str)]
            if len(reasons) == len(bonds):
                reason = reasons[0] if reasons else "not_given"
                yield lines.NotJudged(person=party.name, with_=told.with_, reason=reason)
            for bond, other in bonds:
                if isinstance(bond, Bond):
                    yield from _judged(bond, (party, other), end, raised)


def _judged(
    bond: Bond, sides: tuple[Party, Party], end: datetime | None, raised: Counter[object]
) -> Iterator[lines.Record]:
    """Alerts about a pair, and when the two were near; `raised` counts the alerts."""
    party, other = sides
    known = [one.known_at for side in sides for one in side.arrivals]
    until = end or max(known, default=bond.periods[0].since) + SETTLE_MAX
    places = [*placed(OWN, party.arrivals), *placed(OTHER, other.arrivals)]
    outages = tuple(merged([*party.outages, *other.outages]))
    judged = judge_pair(bond, unheard(bond), places, until, outages)
    names = {bond.id: bond.name}
    yield from lines.alerts_about(party.name, names, judged.turns, raised=raised)
    yield from lines.pairs(bond, party.name, judged, until)


def bond_of(party: Party, other: Party, number: int) -> Bond | lines.WhyNotJudged:
    """One demand of an order as it is judged with somebody, or why it is not. Raises Refused."""
    if party.order is None or party.subject is None:
        return "no_order"
    told, field = party.order.no_contact[number], f"$.no_contact[{number}]"
    if other.name == party.name:
        return "oneself"
    if other.consents is None and told.inner_m is not None:
        raise unreadable(field, "an inner circle is for protected people")
    radii = _radii(told, other, field)
    grounds: list[Sequence[Interval]] = [
        party.grounds,
        [_period(told, party, field)],
        other.grounds,
    ]
    if other.order is not None:
        backs = [
            _period(one, other, f"$.no_contact[{n}]")
            for n, one in enumerate(other.order.no_contact)
            if one.with_ == party.name
        ]
        if not backs:
            return "not_mutual"
        grounds.append(backs)
    periods = common(grounds)
    if not periods:
        return "never_at_once"
    return Bond(
        id=number,
        public_id=f"{party.name} {told.with_}",
        order_id=party.subject.order_id,
        person_id=party.subject.person_id,
        in_force=party.subject.in_force,
        name=told.with_,
        radii=radii,
        intervals_s=(party.interval_s, other.interval_s),
        periods=periods,
        monitored_since=_monitored_since(party, other),
        settings=party.subject.settings,
    )


def _monitored_since(*sides: Party) -> datetime | None:
    """From when on reports are due of all who are under an order."""
    begins = [one.subject.monitored_since for one in sides if one.subject is not None]
    known = [one for one in begins if one is not None]
    return max(known) if known and len(known) == len(begins) else None


def placed(side: int, arrivals: Sequence[Arrival]) -> list[Placed]:
    """The places that are witnesses."""
    found = ((usable(one), one.known_at) for one in arrivals)
    return [Placed(side, place, known_at) for place, known_at in found if place is not None]


def _radii(told: NoContact, other: Party, field: str) -> tuple[tuple[PairKind, int], ...]:
    try:
        if other.consents is not None:
            return radii_of_victim(
                OUTER_M_DEFAULT if told.radius_m is None else told.radius_m,
                INNER_M_DEFAULT if told.inner_m is None else told.inner_m,
            )
        return radii_of_contact(CONTACT_M_DEFAULT if told.radius_m is None else told.radius_m)
    except ValueError as error:
        raise unreadable(field, str(error)) from None


def _period(told: NoContact, party: Party, field: str) -> Interval:
    if told.period is not None:
        return interval_of(told.period, f"{field}.period")
    if party.order is None:
        raise unreadable(field, "it has no order")
    whole = party.order.in_force
    return Interval(whole.since.astimezone(UTC), whole.until.astimezone(UTC))
