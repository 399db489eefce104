# SPDX-License-Identifier: EUPL-1.2
"""The door of judging, for the engine and for the replay alike.

judge      what arrived in a span: places, presence, rules, turns of alerts
rejudge    late places of one subject, with its past: the same, from before the first of them
carried    the subject as it goes into the next span
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from tarazy.supervision.judging.late import Past, hear_again
from tarazy.supervision.judging.seeing import hear
from tarazy.supervision.judging.subjects import Arrival, Judged, Subject
from tarazy.supervision.judging.walk import Heard, Span, walk


def judge(
    subjects: Sequence[Subject], arrivals: Mapping[int, Sequence[Arrival]], span: Span
) -> list[Judged]:
    """Judge a span; `arrivals` by the order's key, in the order in which they became known."""
    heard = hear(subjects, arrivals)
    return [walk(subject, heard[subject.order_id], span) for subject in subjects]


def rejudge(subject: Subject, past: Past, span: Span) -> Judged:
    """Take in late places at the beginning of a span in which nothing else arrives."""
    revised = hear_again(subject, past, min(span.since, subject.in_force.until), span.since)
    watched = tuple(
        replace(one, state=revised.states[one.id], changes=revised.believed[one.id])
        for one in subject.watched
    )
    again = replace(subject, wearer=revised.wearer, watched=watched)
    heard = Heard(revised.wearer, (), revised.states, {})
    judged = walk(again, heard, span, revised.altered_from)
    added = {one.id: (*revised.added.get(one.id, ()), *judged.changes[one.id]) for one in watched}
    return replace(judged, subject=subject, changes=added, superseded=revised.superseded)


def carried(judged: Judged) -> Subject:
    """The subject after it was judged."""
    subject = judged.subject
    watched = tuple(
        replace(one, state=judged.states[one.id], changes=judged.believed[one.id])
        for one in subject.watched
    )
    wearer = judged.wearer or subject.wearer
    return replace(subject, wearer=wearer, watched=watched, episodes=judged.episodes)
