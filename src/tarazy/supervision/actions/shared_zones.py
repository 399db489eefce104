# SPDX-License-Identifier: EUPL-1.2
"""Shared zones: schools, airports, borders. They are nobody's own, and conditions name them.

With the first zone of a class comes the one that stands for all of them: a condition on that one is
about every zone of the class, also about those that are added later. Zones are never changed.
"""

import re

from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision.actions.demands import Shape, check_shape
from tarazy.supervision.models import Zone, ZoneKind
from tarazy.supervision.refusals import Refusal

CLASS_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
NAME_LENGTH_MAX = 120
SHARED_MAX = 10_000


@action("supervision.zone.share")
def share_zone(door: Door, place_class: str, name: str, shape: Shape, *, title: str = "") -> Zone:
    """Draw a zone that concerns everybody whose order names its class.

    `place_class` is a stable name such as `school`; `title` is what the class is called on pages.
    """
    if CLASS_NAME.fullmatch(place_class) is None:
        raise Refused(Refusal.ZONE_UNREADABLE, reason="its class is no name such as `school`")
    named, titled = name.strip(), title.strip() or place_class
    if not named or max(len(named), len(titled)) > NAME_LENGTH_MAX:
        raise Refused(Refusal.ZONE_UNREADABLE, reason="it has no name, or too long a one")
    check_shape(shape)
    if Zone.objects.filter(person=None).count() >= SHARED_MAX:
        raise Refused(Refusal.TOO_MANY_PARTS, parts_max=SHARED_MAX)
    Zone.objects.get_or_create(
        kind=ZoneKind.PLACES, place_class=place_class, defaults={"name": titled}
    )
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


def places_of(place_class: str) -> Zone | None:
    """The zone that stands for all of a class; None where it has none yet."""
    return Zone.objects.filter(kind=ZoneKind.PLACES, place_class=place_class).first()
