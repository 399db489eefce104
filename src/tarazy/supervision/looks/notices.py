# SPDX-License-Identifier: EUPL-1.2
"""What was told beyond the screen: to which route, when, in how many attempts, with what outcome.

It shows ids; who is behind one is a look of its own. The addresses of the routes are not in it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.translation import gettext

from tarazy.core.access import ROLE_TITLES
from tarazy.core.catalogue import said
from tarazy.core.door import Door, look
from tarazy.supervision.models import Dispatch, DispatchState
from tarazy.supervision.notices.routes import OCCASION_TITLES, SEVERITIES, Occasion, Route

PAGE_SIZE = 50
SUBJECTS_MAX = 8
STATES = {
    "waiting": said("waits, or is tried again"),
    "sent": said("taken by the gateway"),
    "given_up": said("given up"),
    "doubtful": said("perhaps twice, or tried more than once"),
}
SORTS = {
    "newest": ("-id",),
    "oldest": ("id",),
    "attempts": ("-attempts", "-id"),
    "route": ("route", "-id"),
}
SORT_TITLES = {
    "newest": said("newest first"),
    "oldest": said("oldest first"),
    "attempts": said("most attempts first"),
    "route": said("by route"),
}
REASONS = {
    "unreachable": said("The gateway cannot be reached."),
    "timeout": said("The gateway did not answer in time."),
    "refused": said("The gateway did not take it."),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which messages to show, and in which order; what is none of the choices is left out."""

    route: str = ""
    state: str = ""
    sort: str = "newest"

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Wish":
        """The wish of an address."""
        state, sort = query.get("state", ""), query.get("sort", "")
        return cls(
            route=query.get("route", "")[:40],
            state=state if state in STATES else "",
            sort=sort if sort in SORTS else "newest",
        )

    def where(self) -> Q:
        """The condition on messages."""
        found = Q(route=self.route) if self.route else Q()
        if self.state == "doubtful":
            return found & (Q(perhaps_twice=True) | Q(attempts__gt=1))
        return found & Q(state=self.state) if self.state else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message: what it told of, and how it went."""

    dispatch: Dispatch
    counts: Sequence[tuple[str, int]]
    """What it told of, in words to be translated, and how often."""
    subjects: Sequence[tuple[Occasion, str]]
    """The first few, by what they are."""
    more: int
    took: timedelta | None
    reason: str

    @property
    def sent(self) -> bool:
        """Whether the gateway took it."""
        return self.dispatch.state == DispatchState.SENT

    @property
    def waits(self) -> bool:
        """Whether it may still be sent."""
        return self.dispatch.state == DispatchState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLine:
    """A route as the page may show it: without its address."""

    name: str
    role: str
    user: str
    occasions: Sequence[str]
    severities: Sequence[str]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPage:
    """A page of the log of messages, and the routes that are set up."""

    page: Page[Any]
    lines: Sequence[Line]
    routes: Sequence[RouteLine]
    names: Sequence[str]
    """Of every route that was ever told something, for the filter."""


@look("supervision.notices.view", personal=False)
def notices(door: Door, wish: Wish, page: str | int = 1) -> NoticesPage:
    """See what was told beyond the screen, to which route, and whether it arrived."""
    door.permit(None, "notices")
    routes: Sequence[Route] = settings.TARAZY.notices
    found = Dispatch.objects.filter(wish.where()).order_by(*SORTS[wish.sort])
    shown = Paginator(found.prefetch_related("notices"), PAGE_SIZE).get_page(page)
    told = set(Dispatch.objects.values_list("route", flat=True).order_by().distinct())
    return NoticesPage(
        page=shown,
        lines=[_line(one) for one in shown],
        routes=[_route(one) for one in routes],
        names=sorted(told | {route.name for route in routes}),
    )


def _reason(error: str) -> str:
    """Why the last attempt failed, in the language of the screen."""
    kind, _, code = error.partition(" ")
    if kind == "http":
        return gettext("The gateway answered {code}.").format(code=code)
    return gettext(REASONS[error]) if error in REASONS else ""


def _route(route: Route) -> RouteLine:
    return RouteLine(
        name=route.name,
        role=ROLE_TITLES[route.role],
        user=route.user,
        occasions=[title for one, title in OCCASION_TITLES.items() if one in route.occasions],
        severities=[one for one in SEVERITIES if one in route.severities],
        language=route.language,
    )


def _line(dispatch: Dispatch) -> Line:
    notices = sorted(dispatch.notices.all(), key=lambda one: one.pk)
    told = dict.fromkeys((Occasion(one.occasion), one.subject) for one in notices)
    counts = Counter(OCCASION_TITLES[occasion] for occasion, _ in told)
    subjects = [(occasion, subject) for occasion, subject in told if subject]
    return Line(
        dispatch=dispatch,
        counts=list(counts.items()),
        subjects=subjects[:SUBJECTS_MAX],
        more=max(0, len(subjects) - SUBJECTS_MAX),
        took=dispatch.ended_at - dispatch.made_at if dispatch.ended_at else None,
        reason=_reason(dispatch.error),
    )
