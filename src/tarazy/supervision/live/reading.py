# SPDX-License-Identifier: EUPL-1.2
"""What a turn of the events process reads from the database, for all open streams together.

Synchronous: it runs in the one thread that owns the database connection.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import close_old_connections
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import translation

from tarazy.core import clock
from tarazy.supervision.live import standing
from tarazy.supervision.live.standing import Standing
from tarazy.supervision.looks.board import (
    AlertLine,
    calls,
    last_change,
    open_alerts,
    to_call,
    waiting,
    wearers,
)
from tarazy.supervision.models import Heartbeat, Person

ENGINE_SILENCE_MAX = timedelta(seconds=60)
ALERTS = "supervision/_alerts.html"


def message(event: str, **data: Any) -> str:
    """One server-sent event; its data is JSON on one line."""
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@dataclass(slots=True)
class Wish:
    """What happened since the last turn, and so what to read in the next."""

    positions: bool = False
    alerts: bool = False
    people: bool = False

    @classmethod
    def everything(cls) -> "Wish":
        """After a lost connection nobody knows what happened meanwhile."""
        return cls(positions=True, alerts=True, people=True)


@dataclass(slots=True)
class Turn:
    """The messages for each stream, and the streams that must close."""

    messages: dict[int, list[str]] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    change: int = 0
    engine_at: datetime | None = None


def begin(secret: str) -> tuple[Standing, list[str]] | None:
    """The stream that the ticket opens with its first messages, or None."""
    close_old_connections()
    found = standing.by_ticket(secret, clock.now())
    if found is None:
        return None
    people = [] if found.alert else wearers(found.people)
    snapshot = message("snapshot", wearers=people)
    return found, [snapshot, _alerts(found), beat(_engine_at())]


def turn(streams: Iterable[int], wish: Wish, change: int) -> Turn:
    """Ask for the rights of all streams again, and read for each what it wishes."""
    close_old_connections()
    streams = set(streams)
    now = clock.now()
    allowed = standing.of_streams(streams, now)
    result = Turn(closed=streams - allowed.keys(), change=change, engine_at=_engine_at())
    # The number is read first: what changes meanwhile is read again, never missed.
    result.change = last_change() if wish.positions else change
    shared: dict[tuple[int, str, str, str], list[str]] = {}
    for one in allowed.values():
        key = (one.user_pk, one.language, one.filters.query(), one.alert)
        if key not in shared:
            shared[key] = _messages(one, wish, change)
        result.messages[one.stream_pk] = shared[key]
    return result


def make_ready() -> None:
    """Load what the first message would wait for: the addresses of all pages, and its template."""
    reverse("supervision:board")
    get_template(ALERTS)


def beat(engine_at: datetime | None) -> str:
    """A sign of life, with the engine's own: a moving page over a dead engine would lie."""
    late = engine_at is None or clock.now() - engine_at > ENGINE_SILENCE_MAX
    engine = engine_at.isoformat() if engine_at else None
    return message("beat", at=clock.now().isoformat(), engine_at=engine, engine_late=late)


def _messages(one: Standing, wish: Wish, change: int) -> list[str]:
    found = []
    if wish.positions and not one.alert:
        moved = wearers(one.people, after=change)
        if moved:
            found.append(message("positions", wearers=moved))
    if wish.alerts:
        found.append(_alerts(one))
    if wish.people and not one.alert:
        ids = Person.objects.filter(one.people).values_list("public_id", flat=True)
        found.append(message("people", ids=sorted(ids)))
    return found


def _alerts(one: Standing) -> str:
    """The list of a board, or how the alert of a page stands; and what is to be called out."""
    with translation.override(one.language):
        if one.alert:
            return message("alerts", stands=_stands(one), waiting=_told(calls(one.people)))
        found = waiting(one.people, one.filters, one.user_pk)
        facts: dict[str, Any] = {"groups": found.groups, "more": found.more, "me": one.user_pk}
        facts["to_call"] = to_call(one.people)
        html = render_to_string(ALERTS, facts)
        # What is filtered away calls all the same.
        shown = [line for line in found.lines if line.calls]
        called = calls(one.people) if one.filters.query() else shown
        return message("alerts", html=html, waiting=_told(called))


def _told(called: Iterable[AlertLine]) -> list[dict[str, Any]]:
    return [
        {
            "id": line.alert.public_id,
            "severity": line.alert.severity,
            "sentence": line.sentence,
            "late": line.alert.escalated_at is not None,
            "over": line.alert.until is not None,
        }
        for line in called
    ]


def _stands(one: Standing) -> dict[str, Any]:
    """The version of the alert and who has it in hand; version 0: it is no longer open."""
    alert = open_alerts(one.people).select_related("holder").filter(public_id=one.alert).first()
    if alert is None:
        return {"version": 0, "holder": "", "mine": False}
    holder = alert.holder
    name = (holder.get_full_name() or holder.username) if holder else ""
    mine = holder is not None and holder.pk == one.user_pk
    return {"version": alert.version, "holder": name, "mine": mine}


def _engine_at() -> datetime | None:
    return Heartbeat.objects.filter(process="engine").values_list("at", flat=True).first()
