# SPDX-License-Identifier: EUPL-1.2
"""`tarazy supervision replay` and `schema`: judge trails out of files; the forms of these files."""

import sys
from codecs import BOM_UTF8
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec
import typer

from tarazy.core.collecting import not_collecting
from tarazy.core.errors import Misconfigured
from tarazy.supervision.judging.bonds import EPOCH
from tarazy.supervision.judging.subjects import SETTLE_MAX
from tarazy.supervision.judging.unseen import Asked, unseen
from tarazy.supervision.presence.kernel import stale_after_s
from tarazy.supervision.presence.timetable import Interval, clipped
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.replay import lines
from tarazy.supervision.replay.course import replay
from tarazy.supervision.replay.fixes import Fix, Line, RefusedLine, read_lines, readable, trail_of
from tarazy.supervision.replay.form import Order
from tarazy.supervision.replay.later import Later
from tarazy.supervision.replay.orders import outages_of, permits_of, read_orders, subject_of
from tarazy.supervision.replay.pairs import (
    Party,
    Protected,
    consents_of,
    pair_records,
    read_protected,
)
from tarazy.supervision.replay.terms import YEARS, intervals_of, stretches, unreadable

ORDER_BYTES_MAX = 512 * 1024 * 1024
STANDARD_INPUT = "-"


class Form(StrEnum):
    """What a schema is printed of."""

    ORDER = "order"
    PROTECTED = "protected"
    FIX = "fix"
    ALERT = "alert"
    RECORDS = "records"


FORMS: dict[Form, Any] = {
    Form.ORDER: Order,
    Form.PROTECTED: Protected,
    Form.FIX: Fix,
    Form.ALERT: lines.Alert,
    Form.RECORDS: lines.Record,
}


def schema(form: Annotated[Form, typer.Argument(help="Of which form.")]) -> None:
    """Print the JSON Schema of a form: an order, a line of fixes, an alert, all records."""
    found = msgspec.json.schema(FORMS[form])
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


def replay_command(  # noqa: PLR0913 - the options of a command are its arguments
    *,
    order: Annotated[Path, typer.Option(help="The order, JSON; or orders.json of `simulate`.")],
    fixes: Annotated[str, typer.Option(help="Its fixes, JSON Lines; - is standard input.")],
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="ORDER FIXES",
            help="Another order, or a protected person, with their fixes.",
        ),
    ] = None,
    theirs: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    person: Annotated[
        str | None, typer.Option(help="Only this one, of an --order file of many.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Judge what was known by then, ISO 8601 with its zone.")
    ] = None,
) -> None:
    """Judge trails without a database, by the same code as the engine.

    Prints JSON Lines, for each person: refused lines, alerts with every version, presence in each
    zone and the time in each state, stretches without monitoring, a summary. Then, for each pair
    that the orders name: alerts, and when the two were near or apart. The same files give the same
    bytes.
    """
    end = _moment(until)
    if len(also or []) != len(theirs or []):
        raise Misconfigured("--with", "give it an order and its fixes: --with ORDER FIXES")
    sources = [(str(order), fixes), *zip(also or [], theirs or [], strict=True)]
    twice = [path for path, count in Counter(path for path, _ in sources).items() if count > 1]
    if twice:
        raise Misconfigured("--with", f"{twice[0]!r} is given twice")
    if [path for source in sources for path in source].count(STANDARD_INPUT) > 1:
        raise Misconfigured("--fixes", "standard input is read once: give it for one file")
    parties: list[Party] = []
    with not_collecting():
        for n, (order_path, fixes_path) in enumerate(sources):
            chosen = None if n else person
            for record in records(order_path, fixes_path, chosen, end, parties):
                sys.stdout.buffer.write(msgspec.json.encode(record) + b"\n")
        for record in pair_records(parties, end):
            sys.stdout.buffer.write(msgspec.json.encode(record) + b"\n")


def records(
    order_path: str,
    fixes_path: str,
    person: str | None,
    end: datetime | None,
    parties: list[Party],
) -> Iterator[lines.Record]:
    """All that is printed of one order with its fixes; who may be one of a pair is added to
    `parties`. Raises Refused, Misconfigured."""
    with _opened(order_path) as file:
        text = file.read(ORDER_BYTES_MAX).removeprefix(BOM_UTF8)
    guarded = read_protected(text)
    if guarded is not None:
        _once([(guarded.protected, None)], parties)
        yield from _protected(guarded, fixes_path, end, parties)
        return
    orders = read_orders(text, person)
    subjects = [(subject_of(one, n), outages_of(one)) for n, one in enumerate(orders)]
    periods = [subject.in_force for subject, _ in subjects]
    _once(list(zip([one.person for one in orders], periods, strict=True)), parties)
    with _opened(fixes_path) as file:
        told = _Told(readable(read_lines(file)))
    for one, (subject, outages) in zip(orders, subjects, strict=True):
        own = told.of(one.person, broken=one is orders[0])
        trail = trail_of(own, one.person, subject.in_force)
        last = max((arrival.known_at for arrival in trail.arrivals), default=subject.in_force.since)
        until = end or last + SETTLE_MAX
        later = Later(permits_of(one), intervals_of(one.asked_intervals))
        done = replay(subject, trail.arrivals, until, outages, later)
        known = [arrival for arrival in trail.arrivals if arrival.known_at <= until]
        watched = Interval(
            subject.monitored_since or subject.in_force.since, min(until, subject.in_force.until)
        )
        asked = [
            Asked(timedelta(seconds=stale_after_s(seconds)), end)
            for seconds, end in stretches(one.report_interval_s, later.asked, until)
        ]
        gaps = unseen(known, watched, asked, outages) if watched.since < watched.until else []
        yield from lines.refused(one.person, trail.refused)
        yield from lines.alerts(one.person, subject, done.turns)
        yield from lines.stays(one.person, done.subject, until)
        yield from lines.times(one.person, done.subject, until)
        yield from lines.unmonitored(one.person, gaps)
        again = done.judgements_again
        yield lines.summary(one.person, trail, until, again, readable=told.readable)
        interval_s = float(one.report_interval_s)
        parties.append(Party(one.person, interval_s, trail.arrivals, one, subject, outages))


def _protected(
    told: Protected, fixes_path: str, end: datetime | None, parties: list[Party]
) -> Iterator[lines.Record]:
    """Of a protected person only what was refused, and how much was used."""
    consents = consents_of(told)
    with _opened(fixes_path) as file:
        read = _Told(readable(read_lines(file)))
    own = read.of(told.protected, broken=True)
    trail = trail_of(own, told.protected, consents, Refusal.NO_CONSENT)
    yield from lines.refused(told.protected, trail.refused)
    begin = min((one.since for one in consents.times), default=EPOCH)
    last = max((one.known_at for one in trail.arrivals), default=begin)
    until = end or last + SETTLE_MAX
    yield lines.summary(told.protected, trail, until, 0, readable=read.readable)
    interval_s = float(told.report_interval_s)
    parties.append(Party(told.protected, interval_s, trail.arrivals, None, None, (), consents))


def _once(told: Sequence[tuple[str, Interval | None]], parties: Sequence[Party]) -> None:
    """Raises Refused where somebody is given a second time, for the same time."""
    given = defaultdict[str, list[Interval | None]](list)
    for one in parties:
        given[one.name].append(one.subject.in_force if one.subject else None)
    for name, in_force in told:
        for other in given[name]:
            if not (other and in_force) or clipped([other], in_force):
                raise unreadable("$", f"{name!r} is given twice")
        given[name].append(in_force)


class _Told:
    """The lines of a file, by the person whom they name."""

    def __init__(self, read: Sequence[Line | RefusedLine]) -> None:
        self._broken = [line for line in read if isinstance(line, RefusedLine)]
        self._lines = defaultdict[str | None, list[Line]](list)
        for line in read:
            if isinstance(line, Line):
                self._lines[line.fix.person].append(line)
        self.readable = len(read) - len(self._broken)

    def of(self, person: str, *, broken: bool) -> list[Line | RefusedLine]:
        """Those that name a person, or nobody. An unreadable line belongs to nobody: it is told
        once, with the first of many."""
        own = [*self._lines.get(None, ()), *self._lines.get(person, ())]
        return [*(self._broken if broken else ()), *own]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None and YEARS[0] <= found.year <= YEARS[1]:
            return found.astimezone(UTC)
    except ValueError:
        pass
    years = f"from {YEARS[0]} to {YEARS[1]}"
    raise Misconfigured("--until", f"{text!r} is no time {years} such as 2026-03-01T12:00:00Z")


def _opened(source: str) -> AbstractContextManager[BinaryIO]:
    if source == STANDARD_INPUT:
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(source).open("rb")
    except OSError as error:
        raise Misconfigured("FILE", f"{source!r} cannot be read: {error.strerror}") from None
