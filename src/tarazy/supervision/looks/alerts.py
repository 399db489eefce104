# SPDX-License-Identifier: EUPL-1.2
"""One alert with its reason, its evidence and its whole history."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from tarazy.core import clock
from tarazy.core.catalogue import Card
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal
from tarazy.supervision.basis import permit_alert
from tarazy.supervision.cards import CARDS
from tarazy.supervision.looks.duty import (
    CALLS,
    FINISHED,
    DeviceFacts,
    Progress,
    Telephone,
    device_of,
    progress,
    takers,
    telephones,
)
from tarazy.supervision.looks.line import line_of
from tarazy.supervision.looks.places import Near, near
from tarazy.supervision.looks.words import (
    certainty,
    claim_of,
    percent,
    sentence_of,
    shape_of,
    timetable_words,
)
from tarazy.supervision.looks.wrong_places import WrongPlaces, wrong_places_of
from tarazy.supervision.models import (
    Act,
    Alert,
    AlertState,
    AlertVersion,
    ConditionKind,
    Contact,
    StepKind,
    WearerState,
)
from tarazy.supervision.models.duty import cause_choices

OTHERS_MAX = 10
CHAPTERS_MAX = 500
SYSTEM_PREFIX = "sys_"
WRITTEN_WITHIN = timedelta(minutes=1)
"""What was found at an order's very end is written a little later."""
COARSE_M = 150.0
"""A fix that is no better than this may lie in another street."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One fix that counts: when, where (degrees), and its 68 % radius in metres if it is known."""

    at: datetime
    lat: float
    lon: float
    accuracy_m: float | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """One version in the history: what was believed from when on, and who says so."""

    version: AlertVersion
    sentence: str
    certainty: str
    percent: str
    author: str
    by_service: bool
    about: str = ""
    """What an act was about, in words: the step, the cause, the next holder, who was called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPage:
    """What the page of an alert shows."""

    alert: Alert
    claim: Chapter
    latest: Chapter
    history: Sequence[Chapter]
    witnesses: Sequence[Witness]
    places_deleted: bool
    """Whether it rested on places that may not be kept any more."""
    zone: dict[str, Any] | None
    hours: Sequence[str]
    others: Sequence[Chapter]
    progress: Progress | None
    in_force: bool
    """Whether the order that it is about still is; false of our own service."""
    telephones: Sequence[Telephone]
    """Empty once the order is no longer in force."""
    device: DeviceFacts | None
    takers: Sequence[tuple[User, bool]]
    """Whom it may be handed to, and whether they are on duty."""
    card: Card | None
    wrong: WrongPlaces | None = None
    """Where the device was thrown of late, while the order is in force."""
    near: Near | None = None
    """What lies nearest to the last fix that counts, of the operator's own extract."""

    @property
    def to_call(self) -> Sequence[Telephone]:
        """Whom the step under way calls; empty where no such number is recorded."""
        step = self.progress.current if self.progress else None
        kinds = CALLS.get(step.kind, frozenset()) if step else frozenset()
        return [one for one in self.telephones if one.kind in kinds]

    @property
    def unsure_where(self) -> bool:
        """Whether that fix is so coarse that an address says little."""
        last = self.witnesses[-1].accuracy_m if self.witnesses else None
        return last is None or last > COARSE_M

    @property
    def known_after_end(self) -> bool:
        """Whether it became known only after the order's end, of a time inside it."""
        order = self.alert.order
        end = None if order is None else order.in_force.upper + WRITTEN_WITHIN
        return end is not None and bool(self.history[-1].version.known_at > end)

    @property
    def open(self) -> bool:
        """Whether somebody can still do something about it."""
        return self.alert.state != AlertState.RESOLVED

    def resolved_within(self, span: timedelta) -> bool:
        """Whether somebody closed it so recently."""
        at = self.alert.resolved_at
        return at is not None and clock.now() - at <= span

    @property
    def acknowledged(self) -> bool:
        """Whether somebody has it in hand."""
        return self.alert.state == AlertState.ACKNOWLEDGED

    @property
    def interval(self) -> tuple[datetime, datetime | None]:
        """The first and the last of the fixes that count."""
        seen = [one.at for one in self.witnesses]
        return (seen[0], seen[-1]) if seen else (self.alert.since, None)

    @property
    def keeps_out(self) -> bool:
        """Whether the zone is one that the person must not enter."""
        condition = self.alert.condition
        return condition is not None and condition.kind == ConditionKind.EXCLUSION

    @property
    def places(self) -> list[dict[str, Any]]:
        """The fixes for the map."""
        return [
            {"at": one.at.isoformat(), "lat": one.lat, "lon": one.lon, "accuracy_m": one.accuracy_m}
            for one in self.witnesses
        ]


@look("supervision.alert.view")
def alert(door: Door, public_id: str, now: datetime | None = None) -> AlertPage:
    """See one alert: the reason, the fixes that count, and everything that was done about it.

    While the order is in force the telephone numbers of the person and of contacts are part of it,
    and stand in the log's line by their ids.
    """
    found = (
        Alert.objects.select_related(
            "person", "order__officer", "condition__zone", "protocol", "holder"
        )
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    permit_alert(door, found)
    history = chapters(list(found.versions.order_by("-number")[:CHAPTERS_MAX]))
    moment = now or clock.now()
    person = found.person if found.order and moment in found.order.in_force else None
    numbers = telephones(person) if person else []
    door.keep(telephones=" ".join(one.contact_id or "own" for one in numbers))
    condition = found.condition
    witnesses = _witnesses(history)
    state = WearerState.objects.filter(person=person, order=found.order).first() if person else None
    last = witnesses[-1] if witnesses else None
    return AlertPage(
        alert=found,
        claim=next((one for one in history if one.version.until is None), history[0]),
        latest=history[0],
        history=history,
        witnesses=witnesses,
        near=near(last.lat, last.lon) if last else None,
        wrong=wrong_places_of(state, moment, [(one.lat, one.lon) for one in witnesses]),
        places_deleted=places_deleted([one.version for one in history]),
        zone=shape_of(condition.zone) if condition else None,
        hours=timetable_words(condition.timetable, condition.exceptions) if condition else (),
        others=_others(found),
        progress=progress(found, [one.version for one in history]),
        in_force=person is not None,
        telephones=numbers,
        device=device_of(person, moment) if person else None,
        takers=takers(found, door.actor.id),
        card=CARDS.get(found.rule),
    )


def is_about_a_pair(public_id: str) -> bool:
    """Whether an alert is about two people; of whom is a look of its own."""
    return Alert.objects.filter(public_id=public_id, no_contact__isnull=False).exists()


def chapters(versions: Sequence[AlertVersion]) -> list[Chapter]:
    """Versions with their words and the names of those who wrote them."""
    writers = {version.actor for version in versions}
    writers |= {version.about for version in versions if version.act == Act.HANDED_OVER}
    names = {user.public_id: user for user in User.objects.filter(public_id__in=writers)}
    called = [version.about for version in versions if version.act == Act.CALLED]
    contacts = Contact.objects.filter(public_id__in=called) if called else ()
    numbers = {one.public_id: one.name for one in contacts}
    return [
        Chapter(
            version=version,
            sentence=sentence_of(version),
            certainty=certainty(version.probability),
            percent=percent(version.probability),
            author=_name(version.actor, names),
            by_service=version.actor.startswith(SYSTEM_PREFIX),
            about=_about(version, names, numbers),
        )
        for version in versions
    ]


def latest_of_person(
    person_id: int, count: int, *, but: Collection[str] = (), hidden: Collection[int] = ()
) -> list[Chapter]:
    """The newest alerts of a person, but for those of some rules and about some conditions; each
    with its newest version."""
    found = Alert.objects.filter(person_id=person_id).exclude(rule__in=but)
    found = found.exclude(condition_id__in=hidden)
    newest = found.select_related("order", "condition__zone").order_by("-since")[:count]
    return summaries(newest.prefetch_related("versions"))


def _others(found: Alert) -> list[Chapter]:
    """Earlier alerts of the same cause: has this happened before, and what was it?"""
    if found.person_id is None:
        return []
    before = Q(since__lt=found.since) | Q(since=found.since, pk__lt=found.pk)
    same = Alert.objects.filter(before, person_id=found.person_id, rule=found.rule)
    # With other hours, another buffer, or its zone drawn anew it is the same demand.
    line = line_of(found.condition) if found.condition else None
    same = same.filter(condition=None) if line is None else same.filter(condition__in=line)
    if found.no_contact is not None:  # with the same other one, by whichever paper
        other = found.no_contact.other_order
        same = same.filter(
            no_contact__protected=found.no_contact.protected_id,
            no_contact__other_order__person=other.person_id if other else None,
        )
    earlier = same.order_by("-since", "-pk")[:OTHERS_MAX]
    return summaries(earlier.prefetch_related("versions"))


def summaries(found: Iterable[Alert]) -> list[Chapter]:
    """Each alert as its newest version, with what happened and how sure that was.

    The version that ends an alert is sure of its end; what a report says of it is its claim.
    """
    histories = [sorted(one.versions.all(), key=lambda version: version.number) for one in found]
    newest = chapters([versions[-1] for versions in histories])
    claims = [claim_of(versions) for versions in histories]
    return [
        replace(
            chapter,
            sentence=sentence_of(claim),
            certainty=certainty(claim.probability),
            percent=percent(claim.probability),
        )
        for chapter, claim in zip(newest, claims, strict=True)
    ]


def _name(actor: str, users: dict[str, User]) -> str:
    user = users.get(actor)
    if user is None:
        return gettext("the service")
    return user.get_full_name() or user.username


def _about(version: AlertVersion, users: dict[str, User], numbers: dict[str, str]) -> str:
    if version.act == Act.HANDED_OVER:
        return _name(version.about, users)
    if version.act == Act.CALLED:
        return numbers.get(version.about) or gettext("the person")
    if version.act == Act.RESOLVED:
        return dict(cause_choices()).get(version.about, version.about)
    if version.act == Act.ESCALATED and version.actor.startswith(SYSTEM_PREFIX):
        late = gettext("a step was not done in time")
        return late if version.about else gettext("nobody took it in hand in time")
    if version.act in FINISHED and version.about in StepKind.values:
        return gettext(StepKind(version.about).label)
    return ""


def places_deleted(versions: Sequence[AlertVersion]) -> bool:
    """Whether an alert rested on places of which one at least is not kept any more.

    Only what rests on places has a probability: one that was raised of a change whose places had
    been deleted before has that, and none of them.
    """
    evidence = [row for one in versions for row in one.evidence]
    if not evidence:
        return any(one.probability is not None for one in versions)
    return any(row.get("lat") is None for row in evidence)


def _witnesses(history: Sequence[Chapter]) -> list[Witness]:
    """The newest evidence there is, oldest first: a version that ends an alert brings none."""
    kept = (one.version.evidence for one in history)
    evidence: Sequence[dict[str, Any]] = next((rows for rows in kept if rows), [])
    found = [
        Witness(
            at=datetime.fromisoformat(row["at"]),
            lat=row["lat"],
            lon=row["lon"],
            accuracy_m=row.get("accuracy_m"),
        )
        for row in evidence
        if row.get("lat") is not None and row.get("lon") is not None
    ]
    return sorted(found, key=lambda one: one.at)
