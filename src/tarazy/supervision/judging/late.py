# SPDX-License-Identifier: EUPL-1.2
"""Late places: what was believed of an interval is judged again with them, by the same code.

Places are put in the order in which they happened, and heard again from a snapshot before the first
late one, as if each had come at its own time. What was believed and is not any more is superseded;
what is new is known from now on. What did not change keeps the time at which it was first known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from tarazy.supervision.judging import facets
from tarazy.supervision.judging.seeing import presence, witnesses
from tarazy.supervision.judging.subjects import Seen, Subject, Watched, Wearer
from tarazy.supervision.presence.constants import ENTER, EXIT, FAR_M
from tarazy.supervision.presence.interface import Change, Presence, State
from tarazy.supervision.presence.kernel import expire, stale_after_s
from tarazy.supervision.presence.motion import Track
from tarazy.supervision.presence.passage import TRAIL
from tarazy.supervision.presence.thrown import NOTHING, Throws

STARTS = ((Presence.INSIDE, ENTER, FAR_M), (Presence.OUTSIDE, EXIT, 0.0))
"""The surest of both: inside, all that may come explained by a drift as well, and outside without
any. Whatever was before lies between."""
BLINK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the kernel had made of all places before some moment."""

    track: Track
    states: Mapping[int, State]
    told: Mapping[int, int]
    """How many changes of each condition are older than it."""

    def serves(self, moment: datetime) -> bool:
        """Whether nothing in it is later than a moment: neither a place nor the loss of one."""
        lost = [
            state.since
            for key, state in self.states.items()
            if state.presence is Presence.UNKNOWN and self.told[key]
        ]
        places = [] if self.track.end is None else [self.track.end]
        return all(one < moment for one in (*lost, *places))


@dataclass(frozen=True, slots=True)
class Past:
    """A snapshot, and every place since then that is known by now, in the order of what happened
    (of those at the same moment, the one that was known first)."""

    snapshot: Snapshot
    places: Sequence[Seen]


@dataclass(frozen=True, slots=True)
class Revised:
    """What is believed after hearing a past again."""

    wearer: Wearer
    states: Mapping[int, State]
    believed: Mapping[int, tuple[Change, ...]]
    altered_from: Mapping[int, datetime]
    """Conditions of which something else is believed now, and from when on."""
    added: Mapping[int, tuple[Change, ...]]
    superseded: Mapping[int, tuple[Change, ...]]


def unheard(watched: Watched) -> State:
    """The state of a condition before anything was heard about it."""
    return facets.unheard(watched.period)


def warmed(subject: Subject, places: Sequence[Seen]) -> Snapshot | None:
    """A snapshot after some places, without knowing what was before them.

    The kernel forgets: heard from the surest inside and from the surest outside, the same places
    lead to one state after a while. Where they have not, or where that is not the state which is
    believed, the answer is None: more places are needed.
    """
    if not places:
        return None
    end = places[0].sighting.at
    track, counted = _counted(Track(throws=subject.wearer.throws.before(end)), places)
    leap = track.throws and track.throws.leap
    if leap and leap.waiting:  # what they tell is not decided yet: before them it was
        return warmed(subject, [one for one in places if one.sighting.at < leap.waiting[0].at])
    end = track.end or end
    sure = [_heard_from(subject, counted, start) for start in STARTS]
    states, told = {}, {}
    for one in subject.watched:
        ways = [found[one.id] for found in sure]
        before = [change for change in one.changes if change.at <= end]
        if one.facet == "passage":
            before = _decided(one, ways[0])
        state = _certain(one, end, before, ways)
        if state is None:
            return None
        states[one.id], told[one.id] = state, len(before)
    return Snapshot(track, states, told)


def _counted(track: Track, places: Sequence[Seen]) -> tuple[Track, list[Seen]]:
    """Places that count, as if each had come at its own time; and the track after all of them."""
    found = list[Seen]()
    for seen in places:
        if track.end is None or seen.sighting.at > track.end:
            track = track.follow(seen.sighting)
            if track.believed is seen.sighting:
                found += witnesses(track, seen.sighting, seen.sighting.at)
    return track, found


def throws_of(places: Sequence[Seen]) -> Throws:
    """Where the device of some places, oldest first, was thrown."""
    return _counted(Track(throws=NOTHING), places)[0].throws or NOTHING


def _decided(watched: Watched, state: State) -> list[Change]:
    """The ways through that a state knows of: each is known one place after its end."""
    last = state.evidence[-1].at if state.evidence else watched.period.since
    over = (change.presence is Presence.UNKNOWN and change.at < last for change in watched.changes)
    return list(watched.changes[: max((n for n, one in enumerate(over, 1) if one), default=0)])


def _certain(
    watched: Watched, end: datetime, before: Sequence[Change], ways: Sequence[State]
) -> State | None:
    """The one state to which all ways lead, if it is also the one that is believed."""
    if watched.period.since > end:  # it has not begun: nothing was heard about it
        return unheard(watched)
    if watched.facet == "passage":  # it is never sure of a place, and turns at none
        since = before[-1].at if before else watched.period.since
        alike = all(way.evidence == ways[0].evidence for way in ways)
        whole = len(ways[0].evidence) == TRAIL
        return ways[0]._replace(since=since) if alike and whole else None
    if not before or ways[0].presence is not before[-1].presence:
        return None
    if any(way._replace(since=ways[0].since) != ways[0] for way in ways):
        return None
    return ways[0]._replace(since=before[-1].at)


def _heard_from(
    subject: Subject, places: Sequence[Seen], start: tuple[Presence, float, float]
) -> dict[int, State]:
    presence_then, log_odds, crept_m = start
    begun = places[0].sighting.at - BLINK
    unsure = State(presence_then, begun, begun, begun, begun, log_odds)
    watched = tuple(replace(one, state=unsure._replace(crept_m=crept_m)) for one in subject.watched)
    states, _ = presence([replace(subject, watched=watched)], {subject.order_id: places})
    return states


def hear_again(
    subject: Subject, past: Past, now: datetime, known_at: datetime | None = None
) -> Revised:
    """Where the person was up to now, as it is known; `known_at` where that is known later."""
    track, counted = _counted(past.snapshot.track, past.places)
    then = past.snapshot.states
    # As each place, what was before them is heard as if it had come at its own time.
    fresh = [
        replace(one, state=then[one.id]._replace(known_at=then[one.id].at))
        for one in subject.watched
    ]
    key = subject.order_id
    states, changes = presence([replace(subject, watched=tuple(fresh))], {key: counted})
    last_known = max((seen.known_at for seen in past.places), default=now)
    stale_s = stale_after_s(subject.report_interval_s)
    believed, altered, added, superseded = {}, {}, {}, {}
    for one in subject.watched:
        anew = states[one.id].at > then[one.id].at
        state = states[one.id]._replace(known_at=last_known if anew else then[one.id].known_at)
        states[one.id], lost = expire(state, stale_s, now)
        told = past.snapshot.told[one.id]
        kept, before = one.changes[:told], one.changes[told:]
        after, begin = _compared(before, [*changes[one.id], *lost], known_at or now)
        believed[one.id] = (*kept, *after)
        if begin is not None:
            altered[one.id] = begin
            added[one.id] = tuple(change for change in after if change not in before)
            superseded[one.id] = tuple(change for change in before if change not in after)
    wearer = replace(
        subject.wearer,
        place=track.believed,
        doubted=track.doubted,
        throws=track.throws or NOTHING,
        late=None,
    )
    return Revised(wearer, states, believed, altered, added, superseded)


def _compared(
    before: Sequence[Change], after: Sequence[Change], now: datetime
) -> tuple[tuple[Change, ...], datetime | None]:
    """What is believed now, and the moment from which on it is something else than before."""
    old = {(one.presence, one.at): one for one in before}
    merged = tuple(old.get((one.presence, one.at)) or replace(one, known_at=now) for one in after)
    for was, is_now in zip(before, merged, strict=False):
        if was is not is_now:
            return merged, min(was.at, is_now.at)
    rest = (*before[len(merged) :], *merged[len(before) :])
    return merged, min((one.at for one in rest), default=None)
