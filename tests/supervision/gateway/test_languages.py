# SPDX-License-Identifier: EUPL-1.2
"""The list of languages is whole, and a message is known by its shape."""

from pathlib import Path

import pytest

from tarazy.supervision import gateway
from tarazy.supervision.gateway.interface import Message
from tarazy.supervision.gateway.languages import BY_PATH, LANGUAGES, STREAMS, guess


def test_every_language_is_listed() -> None:
    folder = Path(gateway.__path__[0])
    files = {path.stem for path in folder.glob("*.py") if "\nNAME = " in path.read_text()}
    over_http = {language.NAME for language in LANGUAGES}
    assert over_http | set(STREAMS) == files
    assert {language.NAME for language in BY_PATH.values()} == over_http


@pytest.mark.parametrize(
    ("query", "body", "name"),
    [
        (b"", b'{"_type":"location"}', "owntracks"),
        (b"u=a&d=b", b' \n{"_type":"lwt"}', "owntracks"),
        (b"", b'[{"_type":"location"}]', "owntracks"),
        (b"u=a&d=b", b"", "owntracks"),
        (b"", b"", "owntracks"),
        (b"", b"what is this", "owntracks"),
        (b"", b'{"device_id":"a","location":{}}', "traccar"),
        (b"", b"{}", "traccar"),
        (b"id=a&lat=1&lon=2", b"", "osmand"),
        (b"", b"deviceid=a&batt=3", "osmand"),
        (b"lat=1&lon=2", b"", "osmand"),
    ],
)
def test_guess(query: bytes, body: bytes, name: str) -> None:
    assert guess(Message(query, body)) is BY_PATH[f"/{name}"]
