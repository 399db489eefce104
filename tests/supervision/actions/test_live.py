# SPDX-License-Identifier: EUPL-1.2
import pytest
from supervision.factory import user
from supervision.raised import actor

from tarazy.core import clock
from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.supervision.actions.live import STREAM_LASTS, close_streams, digest_of, open_stream
from tarazy.supervision.models import LiveStream

pytestmark = pytest.mark.django_db


def test_the_ticket_is_shown_once_and_kept_as_a_digest() -> None:
    ticket = open_stream(actor(user("operator", Role.OPERATOR)), "ru")
    stream = LiveStream.objects.get(public_id=ticket.stream_id)
    assert bytes(stream.ticket_digest) == digest_of(ticket.secret)
    assert len(ticket.secret) >= 43  # 256 bits
    assert (stream.language, stream.purpose) == ("ru", "duty")
    assert stream.expires_at - stream.opened_at == STREAM_LASTS


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR, Role.WEARER])
def test_who_sees_no_cases_opens_no_stream(role: Role) -> None:
    with pytest.raises(Refused) as caught:
        open_stream(actor(user("somebody", role)), "kk")
    assert caught.value.name == Refusal.NOT_PERMITTED


def test_a_user_s_streams_close_at_once() -> None:
    watching, other = user("operator", Role.OPERATOR), user("other", Role.OPERATOR)
    for one in (watching, watching, other):
        open_stream(actor(one), "kk")
    assert close_streams(Actor.system("worker"), watching.public_id) == 2
    still = LiveStream.objects.filter(closed_at=None, expires_at__gt=clock.now())
    assert [stream.user_id for stream in still] == [other.pk]
    with pytest.raises(Refused):
        close_streams(actor(other), watching.public_id)
