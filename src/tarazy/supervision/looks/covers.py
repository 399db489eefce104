# SPDX-License-Identifier: EUPL-1.2
"""Which officers are away or will be, and who steps in for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from tarazy.core.access import POLICY, Role
from tarazy.core.door import Door, look
from tarazy.core.models import User
from tarazy.supervision.models import Cover, Order

COVERS_MAX = 200


@dataclass(frozen=True, slots=True)
class Covers:
    """What the page of leaves shows."""

    covers: Sequence[Cover]
    leavers: Sequence[tuple[User, int]]
    """Whose people this actor may give to another officer for good, each with the number of
    orders: officers whose log-in is closed are among them."""


@look("supervision.caseload.view", personal=False)
def covers(door: Door, now: datetime) -> Covers:
    """See who is away and who steps in: the own leaves, or everybody's."""
    door.subject = "covers"
    me = door.actor.user_pk or -1
    own = Q(officer_id=me) | Q(substitute_id=me)
    whose = Q() if Role.SUPERVISOR in door.actor.roles else own
    found = Cover.objects.filter(whose, period__endswith__gt=now, period__isempty=False)
    running = found.select_related("officer", "substitute").order_by("period")[:COVERS_MAX]
    may_give = POLICY.reaches(door.actor, "supervision.caseload.give")
    return Covers(list(running), _leavers() if may_give else ())


def _leavers() -> list[tuple[User, int]]:
    counted = Order.objects.exclude(officer=None).values_list("officer").annotate(Count("pk"))
    orders = dict(counted.order_by())
    found = User.objects.filter(pk__in=orders).order_by("is_active", "last_name", "username")
    return [(one, orders[one.pk]) for one in found]
