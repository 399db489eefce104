# SPDX-License-Identifier: EUPL-1.2
"""Object rules of this room: which people's records a role reaches."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from tarazy.core import clock
from tarazy.core.access import Actor, Reach
from tarazy.core.catalogue import said
from tarazy.supervision.models import Person


@dataclass(frozen=True, slots=True)
class People:
    """An object rule as a condition on people, so that lists and single records agree."""

    name: str
    sentence: str
    where: Callable[[Actor], Q]

    def covers(self, actor: Actor, subject: object) -> bool:
        """Whether the person is among those that the rule gives this actor."""
        if not isinstance(subject, Person):
            return False
        return Person.objects.filter(self.where(actor), pk=subject.pk).exists()


def within(actor: Actor, reaches: Iterable[Reach]) -> Q:
    """The people that any of the rules gives; for lists. A rule for every record gives all."""
    found = Q(pk__in=[])
    for reach in reaches:
        if not isinstance(reach, People):
            return Q()
        found |= reach.where(actor)
    return found


def _under_order(_actor: Actor) -> Q:
    current = Person.objects.filter(orders__in_force__contains=clock.now()).values("pk")
    return Q(pk__in=current)


UNDER_ORDER = People(said("under order"), said("people whose order is in force now"), _under_order)
CASELOAD = People(
    said("own caseload"),
    said("people whose order names the user as the supervising officer"),
    lambda actor: Q(
        pk__in=Person.objects.filter(orders__officer_id=actor.user_pk or -1).values("pk")
    ),
)
INVESTIGATED = People(
    said("own cases"),
    said("people whose order names the user as the investigator"),
    lambda actor: Q(
        pk__in=Person.objects.filter(orders__investigator_id=actor.user_pk or -1).values("pk")
    ),
)
SELF = People(
    said("self"), said("the user's own record"), lambda actor: Q(user_id=actor.user_pk or -1)
)
