# SPDX-License-Identifier: EUPL-1.2
"""How people are found: IIN, name in three spellings, device, number of the court's document.

It has no door of its own: a look narrows a list that it was permitted to show.
"""

from django.conf import settings
from django.db.models import Q, QuerySet
from rapidfuzz import fuzz, process

from tarazy.supervision.models import Fitting, OrderVersion, Person
from tarazy.supervision.naming import fold, iin_digest, iin_of

NEAR = 80
"""How alike two folded names must be, of 100, to be shown where none is the same."""
NEAR_MAX = 50
PIECE_LENGTH_MIN = 3
"""Shorter pieces of a device's or document's number would find half the register."""


def matching(people: QuerySet[Person], search: str) -> QuerySet[Person]:
    """Those of the people that a search means; the nearest names where none is the same."""
    iin = iin_of(search)
    if iin is not None:
        return people.filter(iin_digest=iin_digest(iin, settings.TARAZY.device_key))
    found = people.filter(_numbered(search.strip()) | _named(fold(search)))
    return found if found.exists() else people.filter(pk__in=_near(people, fold(search)))


def _named(folded: str) -> Q:
    """Each word of the search is in the name."""
    where = Q(pk__in=[]) if not folded else Q()
    for word in folded.split():
        where &= Q(search_key__contains=word)
    return where


def _numbered(piece: str) -> Q:
    """The number of a device that the person wore, or of a document about the person."""
    if len(piece) < PIECE_LENGTH_MIN:
        return Q(pk__in=[])
    documents = OrderVersion.objects.filter(document_number__icontains=piece)
    devices = Fitting.objects.filter(device__identifier__istartswith=piece, period__isempty=False)
    return Q(pk__in=devices.values("person")) | Q(pk__in=documents.values("order__person"))


def _near(people: QuerySet[Person], folded: str) -> list[int]:
    if len(folded) < PIECE_LENGTH_MIN:
        return []
    names = dict(people.order_by().values_list("pk", "search_key"))
    near = process.extract(
        folded, names, scorer=fuzz.token_set_ratio, score_cutoff=NEAR, limit=NEAR_MAX
    )
    return [pk for _, _, pk in near]
