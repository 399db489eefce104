# SPDX-License-Identifier: EUPL-1.2
"""`tarazy supervision …`: tools that need no database."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec
import typer

from tarazy.core import clock
from tarazy.core.errors import Misconfigured, Refused
from tarazy.supervision.cli_replay import replay_command, schema
from tarazy.supervision.gateway.interface import Mark, Report
from tarazy.supervision.gateway.languages import STREAMS
from tarazy.supervision.gateway.reading import read_json
from tarazy.supervision.gateway.stream import Session, StreamLanguage, frames_in
from tarazy.supervision.refusals import Refusal

LINE_BYTES_MAX = 1024 * 1024
DECIMALS = 7
"""A degree's seventh decimal is a centimetre; no device knows more."""

app = typer.Typer(no_args_is_help=True, help="Read what devices say; judge trails.")
app.command("replay")(replay_command)
app.command("schema")(schema)


@app.callback()
def begin() -> None:
    """Read what devices say; judge trails."""


class Line(msgspec.Struct, frozen=True):
    """One captured message: lines of one session came over one connection, in order."""

    hex: str
    session: str = ""


@app.command()
def decode(
    protocol: Annotated[str, typer.Argument(help=f"One of: {', '.join(STREAMS)}.")],
    source: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="JSON Lines; - is standard input.")
    ] = "-",
) -> None:
    """Print the fixes in captured messages of trackers.

    For each line {"session": "…", "hex": "…"} one JSON array of fixes, [] where it carries none,
    or {"refused": NAME}.
    """
    language = STREAMS.get(protocol)
    if language is None:
        raise Misconfigured(
            "PROTOCOL", f"{protocol!r} is unknown; give one of {', '.join(STREAMS)}"
        )
    with _opened(source) as lines:
        for answer in answers(language, _limited(lines)):
            sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")


def answers(language: StreamLanguage, lines: Iterable[bytes]) -> Iterator[object]:
    """The answer to each line, in their order."""
    sessions: dict[str, Session] = {}
    for text in lines:
        if not text.strip():
            continue
        try:
            line = read_json(Line, text)
            session = sessions.setdefault(line.session, Session())
            yield [_fix(report) for report in _placed(language, _bytes(line.hex), session)]
        except Refused as refused:
            yield {"refused": refused.name}


def _placed(language: StreamLanguage, data: bytes, session: Session) -> list[Report]:
    """The reports with a place. A refused part of a message does not take the others along."""
    reports: list[Report] = []
    refused: list[Refused] = []
    for frame in frames_in(language, data):
        try:
            told = language.decode(frame, session, clock.now())
        except Refused as refusal:
            refused.append(refusal)
        else:
            reports += told.reports
            refused += [Refused(name) for name in told.refused]
    placed = [report for report in reports if report.lat is not None]
    if refused and not placed:
        raise refused[0]
    return placed


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Refused(Refusal.BAD_FIELD, field="$.hex") from None


def _fix(report: Report) -> dict[str, Any]:
    return {
        "at": report.at and report.at.isoformat(timespec=_precision(report)).replace("+00:00", "Z"),
        "lat": _rounded(report.lat),
        "lon": _rounded(report.lon),
        "valid": Mark.INVALID_FIX not in report.marks,
        "speed_kmh": _rounded(report.speed_kmh),
        "course_deg": _rounded(report.course_deg),
        "altitude_m": _rounded(report.altitude_m),
        "accuracy_m": _rounded(report.accuracy_m),
        "battery_percent": _rounded(report.battery_percent),
        "alarms": report.alarms,
        "stored": report.stored,
    }


def _precision(report: Report) -> str:
    return "milliseconds" if report.at and report.at.microsecond else "seconds"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _opened(source: str) -> AbstractContextManager[BinaryIO]:
    if source == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise Misconfigured("FILE", f"{source!r} cannot be read: {error.strerror}") from None


def _limited(lines: BinaryIO) -> Iterator[bytes]:
    """Lines up to a length; a longer one comes cut, and is refused as unreadable."""
    while line := lines.readline(LINE_BYTES_MAX):
        yield line
        while len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
            line = lines.readline(LINE_BYTES_MAX)
