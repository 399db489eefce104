# SPDX-License-Identifier: EUPL-1.2
"""The list of device languages over HTTP, TCP and UDP, and which one an HTTP message is in.

A language that is added costs its file and its line here.
"""

from collections.abc import Mapping

from tarazy.supervision.gateway import (
    fixes,
    gt06,
    h02,
    meitrack,
    osmand,
    owntracks,
    queclink,
    teltonika,
    traccar,
    watch,
)
from tarazy.supervision.gateway.commands import CommandKind
from tarazy.supervision.gateway.interface import Language, Message
from tarazy.supervision.gateway.stream import StreamLanguage

LANGUAGES: tuple[Language, ...] = (owntracks, osmand, traccar, fixes)

BY_PATH: Mapping[str, Language] = {
    "/owntracks": owntracks,
    "/pub": owntracks,
    "/osmand": osmand,
    "/traccar": traccar,
    fixes.PATH: fixes,
}
"""`/pub` is where the recorder of OwnTracks listens, so that phones are configured for it."""

STREAM_LANGUAGES: tuple[StreamLanguage, ...] = (gt06, h02, meitrack, queclink, teltonika, watch)

STREAMS: Mapping[str, StreamLanguage] = {one.NAME: one for one in STREAM_LANGUAGES}

TITLES: Mapping[str, str] = {
    **{one.NAME: one.TITLE for one in LANGUAGES},
    **{one.NAME: one.TITLE for one in STREAM_LANGUAGES},
}
"""What a device can be enrolled as."""

COMMANDS: Mapping[str, frozenset[CommandKind]] = {
    **{one.NAME: one.COMMANDS for one in LANGUAGES},
    **{one.NAME: one.COMMANDS for one in STREAM_LANGUAGES},
}


def commands_of(kind: str) -> frozenset[CommandKind]:
    """What can be asked of a device that speaks this language."""
    return COMMANDS.get(kind, frozenset())


OSMAND_KEYS = frozenset({b"id", b"deviceid", b"lat", b"location", b"timestamp"})


def guess(message: Message) -> Language:
    """The language of a message to an address that does not name it.

    Content types are of no use: the clients set them wrongly. JSON begins with a bracket, only
    OwnTracks has a `_type` in it; a query form has fields of its own; an empty OwnTracks body none.
    """
    body = message.body.lstrip()
    if body[:1] in (b"{", b"["):
        return owntracks if body[:1] == b"[" or b'"_type"' in body else traccar
    form = b"&".join((message.query, body))
    names = {segment.partition(b"=")[0] for segment in form.split(b"&")}
    return osmand if names & OSMAND_KEYS else owntracks
