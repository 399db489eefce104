# SPDX-License-Identifier: EUPL-1.2
"""Alerts that may be resolved together: over or of low urgency, not in others' hands, no tamper."""

from datetime import datetime

from django.db.models import Q

from tarazy.core.door import Door, look
from tarazy.supervision.basis import listed
from tarazy.supervision.cards import SAFE_TOGETHER, TOGETHER_MAX
from tarazy.supervision.looks.board import URGENCY, AlertLine, lines_of, open_alerts
from tarazy.supervision.looks.filters import Filters


@look("supervision.board.together")
def together(door: Door, now: datetime, filters: Filters) -> list[AlertLine]:
    """See the open alerts that may be resolved together."""
    people = listed(door, "together", now)
    free = Q(holder=None) | Q(holder_id=door.actor.user_pk or -1)
    found = (
        open_alerts(people)
        .filter(SAFE_TOGETHER, free, filters.where(door.actor.user_pk))
        .prefetch_related("person", "holder")
        .order_by(*URGENCY)
    )
    return lines_of(list(found[:TOGETHER_MAX]))
