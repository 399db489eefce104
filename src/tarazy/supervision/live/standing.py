# SPDX-License-Identifier: EUPL-1.2
"""Whether an open stream may still see anything, and what: asked again before every use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from django.db.models import Q

from tarazy.core.access import POLICY, Actor, Purpose, Role
from tarazy.core.models import User
from tarazy.supervision.actions.live import digest_of
from tarazy.supervision.basis import people_reached
from tarazy.supervision.looks.filters import Filters
from tarazy.supervision.models import LiveStream

VERB = "supervision.live.open"


@dataclass(frozen=True, slots=True)
class Standing:
    """A stream that may go on: whose it is, in which language, and which people it may see."""

    stream_pk: int
    user_pk: int
    language: str
    people: Q
    filters: Filters
    alert: str
    """Public id of the one alert whose page watches; empty for a board."""


def by_ticket(secret: str, now: datetime) -> Standing | None:
    """The stream that this ticket opens, if it still may."""
    stream = LiveStream.objects.select_related("user").filter(ticket_digest=digest_of(secret))
    return next((found for row in stream if (found := _standing(row, now))), None)


def of_streams(stream_pks: Iterable[int], now: datetime) -> dict[int, Standing]:
    """Those of the open streams that may go on, in one query."""
    rows = LiveStream.objects.select_related("user").filter(pk__in=list(stream_pks))
    return {row.pk: found for row in rows if (found := _standing(row, now))}


def _standing(stream: LiveStream, now: datetime) -> Standing | None:
    user = stream.user
    if stream.closed_at is not None or stream.expires_at <= now or not user.is_active:
        return None
    actor = _actor(user, stream)
    reaches = POLICY.reaches(actor, VERB)
    if not reaches or actor.purpose not in actor.purposes():
        return None
    people = people_reached(actor, reaches, now)
    filters, alert = Filters.parse(stream.wish), dict(parse_qsl(stream.wish)).get("alert", "")
    return Standing(stream.pk, user.pk, stream.language, people, filters, alert)


def _actor(user: User, stream: LiveStream) -> Actor:
    return Actor(
        id=user.public_id,
        roles=frozenset(Role(role) for role in user.roles if role != Role.SYSTEM),
        user_pk=user.pk,
        purpose=Purpose(stream.purpose),
    )
