# SPDX-License-Identifier: EUPL-1.2
"""The permitted absences of an order in force, for the officer who grants and withdraws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tarazy.core.door import Door, look
from tarazy.supervision.basis import permit_in_force
from tarazy.supervision.looks.people import person_of
from tarazy.supervision.models import Order, PermittedAbsence, Person

ROWS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Absences:
    """What was permitted under the order in force, the newest first."""

    person: Person
    order: Order
    absences: Sequence[PermittedAbsence]


@look("supervision.absences.view")
def absences(door: Door, person_id: str, now: datetime) -> Absences:
    """See when a person may be away, why, and by whose decision."""
    person = person_of(person_id)
    order = permit_in_force(door, person, now)
    rows = order.absences.select_related("scan").order_by("-period", "-id")[:ROWS_MAX]
    return Absences(person=person, order=order, absences=list(rows))
