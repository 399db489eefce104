# SPDX-License-Identifier: EUPL-1.2
"""Where the rooms meet: the policy goes into the doors, events go to their listeners."""

import importlib
from collections.abc import Mapping

from django.contrib.auth.signals import user_logged_out

from tarazy.core import web
from tarazy.core.access import POLICY, Actor
from tarazy.core.models import User
from tarazy.core.outbox import Listeners
from tarazy.procurement import refusals as procurement_refusals
from tarazy.site.policy import GRANTS
from tarazy.supervision import refusals as supervision_refusals
from tarazy.supervision.actions.live import close_streams

DOORS = (
    "tarazy.core.actions",
    "tarazy.core.audit.actions",
    "tarazy.core.audit.looks",
    "tarazy.supervision.actions.alerts",
    "tarazy.supervision.actions.devices",
    "tarazy.supervision.actions.judgement",
    "tarazy.supervision.actions.live",
    "tarazy.supervision.actions.orders",
    "tarazy.supervision.looks.alerts",
    "tarazy.supervision.looks.board",
    "tarazy.supervision.looks.own",
    "tarazy.supervision.looks.people",
    "tarazy.procurement.actions",
    "tarazy.procurement.looks",
)
"""Where the doors are: loaded at start, so that the policy page can say what each verb does."""

WORKER = Actor.system("worker")


def close_views_on_leaving(*, user: User | None, **_more: object) -> None:
    """Whoever logs out watches no longer."""
    if user is not None:
        close_streams(WORKER, user.public_id)


def close_views_of(payload: Mapping[str, str]) -> None:
    """Somebody's roles changed: what they have open is closed, and opens again by the new ones."""
    close_streams(WORKER, payload["user"])


LISTENERS: Listeners = {
    "core.user.roles_changed": {"supervision.live.close": close_views_of},
}


def connect() -> None:
    """Called once, at start."""
    POLICY.install(GRANTS)
    user_logged_out.connect(close_views_on_leaving, dispatch_uid="close_views_on_leaving")
    for module in DOORS:
        importlib.import_module(module)
    for room in (supervision_refusals, procurement_refusals):
        web.know_sentences({str(name): text for name, text in room.SENTENCES.items()})
