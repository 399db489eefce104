# SPDX-License-Identifier: EUPL-1.2
"""The gateway's ASGI application: a request in, its reports through the gate, the reply out.

Plain ASGI without a framework: there are five addresses, and a framework's request and response
objects cost as much as all the rest of a request.

- `/owntracks` (also `/pub`), `/osmand`, `/traccar`: messages in that language
- `/v1/fixes`: our own batch form, described at `/v1/openapi.json`
- `/` and `/d/TOKEN`: the language is seen by the message; TOKEN is the device's credential
- `/health/live`, `/health/ready`, `/metrics`

Who a device is says its credential alone: the `Authorization` header, else the address, else the
field of the message in which the client has to put it. The first that is there counts. The user's
name beside a credential (Basic, `u`, `X-Limit-U`) only says under which passphrase to decrypt.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import cache, partial
from typing import Any
from urllib.parse import parse_qs

import msgspec
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest

from tarazy.core import clock
from tarazy.core.errors import Refused, Temporary
from tarazy.supervision.actions.intake import Entry, entry_of, refused_entry
from tarazy.supervision.gateway import times
from tarazy.supervision.gateway.commands import Command
from tarazy.supervision.gateway.credentials import (
    digest_of,
    secret_of,
    token_in_header,
    user_in_header,
)
from tarazy.supervision.gateway.fixes import openapi
from tarazy.supervision.gateway.interface import Decoded, Fate, Language, Message, Reply, Report
from tarazy.supervision.gateway.languages import BY_PATH, guess
from tarazy.supervision.intake import metrics, own_clock
from tarazy.supervision.intake.bodies import Disconnected, Hold, Receive, Room, read_body
from tarazy.supervision.intake.commands import Desk
from tarazy.supervision.intake.committer import Committer, Pulse
from tarazy.supervision.refusals import SENTENCES, Refusal

log = structlog.get_logger()

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]

TOKEN_PATH = "/d/"  # noqa: S105 - an address, no secret
RETRY_AFTER_S = 10
FIELDS_MAX = 20
STATUS = {Refusal.BODY_TOO_LARGE: 413, Refusal.BODY_TOO_SLOW: 408}
BAD_REQUEST = 400


class Gateway:
    """The application, over a committer that somebody else runs."""

    def __init__(self, device_key: str, committer: Committer, pulse: Pulse, desk: Desk) -> None:
        self._key = device_key
        self._committer = committer
        self._pulse = pulse
        self._desk = desk
        self._room = Room()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's entry."""
        if scope["type"] != "http":
            return
        try:
            reply = await self._answer(scope, receive)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - one request must not take the others along
            # Without the traceback: it may hold a place or a credential.
            log.error("request_failed", kind=type(error).__name__)  # noqa: TRY400
            reply = Reply(500)
        _replies(reply.status).inc()
        await _send(reply, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        path: str = scope["path"]
        language = BY_PATH.get(path)
        if language is None and path != "/" and not path.startswith(TOKEN_PATH):
            return self._page(path)
        if scope["method"] not in {"GET", "POST"}:
            return Reply(405)
        try:
            with self._room.share() as hold:
                return await self._report(scope, receive, hold, language)
        except Temporary:
            return Reply(503)

    async def _report(
        self, scope: Scope, receive: Receive, hold: Hold, language: Language | None
    ) -> Reply:
        """What a device says, in this language or the one that it looks like. Raises Temporary."""
        headers = dict(scope["headers"])
        query: bytes = scope["query_string"]
        try:
            passphrase = partial(self._passphrase, headers, query)
            body = await read_body(headers, receive, hold)
        except Refused as refused:
            metrics.REPORTS.labels("unknown", refused.name).inc()
            return _refusal(refused)
        arrived = clock.now()
        message = Message(query, body, passphrase, arrived + own_clock.behind(arrived))
        token = _token(headers, scope["path"])
        return await self._take(language or guess(message), message, token)

    async def _take(self, language: Language, message: Message, token: str | None) -> Reply:
        """Through the gate with everything that the message holds. Raises Temporary."""
        unreadable = None
        try:
            decoded = language.decode(message)
        except Refused as refused:
            unreadable = refused
            decoded = Decoded((Refusal(refused.name),))
        entries = self._entries(decoded, token)
        verdicts = await self._committer.submit(entries) if entries else []
        fates = [verdict.fate for verdict in verdicts]
        for fate in fates:
            _reports(language.NAME, fate).inc()
        if unreadable is not None and Refusal.UNKNOWN_DEVICE not in fates:
            return _refusal(unreadable)
        asked = self._asked(language, verdicts[-1].device_id) if language.COMMANDS and fates else ()
        return language.reply(fates[: len(decoded.parts)], asked)

    def _asked(self, language: Language, device_id: int) -> Sequence[Command]:
        """What waits for this device and can go into the reply."""
        waiting = self._desk.waiting(device_id)
        asked = [command for command in waiting if command.kind in language.COMMANDS]
        if asked:
            self._desk.sent(device_id, asked)
        return asked

    def _passphrase(self, headers: dict[bytes, bytes], query: bytes) -> str:
        """Under what the one who says to have sent this encrypts. Raises Refused."""
        user = user_in_header(headers.get(b"authorization", b""))
        user = user or headers.get(b"x-limit-u", b"").decode("latin-1")
        user = user or user_in_query(query)
        if not user:
            raise Refused(Refusal.NO_KEY)
        return secret_of(user, self._key)

    def _entries(self, decoded: Decoded, token: str | None) -> list[Entry]:
        """Made ready for the gate. Raises Temporary."""
        arrived = clock.now()
        behind = own_clock.behind(arrived)
        credential = digest_of(decoded.token or "" if token is None else token, self._key)
        return [
            entry_of(part, times.settle(part.at, arrived, behind), credential, arrived)
            if isinstance(part, Report)
            else refused_entry(part, credential, arrived)
            for part in (*decoded.parts, *decoded.beside)
        ]

    def _page(self, path: str) -> Reply:
        match path:
            case "/health/live":
                return Reply(200, b"live")
            case "/health/ready":
                ready = self._pulse.healthy and self._committer.healthy
                return (
                    Reply(200, b"ready")
                    if ready
                    else Reply(503, b"the database is away, or our clock wrong")
                )
            case "/v1/openapi.json":
                return Reply(200, msgspec.json.encode(openapi()), b"application/json")
            case "/metrics":
                return Reply(200, generate_latest(), CONTENT_TYPE_LATEST.encode())
            case _:
                return Reply(404)


@cache
def _replies(status: int) -> Counter:
    return metrics.REPLIES.labels(status)


@cache
def _reports(language: str, fate: Fate) -> Counter:
    return metrics.REPORTS.labels(language, fate)


def user_in_query(query: bytes) -> str:
    """The `u` of an address."""
    try:
        found = parse_qs(query.decode("latin-1"), max_num_fields=FIELDS_MAX)
    except ValueError:
        return ""
    return found.get("u", [""])[0]


def _token(headers: dict[bytes, bytes], path: str) -> str | None:
    authorization = headers.get(b"authorization")
    if authorization is not None:
        return token_in_header(authorization)
    return path.removeprefix(TOKEN_PATH) if path.startswith(TOKEN_PATH) else None


def _refusal(refused: Refused) -> Reply:
    """A message that nobody can read, answered in words for the one who set the device up."""
    name = Refusal(refused.name)
    sentence = SENTENCES[name].format(**refused.facts)
    body = msgspec.json.encode({"refused": name, "sentence": sentence})
    return Reply(STATUS.get(name, BAD_REQUEST), body, b"application/json")


async def _send(reply: Reply, send: Send) -> None:
    headers = [
        (b"content-type", reply.content_type),
        (b"content-length", str(len(reply.body)).encode()),
    ]
    if reply.status == 503:  # noqa: PLR2004 - HTTP's own numbers
        headers.append((b"retry-after", str(RETRY_AFTER_S).encode()))
    if reply.status == 401:  # noqa: PLR2004
        headers.append((b"www-authenticate", b'Basic realm="device"'))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
