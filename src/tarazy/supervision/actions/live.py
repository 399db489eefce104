# SPDX-License-Identifier: EUPL-1.2
"""Leave to watch the map move: opened as a look, for one purpose and a quarter of an hour."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from tarazy.core import clock
from tarazy.core.door import Door, action, look
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal
from tarazy.supervision.basis import listed
from tarazy.supervision.models import LiveStream

STREAM_LASTS = timedelta(minutes=15)
TICKET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """The secret that opens the stream; it is shown once and kept only as a digest."""

    secret: str
    stream_id: str
    lasts_s: int


def digest_of(secret: str) -> bytes:
    """What the table holds of a ticket: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


@look("supervision.live.open")
def open_stream(door: Door, language: str, wish: str = "") -> Ticket:
    """Watch live, for the purpose of this session, until a quarter of an hour has passed.

    `wish` says which alerts a board shows, as its address does, or `alert=ID` for an alert's page.
    """
    now = clock.now()
    listed(door, "live", now)
    if door.actor.user_pk is None or door.actor.purpose is None:
        raise Refused(Refusal.NOT_PERMITTED)
    secret = secrets.token_urlsafe(TICKET_BYTES)
    stream = LiveStream.objects.create(
        user_id=door.actor.user_pk,
        ticket_digest=digest_of(secret),
        purpose=door.actor.purpose.value,
        language=language,
        wish=wish,
        opened_at=now,
        expires_at=now + STREAM_LASTS,
    )
    door.subject = stream.public_id
    return Ticket(secret, stream.public_id, int(STREAM_LASTS.total_seconds()))


@action("supervision.live.close")
def close_streams(door: Door, user_id: str) -> int:
    """Close every live view of a user at once; returns how many were open."""
    now = clock.now()
    user = User.objects.filter(public_id=user_id).first()
    if user is None:
        raise Refused(Refusal.NOT_FOUND)
    door.permit(user, user.public_id)
    opened = LiveStream.objects.filter(user=user, closed_at=None, expires_at__gt=now)
    closed = opened.update(closed_at=now)
    door.announce(rights=user.public_id)
    return closed
