# SPDX-License-Identifier: EUPL-1.2
"""Shared zones: schools, airports, borders. They are nobody's own, and conditions name them.

With the first zone of a class comes the one that stands for all of them: a condition on that one is
about every zone of the class, also about those that are added later. Zones are never changed; one
that is removed counts no more, and stays on record.
"""

import re
from collections.abc import Sequence

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.demands import Shape, check_shape
from tarazy.supervision.classes import shared_zones
from tarazy.supervision.models import Condition, Zone, ZoneKind
from tarazy.supervision.naming import one_line
from tarazy.supervision.refusals import Refusal

CLASS_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
NAME_LENGTH_MAX = 120
SHARED_MAX = 10_000
NAMED_MAX = 10
"""Documents that a refusal names; the number says how many there are."""


@action("supervision.zone.share")
def share_zone(door: Door, place_class: str, name: str, shape: Shape, *, title: str = "") -> Zone:
    """Draw a zone that concerns everybody whose order names its class.

    `place_class` is a stable name such as `school`; `title` is what the class is called on pages.
    """
    if CLASS_NAME.fullmatch(place_class) is None:
        raise Refused(Refusal.ZONE_UNREADABLE, reason="its class is no name such as `school`")
    named, titled = one_line(name), one_line(title) or place_class
    if not named or max(len(named), len(titled)) > NAME_LENGTH_MAX:
        raise Refused(Refusal.ZONE_UNREADABLE, reason="it has no name, or too long a one")
    check_shape(shape)
    if Zone.objects.filter(person=None, removed_at=None).count() >= SHARED_MAX:
        raise Refused(Refusal.TOO_MANY_PARTS, parts_max=SHARED_MAX)
    whole, _ = Zone.objects.select_for_update().get_or_create(
        kind=ZoneKind.PLACES, place_class=place_class, defaults={"name": titled}
    )
    if whole.removed_at is not None:  # it begins anew, under the name that it is given now
        whole.removed_at, whole.name = None, titled
        whole.save(update_fields=["removed_at", "name"])
    zone = Zone.objects.create(
        place_class=place_class,
        name=named,
        kind=shape.kind,
        lat=shape.lat,
        lon=shape.lon,
        radius_m=shape.radius_m,
        rings=shape.rings,
    )
    door.permit(zone, zone.public_id)
    door.keep(name=named, place_class=place_class)
    return zone


@action("supervision.zone.remove")
def remove_zone(door: Door, zone_id: str, *, sure: bool = False) -> Zone:
    """Remove one shared zone; orders that name its class need a second word."""
    found = Zone.objects.filter(public_id=zone_id, person=None, removed_at=None)
    zone = found.exclude(kind=ZoneKind.PLACES).first()
    if zone is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(zone, zone.public_id)
    whole = places_of(zone.place_class)
    others = shared_zones(zone.place_class).exclude(pk=zone.pk).exists()
    own, naming = _naming([zone]), _naming([whole])
    if own or (naming and not others):
        raise Refused(Refusal.CLASS_NAMED, **_told(own or naming))
    if naming and not sure:
        raise Refused(Refusal.ZONE_NAMED, **_told(naming))
    door.keep(name=zone.name, place_class=zone.place_class, orders=str(len(naming)))
    _remove([zone] if others or whole is None else [zone, whole])
    return zone


@action("supervision.zone.remove_class")
def remove_class(door: Door, place_class: str) -> int:
    """Remove a class with all its shared zones, which no order names any more; how many."""
    whole = places_of(place_class)
    if whole is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    door.permit(whole, whole.public_id)
    zones = list(shared_zones(place_class))
    naming = _naming([*zones, whole])
    if naming:
        raise Refused(Refusal.CLASS_NAMED, **_told(naming))
    door.keep(name=whole.name, place_class=place_class, zones=str(len(zones)))
    _remove([*zones, whole])
    return len(zones)


def _naming(zones: Sequence[Zone | None]) -> list[str]:
    """The documents of orders that have not ended and still name one of these."""
    now = clock.now()
    running = Condition.objects.filter(
        zone__in=[one for one in zones if one is not None],
        period__endswith__gt=now,
        order__in_force__endswith__gt=now,
    )
    found = running.order_by("order__document_number").values_list("order__document_number")
    return [number for (number,) in found.distinct()]


def _told(naming: Sequence[str]) -> dict[str, str | int]:
    shown = ", ".join(f"№ {number}" for number in naming[:NAMED_MAX])
    return {"orders": len(naming), "documents": shown + (", …" if len(naming) > NAMED_MAX else "")}


def _remove(zones: Sequence[Zone]) -> None:
    Zone.objects.filter(pk__in=[one.pk for one in zones]).update(removed_at=clock.now())


def places_of(place_class: str) -> Zone | None:
    """The zone that stands for all of a class, locked: nobody removes it meanwhile. None where
    there is no such class."""
    found = Zone.objects.select_for_update().filter(kind=ZoneKind.PLACES, removed_at=None)
    return found.filter(place_class=place_class).first()
