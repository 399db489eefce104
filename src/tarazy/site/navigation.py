# SPDX-License-Identifier: EUPL-1.2
"""What the frame of every page shows: the places that the roles open, and the purpose."""

from dataclasses import dataclass

from django.http import HttpRequest

from tarazy.core.access import POLICY, PURPOSE_TITLES, ROLE_TITLES, Role
from tarazy.core.catalogue import said
from tarazy.core.models import User
from tarazy.core.web import actor_of


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu: shown to whom the policy gives its verb."""

    title: str
    url_name: str
    verb: str


PLACES = (
    Place(said("Control centre"), "supervision:board", "supervision.board.view"),
    Place(said("People"), "supervision:people", "supervision.people.view"),
    Place(said("Orders"), "supervision:desk", "supervision.drafts.view"),
    Place(said("Devices"), "supervision:devices", "supervision.devices.view"),
    Place(said("Shift"), "supervision:shift", "supervision.shift.view"),
    Place(said("Protocols"), "supervision:protocols", "supervision.protocol.write"),
    Place(said("Notifications"), "supervision:notices", "supervision.notices.view"),
    Place(said("Figures"), "supervision:figures", "supervision.report.figures"),
    Place(said("Protected people"), "supervision:protected-people", "supervision.protected.list"),
    Place(said("My order"), "supervision:own", "supervision.own.view"),
    Place(said("Open first"), "procurement:first", "procurement.ranking.view"),
    Place(said("Red flags"), "procurement:flags", "procurement.flags.view"),
    Place(said("Published data"), "procurement:quality", "procurement.quality.view"),
    Place(said("Same organisation?"), "procurement:parties", "procurement.parties.view"),
    Place(said("Users"), "users", "core.users.view"),
    Place(said("Audit log"), "audit", "core.audit.view"),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """The template context of the frame."""
    if not isinstance(request.user, User):
        return {"places": (), "purposes": ()}
    actor = actor_of(request)
    return {
        "places": [place for place in PLACES if POLICY.reaches(actor, place.verb)],
        "purpose": actor.purpose,
        "purposes": [(purpose, PURPOSE_TITLES[purpose]) for purpose in actor.purposes()],
        "role_titles": [ROLE_TITLES[role] for role in Role if role in actor.roles],
        "demo": request.user.demo,
    }
