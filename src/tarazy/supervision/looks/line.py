# SPDX-License-Identifier: EUPL-1.2
"""A demand of an order through its changes: the conditions that followed each other."""

from django.db.models import QuerySet

from tarazy.supervision.models import Condition


def line_of(condition: Condition) -> QuerySet[Condition]:
    """A condition and those that it took the place of, whose hours or zone were changed."""
    zones, zone = [condition.zone_id], condition.zone.replaces
    while zone is not None:
        zones.append(zone.pk)
        zone = zone.replaces
    return condition.order.conditions.filter(kind=condition.kind, zone__in=zones)
