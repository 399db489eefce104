# SPDX-License-Identifier: EUPL-1.2
"""Object rules of this room: which people's records a role reaches."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from tarazy.core import clock
from tarazy.core.access import EVERYTHING, Actor, Reach
from tarazy.core.catalogue import said
from tarazy.core.models import User
from tarazy.supervision.models import Cover, Order, OrderDraft, Person


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


@dataclass(frozen=True, slots=True)
class Drafting:
    """The own drafts; and people whose orders one may prepare a change of."""

    name: str
    sentence: str
    people: Reach

    def covers(self, actor: Actor, subject: object) -> bool:
        """A draft that the actor wrote, or a person among the rule's people."""
        if isinstance(subject, OrderDraft):
            return subject.author_id == actor.user_pk
        return self.people.covers(actor, subject)


def within(actor: Actor, reaches: Iterable[Reach]) -> Q:
    """The people that any of the rules gives; for lists. A rule for every record gives all."""
    found = Q(pk__in=[])
    for reach in reaches:
        people = reach.people if isinstance(reach, Drafting) else reach
        if not isinstance(people, People):
            return Q()
        found |= people.where(actor)
    return found


def _under_order(_actor: Actor) -> Q:
    current = Person.objects.filter(orders__in_force__contains=clock.now()).values("pk")
    return Q(pk__in=current)


def _named_by(naming: Q) -> Q:
    """People whose order names somebody; once a later order has begun, that one alone counts."""
    later = Order.objects.filter(
        person=OuterRef("person"),
        in_force__gt=OuterRef("in_force"),
        in_force__startswith__lte=clock.now(),
    )
    return Q(pk__in=Order.objects.filter(naming, ~Exists(later)).values("person"))


def _covered(actor: Actor) -> Q:
    """Orders of officers who are away now, and for whom the user steps in."""
    covers = Cover.objects.filter(substitute_id=actor.user_pk or -1, period__contains=clock.now())
    return Q(officer__in=covers.values("officer"))


@dataclass(frozen=True, slots=True)
class Oneself:
    """The user's own log-in, as the officer that it is."""

    name: str
    sentence: str

    def covers(self, actor: Actor, subject: object) -> bool:
        """Whether the record is the user."""
        return isinstance(subject, User) and subject.pk == actor.user_pk


ONESELF = Oneself(said("oneself"), said("the user's own caseload as a whole"))
UNDER_ORDER = People(said("under order"), said("people whose order is in force now"), _under_order)
CASELOAD = People(
    said("own caseload"),
    said("people whose order names as the supervising officer the user, or whom the user covers"),
    lambda actor: _named_by(Q(officer_id=actor.user_pk or -1) | _covered(actor)),
)
INVESTIGATED = People(
    said("own cases"),
    said("people whose order names the user as the investigator"),
    lambda actor: _named_by(Q(investigator_id=actor.user_pk or -1)),
)
OWN_DRAFTS = Drafting(
    said("own drafts"), said("drafts that the user wrote, about the own caseload"), CASELOAD
)
ANY_DRAFT = Drafting(
    said("own drafts, all people"), said("drafts that the user wrote, about anybody"), EVERYTHING
)
NOBODY = People(
    said("nobody"), said("devices that nobody wears, no people"), lambda _: Q(pk__in=[])
)
SELF = People(
    said("self"), said("the user's own record"), lambda actor: Q(user_id=actor.user_pk or -1)
)
