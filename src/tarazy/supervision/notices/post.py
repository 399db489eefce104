# SPDX-License-Identifier: EUPL-1.2
"""Carries messages to the gateways: a thread for each route that has something to send.

A slow or dead gateway holds its own thread and nothing else: not the worker's other duties, not the
other routes, not the engine, which is another process. The threads die with the worker; what one of
them had begun is sent again (actions/notices.py).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from django.db import connection
from prometheus_client import Counter

from tarazy.core import clock
from tarazy.core.access import Actor
from tarazy.core.errors import Misconfigured
from tarazy.supervision.actions.notices import begin, due, settle
from tarazy.supervision.models import Alert, Dispatch
from tarazy.supervision.notices import channel
from tarazy.supervision.notices.outcome import Outcome
from tarazy.supervision.notices.routes import Occasion, Route
from tarazy.supervision.notices.words import Told, Words, words

Send = Callable[[Route, Words], Outcome]

log = structlog.get_logger()
attempts = Counter(
    "tarazy_notices_attempts_total", "Messages handed to a gateway", ["route", "outcome"]
)


def check(routes: Sequence[Route]) -> None:
    """Raises Misconfigured where Apprise does not know what to do with an address."""
    for route in routes:
        if not channel.usable(route):
            raise Misconfigured(
                "TARAZY_NOTICES", f"the address of [{route.name}] is none that Apprise knows"
            )


@dataclass(slots=True)
class Post:
    """The routes, and who is on the way to which of them."""

    actor: Actor
    routes: Sequence[Route]
    pages_url: str
    send: Send = channel.send
    threads: dict[str, threading.Thread] = field(default_factory=dict)

    def round(self) -> None:
        """Start whoever has to go somewhere; waits for nobody."""
        for route in due(self.routes, clock.now()):
            running = self.threads.get(route.name)
            if running is None or not running.is_alive():
                walk = threading.Thread(
                    target=self._walk, args=(route,), name=f"to {route.name}", daemon=True
                )
                self.threads[route.name] = walk
                walk.start()

    def _walk(self, route: Route) -> None:
        try:
            self.deliver(route)
        except Exception as error:  # noqa: BLE001 - the next round tries again
            log.warning("notices.not_delivered", route=route.name, error=type(error).__name__)
        finally:
            connection.close()

    def deliver(self, route: Route) -> Dispatch | None:
        """Send what waits for one route, if anything does, and note how that went."""
        dispatch = begin(route, clock.now())
        if dispatch is None:
            return None
        message = words(
            route, told_in(dispatch), self.pages_url, perhaps_twice=dispatch.perhaps_twice
        )
        outcome = self.send(route, message)
        attempts.labels(route.name, "sent" if outcome.sent else outcome.reason).inc()
        return settle(self.actor, dispatch, outcome, clock.now())


def told_in(dispatch: Dispatch) -> list[Told]:
    """What a message has to tell; of alerts about our own service also by which rule."""
    notices = list(dispatch.notices.order_by("id"))
    own: Mapping[str, str] = dict(
        Alert.objects.filter(
            public_id__in={one.subject for one in notices}, person=None
        ).values_list("public_id", "rule")
    )
    return [
        Told(Occasion(one.occasion), one.severity, one.subject, own.get(one.subject, ""))
        for one in notices
    ]
