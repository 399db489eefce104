# SPDX-License-Identifier: EUPL-1.2
"""The two doors: `@action` for every verb that changes state, `@look` for every protected read.

The outermost door opens the transaction, and appends the audit lines of all doors that it went
through as the transaction's last statement. A refusal rolls everything back and is written in a
transaction of its own. Machine steps that only keep derived state use `together`, which leaves no
line itself but carries the lines of the doors inside it.
"""

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Concatenate, Literal, ParamSpec, Protocol, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

from tarazy.core import clock
from tarazy.core.access import POLICY, Actor, Reach
from tarazy.core.audit import log
from tarazy.core.audit.entry import Line
from tarazy.core.errors import Refused, Temporary
from tarazy.core.models import OutboxEvent
from tarazy.core.refusals import Refusal

P = ParamSpec("P")
R = TypeVar("R")
Kind = Literal["action", "look"]

LIVE_CHANNEL = "tarazy_live"
DONE = "done"


@dataclass(slots=True)
class _Passage:
    """The outermost transaction under way: the lines so far, and the last refusal in it."""

    lines: list[Line] = field(default_factory=list)
    refused: Refused | None = None

    def refuse(self, refused: Refused, line: Line, since: int) -> None:
        """Undo the lines of a door that began at `since`, but for what was refused.

        The line is that of the innermost door; an outer one does not add its own.
        """
        self.lines[since:] = [one for one in self.lines[since:] if one.outcome != DONE]
        if self.refused is not refused:
            self.refused = refused
            self.lines.append(line)


_passage: ContextVar[_Passage | None] = ContextVar("passage", default=None)


@dataclass(slots=True)
class Door:
    """What a function behind a door knows of the one who came through it."""

    actor: Actor
    verb: str
    reaches: tuple[Reach, ...]
    subject: str = ""
    basis: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    before: list[Line] = field(default_factory=list)
    """Lines of the records that the act was about before this one."""

    def next_record(self) -> None:
        """Where an act is about many records each has a line: say before each which is next."""
        if self.subject:
            self.before.append(self.line("action", DONE))
        self.subject, self.basis, self.details = "", None, {}

    def permit(self, record: object, subject: str, *, basis: str | None = None) -> None:
        """Refuse unless one of the actor's object rules covers this record.

        `subject` is the record's public id, `basis` that of the order or consent that allows
        the look.
        """
        self.subject = subject
        self.basis = basis
        if not any(reach.covers(self.actor, record) for reach in self.reaches):
            raise Refused(Refusal.NOT_PERMITTED)

    def keep(self, **details: str) -> None:
        """Facts for the audit line; only salted commitments of them enter the log itself."""
        self.details.update(details)

    def emit(self, event: str, **payload: str) -> None:
        """An event for other rooms, delivered after the commit; `payload` holds public ids only."""
        OutboxEvent.objects.create(name=event, payload=payload, at=clock.now())

    def announce(self, **payload: str) -> None:
        """Wake the open pages after the commit; `payload` holds ids only."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [LIVE_CHANNEL, json.dumps(payload)])

    def line(self, kind: Kind, outcome: str) -> Line:
        """This door's audit line as it stands now."""
        purpose = self.actor.purpose
        return Line(
            verb=self.verb,
            kind=kind,
            outcome=outcome,
            actor=self.actor.id,
            roles=tuple(sorted(self.actor.roles)),
            purpose=purpose.value if purpose else None,
            basis=self.basis,
            subject=self.subject,
            details=dict(self.details),
        )


@dataclass(frozen=True, slots=True)
class Verb:
    """A registered door, for the catalogue and the tests of the house."""

    name: str
    kind: Kind
    personal: bool
    sentence: str


VERBS: dict[str, Verb] = {}


class Decorator(Protocol):
    """Turns a function that takes a Door into one that takes an Actor."""

    def __call__(
        self, function: Callable[Concatenate[Door, P], R], /
    ) -> Callable[Concatenate[Actor, P], R]: ...


def action(verb: str) -> Decorator:
    """Put a function that changes state behind the door.

    The function takes a `Door`; its callers pass an `Actor`. A function whose verb has an object
    rule in the policy must call `door.permit` on the record that it loaded.
    Raises Refused, Temporary.
    """
    return _door(verb, "action", personal=False)


def look(verb: str, *, personal: bool = True) -> Decorator:
    """Put a protected read behind the door.

    It needs a purpose; a `personal` look also a legal basis, named with `door.permit(…, basis=…)`.
    Raises Refused, Temporary.
    """
    return _door(verb, "look", personal=personal)


def _door(verb: str, kind: Kind, *, personal: bool) -> Decorator:
    def decorate(function: Callable[Concatenate[Door, P], R]) -> Callable[Concatenate[Actor, P], R]:
        if verb in VERBS:
            raise ValueError(f"two doors for one verb: {verb}")
        sentence = (function.__doc__ or "").strip().partition("\n")[0]
        VERBS[verb] = Verb(verb, kind, personal, sentence)

        @functools.wraps(function)
        def enter(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            door = Door(actor, verb, POLICY.reaches(actor, verb))
            # An outer door may bear the refusal of an inner one, whose work is undone all the same.
            own_work = nullcontext() if _passage.get() is None else transaction.atomic()
            with together() as passage:
                since = len(passage.lines)
                try:
                    with own_work:
                        _check_entry(door, kind)
                        result = function(door, *args, **kwargs)
                        _check_exit(door, needs_basis=kind == "look" and personal)
                except Refused as refused:
                    passage.refuse(refused, door.line(kind, f"refused:{refused.name}"), since)
                    raise
                passage.lines += [*door.before, door.line(kind, DONE)]
            return result

        return enter

    return decorate


def _check_entry(door: Door, kind: Kind) -> None:
    if not door.reaches:
        raise Refused(Refusal.NOT_PERMITTED)
    if kind == "look" and door.actor.purpose is None:
        raise Refused(Refusal.PURPOSE_MISSING)


def _check_exit(door: Door, *, needs_basis: bool) -> None:
    if needs_basis and door.basis is None:
        raise Refused(Refusal.BASIS_MISSING)


@contextmanager
def together() -> Iterator[_Passage]:
    """One transaction for all doors inside; the outermost one appends the audit lines.

    Raises Temporary where the database is away.
    """
    outer = _passage.get()
    if outer is not None:
        yield outer
        return
    passage = _Passage()
    token = _passage.set(passage)
    try:
        try:
            with transaction.atomic():
                yield passage
                if passage.lines:
                    log.append(passage.lines, clock.now())
        except Refused:
            refused = [line for line in passage.lines if line.outcome != DONE]
            if refused:
                with transaction.atomic():
                    log.append(refused, clock.now())
            raise
    except (OperationalError, InterfaceError) as error:
        raise Temporary("the database is away") from error
    finally:
        _passage.reset(token)
