# SPDX-License-Identifier: EUPL-1.2
"""Permitted absences: what they let rest, and judging again where one was granted late.

An absence is granted with its reason, its evidence, and by somebody. It lets curfews and zones to
stay in rest; a zone to keep out of never rests. One that is granted after it has begun judges its
time again: alerts of it are withdrawn with that reason, as new versions. One that is withdrawn ends
at that moment: what was permitted until then stays so, and is no breach afterwards.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from tarazy.core.catalogue import said
from tarazy.supervision.judging.facets import resting
from tarazy.supervision.judging.subjects import Judged, Subject
from tarazy.supervision.judging.walk import Heard, Span, walk
from tarazy.supervision.presence.timetable import Interval, merged, without

PERMITTED = said("Withdrawn: an absence was permitted for that time.")


class Permit(NamedTuple):
    """A permitted absence, and when its grant and its end became known."""

    whole: Interval
    granted_at: datetime | None = None
    """None: from the beginning."""
    withdrawn_at: datetime | None = None


def permitted_at(permits: Iterable[Permit], known_at: datetime | None) -> tuple[Interval, ...]:
    """What is permitted, by what is known at a moment (None: at the beginning), in order."""
    found = []
    for one in permits:
        if one.granted_at is not None and (known_at is None or one.granted_at > known_at):
            continue
        until = one.whole.until
        if one.withdrawn_at is not None and known_at is not None and one.withdrawn_at <= known_at:
            until = min(until, one.withdrawn_at)
        if one.whole.since < until:
            found.append(Interval(one.whole.since, until))
    return tuple(merged(found))


def moments(permits: Iterable[Permit]) -> list[datetime]:
    """When something becomes known, in order."""
    times = (at for one in permits for at in (one.granted_at, one.withdrawn_at))
    return sorted({at for at in times if at is not None})


def permit(subject: Subject, permitted: Sequence[Interval], span: Span) -> Judged:
    """Judge again, at the beginning of a span, all that other permissions than before concern.

    The subject has its changes and alerts from the first moment on at which they differ.
    """
    watched = tuple(resting(one, permitted) for one in subject.watched)
    altered_from = {}
    for before, after in zip(subject.watched, watched, strict=True):
        since = differ_from(before.permitted, after.permitted)
        if since is not None and since < span.since:
            altered_from[before.id] = max(since, before.period.since)
    again = replace(subject, watched=watched)
    heard = Heard(subject.wearer, (), {one.id: one.state for one in watched}, {})
    return walk(again, heard, span, altered_from, PERMITTED)


def differ_from(before: Sequence[Interval], after: Sequence[Interval]) -> datetime | None:
    """The first moment that is permitted in one of two lists alone."""
    parts = (*without(before, after), *without(after, before))
    return min((one.since for one in parts), default=None)
