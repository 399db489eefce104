# SPDX-License-Identifier: EUPL-1.2
"""Shared zones as they count now, one by one and as the classes that conditions name.

A zone is never changed, so that its key stands for its shape; one that was removed counts no more.
"""

import hashlib
from collections.abc import Collection
from functools import lru_cache

import structlog
from django.db.models import QuerySet

from tarazy.supervision.models import Zone, ZoneKind
from tarazy.supervision.presence.geometry import Places, zone_of

log = structlog.get_logger()
CLASSES_CACHED = 200


def shared_zones(place_class: str = "") -> QuerySet[Zone]:
    """The single ones, of a class or of all, in the order in which they were shared."""
    found = Zone.objects.filter(person=None, removed_at=None).exclude(kind=ZoneKind.PLACES)
    return (found.filter(place_class=place_class) if place_class else found).order_by("pk")


def whole_classes() -> QuerySet[Zone]:
    """The zones that each stand for all of a class, by their names."""
    found = Zone.objects.filter(kind=ZoneKind.PLACES, removed_at=None)
    return found.order_by("name", "pk")


def classes_of(names: Collection[str]) -> dict[str, Places]:
    """Classes as they are judged; one without zones has none, and nobody is inside."""
    if not names:
        return {}
    members: dict[str, list[int]] = {name: [] for name in names}
    rows = shared_zones().filter(place_class__in=names)
    for name, key in rows.values_list("place_class", "pk"):
        members[name].append(key)
    return {name: _places(name, tuple(keys)) for name, keys in members.items()}


@lru_cache(maxsize=CLASSES_CACHED)
def _places(name: str, keys: tuple[int, ...]) -> Places:
    found = []
    for zone in Zone.objects.filter(pk__in=keys).order_by("pk"):
        try:
            found.append((zone_of(zone.kind, vars(zone)), zone.name))
        except ValueError:  # one bad row must not open all others
            log.exception("zone_unreadable", zone=zone.public_id)
    digest = hashlib.sha256(repr(keys).encode()).hexdigest()
    return Places(name, digest, tuple(one[0] for one in found), tuple(one[1] for one in found))
