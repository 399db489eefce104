# SPDX-License-Identifier: EUPL-1.2
"""What every page shares: the actor of a request, refusals as pages, headers, pages of a list."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext

from tarazy.core import refusals
from tarazy.core.access import Actor, Purpose, Role
from tarazy.core.errors import Refused, Temporary
from tarazy.core.models import User
from tarazy.core.refusals import Refusal

PURPOSE_KEY = "purpose"
PAGE_SIZE = 50
STATUS = {Refusal.NOT_FOUND: 404, Refusal.NOT_PERMITTED: 403, Refusal.BASIS_MISSING: 403}
STATUS_OTHER = 422
STATUS_TEMPORARY = 503
RETRY_S = 5
BODY_BYTES_MAX = 24 * 1024 * 1024
"""A scan of 20 MB, a photo, and the fields beside them."""

Respond = Callable[[HttpRequest], HttpResponse]
Row = TypeVar("Row")

_sentences: dict[str, str] = {str(name): text for name, text in refusals.SENTENCES.items()}


def know_sentences(sentences: dict[str, str]) -> None:
    """Take in the sentences of a room's refusals; wiring does this once for each room."""
    _sentences.update(sentences)


def sentence_of(refused: Refused) -> str:
    """What to tell the person, in the language of the screen."""
    text = _sentences.get(str(refused.name), _sentences[Refusal.NOT_PERMITTED])
    return gettext(text).format(**refused.facts)


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in user as an actor, with the purpose chosen for this session.

    Where only one purpose is possible, or none was chosen, it is the first that the roles allow.
    """
    user = request.user
    if not isinstance(user, User):
        raise Refused(Refusal.NOT_PERMITTED)
    actor = Actor(
        id=user.public_id,
        roles=frozenset(Role(role) for role in user.roles if role != Role.SYSTEM),
        user_pk=user.pk,
    )
    allowed = actor.purposes()
    chosen = request.session.get(PURPOSE_KEY)
    purpose = chosen if chosen in allowed else next(iter(allowed), None)
    return Actor(
        id=actor.id,
        roles=actor.roles,
        user_pk=actor.user_pk,
        purpose=Purpose(purpose) if purpose else None,
    )


def link_days() -> int:
    """For how many days a link to choose a password works."""
    day_s = 24 * 3600
    return int(settings.PASSWORD_RESET_TIMEOUT) // day_s


def attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file to take away; `kind` is its media type, and `name` needs no escape."""
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class RefusalMiddleware:
    """Turns a refusal into a page or JSON that says what happened and what to do."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for Refused and Temporary; anything else is a fault of ours and goes on."""
        if isinstance(error, Refused):
            status = STATUS_OTHER
            for name, code in STATUS.items():
                status = code if error.name == name else status
            return _say(request, status, str(error.name), sentence_of(error))
        if isinstance(error, Temporary):
            sentence = gettext("A part of the service is away for the moment. Try again shortly.")
            answer = _say(request, STATUS_TEMPORARY, "temporary", sentence)
            answer.headers["Retry-After"] = str(RETRY_S)
            return answer
        return None


def _say(request: HttpRequest, status: int, name: str, sentence: str) -> HttpResponse:
    if request.accepts("text/html"):
        facts = {"name": name, "sentence": sentence, "status": status}
        return render(request, "refused.html", facts, status=status)
    return JsonResponse({"refused": name, "sentence": sentence}, status=status)


def content_security_policy(respond: Respond) -> Respond:
    """A strict policy on every answer: nothing inline, nothing from third parties.

    The map's workers are blobs of our own script; a style or tile server of the operator's own
    is the one exception, and only where the settings name it.
    """
    style = urlsplit(settings.TARAZY.map_style_url)
    own_map = f" {style.scheme}://{style.netloc}" if style.netloc else ""

    def with_policy(request: HttpRequest) -> HttpResponse:
        answer = respond(request)
        try:
            events = f" {events_url(request)}"
        except DisallowedHost:  # the answer is a refusal, and needs no events
            events = ""
        answer.headers["Content-Security-Policy"] = "; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                f"img-src 'self' data: blob:{own_map}",
                "font-src 'self'",
                f"connect-src 'self'{events}{own_map}",
                "worker-src blob:",
                "form-action 'self'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
            )
        )
        answer.headers["Permissions-Policy"] = "geolocation=(), camera=(), microphone=()"
        return answer

    return with_policy


def only_storable_text(respond: Respond) -> Respond:
    """Refuse a request with a NUL character: PostgreSQL has no text that holds one.

    And one in another encoding than UTF-8, which is that of our forms: some of Python's make half
    characters of it, which nothing stores, and some no text at all.
    """

    def with_check(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in {"utf-8", "utf8"}:
            return HttpResponse(status=400)
        forms = (request.GET, request.POST)
        typed = (value for form in forms for _, values in form.lists() for value in values)
        if any("\0" in text for text in (request.path, *request.COOKIES.values(), *typed)):
            return HttpResponse(status=400)
        return respond(request)

    return with_check


def not_too_large(respond: Respond) -> Respond:
    """Refuse a larger body than any form of ours sends, before a byte of it is read.

    What is smaller is streamed to disk by Django, and each form has limits of its own.
    """

    def with_check(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) <= BODY_BYTES_MAX:
            return respond(request)
        # It stands alone: who it is and their language is not known here yet.
        return HttpResponse(loader.get_template("413.html").render(), status=413)

    return with_check


def not_stored(respond: Respond) -> Respond:
    """Keep pages out of every cache: the next person at this screen must not go back to them."""

    def with_header(request: HttpRequest) -> HttpResponse:
        answer = respond(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return with_header


def events_url(request: HttpRequest) -> str:
    """Where the live events of this page come from: the setting, or our own port on this host."""
    own: str = settings.TARAZY.events_url
    if own:
        return request.build_absolute_uri(own)
    host = urlsplit(f"//{request.get_host()}").hostname or "127.0.0.1"
    name = f"[{host}]" if ":" in host else host
    return f"{request.scheme}://{name}:{settings.TARAZY.events_port}"


def page_of(
    request: HttpRequest, rows: Sequence[Row] | QuerySet[Any], size: int = PAGE_SIZE
) -> Page[Row]:
    """The page of a list that the address asks for; a wrong number gives the nearest page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
