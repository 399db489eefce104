# SPDX-License-Identifier: EUPL-1.2
"""Messages that no page can deliver any more, as their order is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tarazy.supervision.models import Person, WearerMessage

SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The newest of them, and how many there are in all."""

    messages: Sequence[WearerMessage] = ()
    count: int = 0


def never_delivered(person: Person, now: datetime) -> Undelivered:
    """What was written to a person under orders that are over, and never shown, as long as its
    words are kept."""
    found = WearerMessage.objects.filter(
        order__person=person,
        order__in_force__endswith__lte=now,
        delivered_at=None,
        forgotten_at=None,
    )
    return Undelivered(list(found.select_related("order")[:SHOWN_MAX]), found.count())
