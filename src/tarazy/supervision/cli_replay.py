# SPDX-License-Identifier: EUPL-1.2
"""`tarazy supervision replay` and `schema`: judge trails out of files; the forms of these files."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec
import typer

from tarazy.core.errors import Misconfigured
from tarazy.supervision.judging.subjects import SETTLE_MAX
from tarazy.supervision.judging.unseen import unseen
from tarazy.supervision.presence.kernel import stale_after_s
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.replay import lines
from tarazy.supervision.replay.course import replay
from tarazy.supervision.replay.fixes import Fix, Line, RefusedLine, read_lines, trail_of
from tarazy.supervision.replay.form import Order
from tarazy.supervision.replay.later import Later
from tarazy.supervision.replay.orders import outages_of, permits_of, read_orders, subject_of

ORDER_BYTES_MAX = 512 * 1024 * 1024


class Form(StrEnum):
    """What a schema is printed of."""

    ORDER = "order"
    FIX = "fix"
    ALERT = "alert"
    RECORDS = "records"


FORMS: dict[Form, Any] = {
    Form.ORDER: Order,
    Form.FIX: Fix,
    Form.ALERT: lines.Alert,
    Form.RECORDS: lines.Record,
}


def schema(form: Annotated[Form, typer.Argument(help="Of which form.")]) -> None:
    """Print the JSON Schema of an order, of a line of fixes, of an alert, or of all records."""
    found = msgspec.json.schema(FORMS[form])
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


def replay_command(  # noqa: PLR0913 - the options of a command are its arguments
    *,
    order: Annotated[Path, typer.Option(help="The order, JSON; or orders.json of `simulate`.")],
    fixes: Annotated[str, typer.Option(help="Its fixes, JSON Lines; - is standard input.")],
    also: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="ORDER FIXES", help="Another order with its fixes."),
    ] = None,
    theirs: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    person: Annotated[
        str | None, typer.Option(help="Only this one of an order file of many.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Judge what was known by then, ISO 8601 with its zone.")
    ] = None,
) -> None:
    """Judge trails without a database, by the same code as the engine.

    Prints JSON Lines, for each person: refused lines, alerts with every version, presence in each
    zone and the time in each state, stretches without monitoring, a summary. The same files give
    the same bytes.
    """
    end = _moment(until)
    if len(also or []) != len(theirs or []):
        raise Misconfigured("--with", "give it an order and its fixes: --with ORDER FIXES")
    sources = [(str(order), fixes), *zip(also or [], theirs or [], strict=True)]
    for order_path, fixes_path in sources:
        for record in records(order_path, fixes_path, person, end):
            sys.stdout.buffer.write(msgspec.json.encode(record) + b"\n")


def records(
    order_path: str, fixes_path: str, person: str | None, end: datetime | None
) -> Iterator[lines.Record]:
    """All that is printed of one pair of files. Raises Refused, Misconfigured."""
    with _opened(order_path) as file:
        orders = read_orders(file.read(ORDER_BYTES_MAX), person)
    subjects = [(subject_of(one, n), outages_of(one)) for n, one in enumerate(orders)]
    with _opened(fixes_path) as file:
        read = list(read_lines(file))
    for one, (subject, outages) in zip(orders, subjects, strict=True):
        own = _lines_of(read, one, orders)
        trail = trail_of(own, one.person, subject.in_force)
        last = max((arrival.known_at for arrival in trail.arrivals), default=subject.in_force.since)
        until = end or last + SETTLE_MAX
        later = Later(permits_of(one), one.asked_intervals)
        done = replay(subject, trail.arrivals, until, outages, later)
        known = [arrival for arrival in trail.arrivals if arrival.known_at <= until]
        watched = Interval(
            subject.monitored_since or subject.in_force.since, min(until, subject.in_force.until)
        )
        longest = timedelta(seconds=stale_after_s(subject.report_interval_s))
        gaps = unseen(known, watched, longest, outages) if watched.since < watched.until else []
        yield from lines.refused(one.person, trail.refused)
        yield from lines.alerts(one.person, subject, done.turns)
        yield from lines.stays(one.person, done.subject, until)
        yield from lines.times(one.person, done.subject, until)
        yield from lines.unmonitored(one.person, gaps)
        yield lines.summary(one.person, trail, until, done.judgements_again)


def _lines_of(
    read: list[Line | RefusedLine], order: Order, orders: list[Order]
) -> list[Line | RefusedLine]:
    """An unreadable line belongs to nobody: it is told once, with the first of many."""
    first = order is orders[0]
    return [
        line
        for line in read
        if (line.fix.person in (None, order.person) if isinstance(line, Line) else first)
    ]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Misconfigured("--until", f"{text!r} is no time such as 2026-03-01T12:00:00Z")


def _opened(source: str) -> AbstractContextManager[BinaryIO]:
    if source == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise Misconfigured("FILE", f"{source!r} cannot be read: {error.strerror}") from None
