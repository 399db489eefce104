# SPDX-License-Identifier: EUPL-1.2
"""Questions to the portal over HTTPS: few at a time, in good manners, with a token that stays here.

The token goes into one header and nowhere else: not into an error, a log, a file or a page that is
kept (an answer that repeats it is refused). A redirection is not followed, since it would carry the
token to somebody else.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
import msgspec

from tarazy.core.errors import Refused
from tarazy.procurement.portal_access import Access
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.goszakup import BadPage, UnknownField

TRIES_MAX = 6
PAUSE_S_MAX = 300  # longer than this we do not wait, whoever asks for it
ANSWER_BYTES_MAX = 32 * 1024 * 1024
ANSWER_S_MAX = 120
PER_SECOND_MAX = 20.0
TIMEOUT = httpx.Timeout(60, connect=15)

Read = TypeVar("Read")


class _Again(Exception):
    """The portal did not answer well; asking again may help, after `pause_s` where it says so."""

    def __init__(self, why: Refusal, pause_s: float | None = None) -> None:
        super().__init__(str(why))
        self.why, self.pause_s = why, pause_s


class Portal:
    """A connection to the portal. `sleep` and `clock` are those of the machine."""

    def __init__(
        self,
        access: Access,
        *,
        per_second: float,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._access = access
        self._interval_s = 1 / min(per_second, PER_SECOND_MAX)
        self._sleep, self._clock = sleep, clock
        self._next_s = 0.0
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False)

    def __enter__(self) -> "Portal":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(
        self,
        query: str,
        variables: Mapping[str, Any],
        read: Callable[[bytes], Read],
        tries: int = TRIES_MAX,
    ) -> Read:
        """What `read` makes of the answer; asked again where that, or the answer, is bad.

        Raises Refused with the last reason when the tries are used up, at once for a token that
        the portal does not take, and UnknownField.
        """
        question = msgspec.json.encode({"query": query, "variables": variables})
        why: Refused = Refused(Refusal.PORTAL_AWAY)
        for tried in range(tries):
            self._pace()
            try:
                return read(self._once(question))
            except UnknownField:
                raise
            except BadPage as bad:
                why, pause_s = bad, None
            except _Again as again:
                why, pause_s = Refused(again.why), again.pause_s
            if tried + 1 < tries:
                if pause_s is not None and pause_s > PAUSE_S_MAX:
                    break
                self._sleep(max(2.0**tried, pause_s or 0.0))  # clocks differ: 0 may be long past
        raise why from None

    def _pace(self) -> None:
        """Wait until the next question may be asked."""
        wait_s = self._next_s - self._clock()
        if wait_s > 0:
            self._sleep(wait_s)
        self._next_s = max(self._clock(), self._next_s) + self._interval_s

    def _once(self, question: bytes) -> bytes:
        headers = {
            "Authorization": f"Bearer {self._access.token}",
            "Content-Type": "application/json",
            "User-Agent": "tarazy",
        }
        try:
            with self._client.stream(
                "POST", self._access.address, content=question, headers=headers
            ) as answer:
                _judge(answer)
                body = self._whole(answer)
        except httpx.RemoteProtocolError:
            raise _Again(Refusal.PORTAL_CUT) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise _Again(Refusal.PORTAL_AWAY) from None
        if self._access.token.encode() in body:
            raise Refused(Refusal.PORTAL_BROKEN)
        return body

    def _whole(self, answer: httpx.Response) -> bytes:
        """The body, which is neither too long nor too slow."""
        until_s = self._clock() + ANSWER_S_MAX
        body = bytearray()
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > ANSWER_BYTES_MAX:
                raise BadPage(Refusal.PORTAL_TOO_LONG)
            if self._clock() > until_s:
                raise _Again(Refusal.PORTAL_AWAY)
        return bytes(body)


def _judge(answer: httpx.Response) -> None:
    """By the status alone. An answer 400 may hold the error that says what to leave out."""
    status = answer.status_code
    if status in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}:
        return
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise Refused(Refusal.PORTAL_TOKEN)
    pause_s = _pause(answer.headers.get("Retry-After", ""))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise _Again(Refusal.PORTAL_BUSY, pause_s)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _Again(Refusal.PORTAL_AWAY, pause_s)
    raise Refused(Refusal.PORTAL_BROKEN)


def _pause(asked: str) -> float | None:
    """Retry-After in seconds: a number, or a date of HTTP."""
    if asked.strip().isdecimal():
        return float(asked) if len(asked) < len("1000000") else float(PAUSE_S_MAX + 1)
    try:
        until = parsedate_to_datetime(asked)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, until.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
