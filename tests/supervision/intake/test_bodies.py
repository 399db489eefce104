# SPDX-License-Identifier: EUPL-1.2
"""Bodies: whole, cut off, packed, packed to burst, and never ending."""

import asyncio
import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.core.errors import Refused, Temporary
from tarazy.supervision.intake import bodies
from tarazy.supervision.intake.bodies import (
    BODY_BYTES_MAX,
    Disconnected,
    Event,
    Room,
    decompress,
    read_body,
)
from tarazy.supervision.refusals import Refusal


def read(headers: dict[bytes, bytes], *events: Event) -> bytes:
    coming = iter(events)

    async def receive() -> Event:
        event = next(coming, None)
        return event if event is not None else await asyncio.Future()

    with Room().share() as hold:
        return asyncio.run(read_body(headers, receive, hold))


def part(body: bytes, *, more: bool = False) -> Event:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_parts() -> None:
    assert read({}, part(b"a", more=True), part(b"", more=True), part(b"b")) == b"ab"
    assert read({}, part(b"")) == b""


def test_a_sender_that_goes_away() -> None:
    with pytest.raises(Disconnected):
        read({}, part(b"a", more=True), {"type": "http.disconnect"})


def test_a_sender_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_S_MAX", 0.01)
    with pytest.raises(Refused) as refused:
        read({}, part(b"a", more=True))
    assert refused.value.name == Refusal.BODY_TOO_SLOW


def test_all_bodies_together_have_a_limit_and_small_ones_come_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bodies, "BODIES_BYTES_MAX", 20_000)
    room = Room()

    async def one(body: bytes) -> bytes:
        async def receive() -> Event:
            return part(body)

        with room.share() as hold:
            return await read_body({}, receive, hold)

    with room.share() as hold:
        hold(19_000)
        with pytest.raises(Temporary):
            asyncio.run(one(bytes(5_000)))
        assert asyncio.run(one(bytes(900))) == bytes(900)
    for _ in range(9):
        assert len(asyncio.run(one(bytes(15_000)))) == 15_000


@pytest.mark.parametrize(
    "length", [str(BODY_BYTES_MAX + 1).encode(), b"9" * 5000, b"-1", b"many", "²".encode()]
)
def test_a_length_that_is_too_large_or_none(length: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read({b"content-length": length})
    assert refused.value.name == Refusal.BODY_TOO_LARGE


def test_the_limit_itself() -> None:
    whole = b"x" * BODY_BYTES_MAX
    assert read({}, part(whole)) == whole
    assert decompress(gzip.compress(whole), b"gzip") == whole
    with pytest.raises(Refused) as refused:
        decompress(gzip.compress(whole + b"x"), b"gzip")
    assert refused.value.name == Refusal.BODY_TOO_LARGE


@given(st.binary(), st.sampled_from([b"gzip", b"X-GZIP", b"deflate", b"identity", b""]))
def test_what_was_packed_comes_out(plain: bytes, encoding: bytes) -> None:
    body = plain
    if b"zip" in encoding.lower():
        body = gzip.compress(plain)
    elif encoding == b"deflate":
        body = zlib.compress(plain)
    assert decompress(body, encoding) == plain


@given(st.binary(min_size=1), st.integers(min_value=1, max_value=8))
def test_what_was_cut_off_is_refused(plain: bytes, cut: int) -> None:
    with pytest.raises(Refused) as refused:
        decompress(gzip.compress(plain)[:-cut], b"gzip")
    assert refused.value.name == Refusal.BAD_ENCODING


@pytest.mark.parametrize("body", [b"", b"plain", gzip.compress(b"a", mtime=0) + b"more"])
def test_what_is_no_gzip_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decompress(body, b"gzip")
    assert refused.value.name == Refusal.BAD_ENCODING
