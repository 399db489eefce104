# SPDX-License-Identifier: EUPL-1.2
"""Which officers are away or will be, and who steps in for them."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from tarazy.core.access import Role
from tarazy.core.door import Door, look
from tarazy.supervision.models import Cover

COVERS_MAX = 200


@look("supervision.caseload.view", personal=False)
def covers(door: Door, now: datetime) -> Sequence[Cover]:
    """See who is away and who steps in: the own leaves, or everybody's."""
    door.subject = "covers"
    me = door.actor.user_pk or -1
    own = Q(officer_id=me) | Q(substitute_id=me)
    whose = Q() if Role.SUPERVISOR in door.actor.roles else own
    found = Cover.objects.filter(whose, period__endswith__gt=now, period__isempty=False)
    return list(found.select_related("officer", "substitute").order_by("period")[:COVERS_MAX])
