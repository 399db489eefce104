# SPDX-License-Identifier: EUPL-1.2
"""Tokens, their digests, and the header in which they come."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision.gateway.credentials import (
    TOKEN_LENGTH,
    address_of,
    digest_of,
    new_token,
    token_in_header,
)


def test_tokens_are_random_and_long() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {TOKEN_LENGTH}


def test_the_digest_depends_on_token_and_key() -> None:
    digests = {digest_of(token, key) for token in ("a", "b", "", "\ud800") for key in ("k", "l")}
    assert len(digests) == 8
    assert digest_of("a", "k") == digest_of("a", "k")
    assert {len(digest) for digest in digests} == {32}


@pytest.mark.parametrize("language", ["gt06", "mqtt"])
def test_no_token_is_made_of_an_id(language: str) -> None:
    said = f"\0{language}\0860000000000017"
    assert digest_of(said, "k") != address_of(language, "860000000000017", "k")
    assert digest_of(said, "k") == digest_of("", "k")


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (b"Bearer abc", "abc"),
        (b"bearer  abc ", "abc"),
        (b"Basic " + base64.b64encode(b"phone:abc"), "abc"),
        (b"basic " + base64.b64encode(b":abc:d"), "abc:d"),
        (b"Basic " + base64.b64encode(b"no colon"), ""),
        (b"Basic !!!", ""),
        (b"Basic", ""),
        (b"Digest username=x", ""),
        (b"", ""),
    ],
)
def test_token_in_header(header: bytes, token: str) -> None:
    assert token_in_header(header) == token


@given(st.binary(max_size=60))
def test_no_header_breaks_it(header: bytes) -> None:
    assert isinstance(token_in_header(b"Basic " + header), str)
    assert isinstance(token_in_header(header), str)
