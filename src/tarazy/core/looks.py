# SPDX-License-Identifier: EUPL-1.2
"""Reads of the log-ins: who may sign in, and as what."""

from collections.abc import Sequence

from tarazy.core.access import Role
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal


@look("core.users.view", personal=False)
def users(door: Door) -> Sequence[User]:
    """See who may sign in, open log-ins first. Supervised people are not among them."""
    door.subject = "users"
    found = User.objects.exclude(roles=[Role.WEARER.value])
    return list(found.order_by("-is_active", "last_name", "username"))


@look("core.user.view", personal=False)
def user(door: Door, user_id: str) -> User:
    """See one log-in. Raises Refused where there is none."""
    found = User.objects.filter(public_id=user_id).first()
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    door.permit(found, found.public_id)
    return found
