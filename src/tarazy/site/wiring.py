# SPDX-License-Identifier: EUPL-1.2
"""Where the rooms meet: the policy goes into the doors, events go to their listeners."""

import importlib
from collections.abc import Mapping
from contextlib import suppress

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from tarazy.core import clock, web
from tarazy.core.access import POLICY, Actor
from tarazy.core.actions import begin_session, end_session
from tarazy.core.door import VERBS, Verb, together
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.outbox import Listeners
from tarazy.procurement import refusals as procurement_refusals
from tarazy.site.policy import GRANTS
from tarazy.supervision import refusals as supervision_refusals
from tarazy.supervision.actions import notices, steps
from tarazy.supervision.actions.live import close_streams

DOORS = (
    "tarazy.core.actions",
    "tarazy.core.audit.actions",
    "tarazy.core.audit.looks",
    "tarazy.core.looks",
    "tarazy.supervision.actions.absences",
    "tarazy.supervision.actions.alerts",
    "tarazy.supervision.actions.appointments",
    "tarazy.supervision.actions.archive",
    "tarazy.supervision.actions.broker",
    "tarazy.supervision.actions.charge",
    "tarazy.supervision.actions.checkins",
    "tarazy.supervision.actions.commands",
    "tarazy.supervision.actions.contact_drafts",
    "tarazy.supervision.actions.contacts",
    "tarazy.supervision.actions.covers",
    "tarazy.supervision.actions.devices",
    "tarazy.supervision.actions.drafts",
    "tarazy.supervision.actions.drafts_imported",
    "tarazy.supervision.actions.enrolment",
    "tarazy.supervision.actions.fittings",
    "tarazy.supervision.actions.holds",
    "tarazy.supervision.actions.judgement",
    "tarazy.supervision.actions.live",
    "tarazy.supervision.actions.notices",
    "tarazy.supervision.actions.orders",
    "tarazy.supervision.actions.own_login",
    "tarazy.supervision.actions.pace",
    "tarazy.supervision.actions.papers",
    "tarazy.supervision.actions.places",
    "tarazy.supervision.actions.protection",
    "tarazy.supervision.actions.protocols",
    "tarazy.supervision.actions.records",
    "tarazy.supervision.actions.reports",
    "tarazy.supervision.actions.retention",
    "tarazy.supervision.actions.shared_zones",
    "tarazy.supervision.actions.shifts",
    "tarazy.supervision.actions.steps",
    "tarazy.supervision.actions.terms",
    "tarazy.supervision.actions.watchdog",
    "tarazy.supervision.actions.zones",
    "tarazy.supervision.looks.absences",
    "tarazy.supervision.looks.alerts",
    "tarazy.supervision.looks.appointments",
    "tarazy.supervision.looks.board",
    "tarazy.supervision.looks.charge",
    "tarazy.supervision.looks.compliance",
    "tarazy.supervision.looks.contact_drafts",
    "tarazy.supervision.looks.covers",
    "tarazy.supervision.looks.devices",
    "tarazy.supervision.looks.drafts",
    "tarazy.supervision.looks.figures",
    "tarazy.supervision.looks.incident",
    "tarazy.supervision.looks.map_print",
    "tarazy.supervision.looks.notices",
    "tarazy.supervision.looks.own",
    "tarazy.supervision.looks.papers",
    "tarazy.supervision.looks.people",
    "tarazy.supervision.looks.places",
    "tarazy.supervision.looks.protection",
    "tarazy.supervision.looks.protocols",
    "tarazy.supervision.looks.reports",
    "tarazy.supervision.looks.shift",
    "tarazy.supervision.looks.shift_export",
    "tarazy.supervision.looks.together",
    "tarazy.supervision.looks.trail_print",
    "tarazy.supervision.looks.trails",
    "tarazy.supervision.looks.zones",
    "tarazy.procurement.actions",
    "tarazy.procurement.looks",
)
"""Where the doors are. A process loads those that it uses; who asks for all gets all."""

WORKER, WEB = Actor.system("worker"), Actor.system("web")


def note_coming(*, user: User, **_more: object) -> None:
    """Somebody logged in."""
    begin_session(WEB, user.username, admitted=True)


def note_turned_away(*, credentials: Mapping[str, str], **_more: object) -> None:
    """Somebody did not get in; what the throttle stops does not come so far."""
    with suppress(Refused):
        begin_session(WEB, credentials.get("username", ""), admitted=False)


def note_leaving(*, user: User | None, **_more: object) -> None:
    """Whoever logs out watches no longer."""
    if user is not None:
        with together():
            end_session(WEB, user)
            close_streams(WEB, user.public_id)


def close_views_of(payload: Mapping[str, str]) -> None:
    """Somebody's roles changed: what they have open is closed, and opens again by the new ones."""
    close_streams(WORKER, payload["user"])


NOTICES = "supervision.notices.tell"
LISTENERS: Listeners = {
    "core.user.roles_changed": {"supervision.live.close": close_views_of},
    "supervision.alerts.begun": {
        NOTICES: lambda payload: notices.tell_of_alerts(payload, clock.now())
    },
    "supervision.alerts.returned": {
        NOTICES: lambda payload: notices.tell_of_return(payload, clock.now()),
        "supervision.steps.run_again": lambda payload: steps.run_again(payload, clock.now()),
    },
    "supervision.alert.escalated": {
        NOTICES: lambda payload: notices.tell_of_escalation(payload, clock.now())
    },
    "supervision.draft.submitted": {
        NOTICES: lambda payload: notices.tell_of_draft(payload, clock.now())
    },
    "supervision.contact.asked": {
        NOTICES: lambda payload: notices.tell_of_draft(payload, clock.now())
    },
}


def connect() -> None:
    """Called once, at start."""
    POLICY.install(GRANTS)
    user_logged_in.connect(note_coming, dispatch_uid="note_coming")
    user_login_failed.connect(note_turned_away, dispatch_uid="note_turned_away")
    user_logged_out.connect(note_leaving, dispatch_uid="note_leaving")
    for room in (supervision_refusals, procurement_refusals):
        web.know_sentences({str(name): text for name, text in room.SENTENCES.items()})


def verbs() -> Mapping[str, Verb]:
    """What each verb does, said by its door."""
    for module in DOORS:
        importlib.import_module(module)
    return VERBS
