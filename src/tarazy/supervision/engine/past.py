# SPDX-License-Identifier: EUPL-1.2
"""The past of some people for judging late places: out of the fix store, as it is known now.

The engine's state is derived from the fix store and is not kept for every moment. So some hours of
places before the first late one are heard again, until the state is certain whatever was before
them (`warmed`); where it is not, more of them, at last from the order's beginning.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tarazy.supervision.engine import loading
from tarazy.supervision.engine.batch import POSTGRES_EPOCH, FixBatch, columns, stated
from tarazy.supervision.judging.late import Past, Snapshot, unheard, warmed
from tarazy.supervision.judging.ledger import REOPEN
from tarazy.supervision.judging.subjects import Seen, Subject
from tarazy.supervision.presence.constants import UNUSABLE_MARKS
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.kernel import moment
from tarazy.supervision.presence.motion import Track
from tarazy.supervision.presence.thrown import NOTHING

BACK = (timedelta(hours=6), timedelta(hours=30), None)
"""How far back is heard; None is the order's beginning."""
PLACES_MAX = 200_000
"""A month of fixes each fifteen seconds: no order's past is longer in the database."""

CHANGES_MAX = 10_000

PLACES = """
SELECT one.number, least(fix.at, fix.known_at), fix.known_at, fix.lat, fix.lon,
    coalesce(fix.accuracy_m, 'NaN')
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
    WITH ORDINALITY AS one (person, court, since, known, number)
JOIN LATERAL (
    SELECT * FROM supervision_fix
    WHERE person_id = one.person AND order_id = one.court AND at >= one.since AND at >= %s
        AND known_at <= one.known AND lat IS NOT NULL AND NOT marks && %s
        AND (transaction, id) <= (%s, %s)
    ORDER BY at, known_at, id LIMIT %s
) AS fix ON true
ORDER BY one.number, 2, fix.known_at, fix.id
"""
ROW = (
    *(("number", "bigint"), ("at", "moment"), ("known", "moment")),
    *(("lat", "double"), ("lon", "double"), ("accuracy_m", "real")),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose past: as it was known at a moment."""

    subject: Subject
    """With all changes that late places may touch."""
    moment: datetime

    @property
    def late(self) -> datetime:
        """When the first late place was."""
        late = self.subject.wearer.late
        return self.moment if late is None else late.since


def with_changes(
    orders: Collection[int], since: datetime, now: datetime, listening_since: datetime | None
) -> list[Subject]:
    """Orders with all changes and alerts that judging again from a moment on may touch."""
    return loading.subjects(orders, now, listening_since, reach(since))


def reach(since: datetime) -> loading.Reach:
    """How far back judging again from a moment on may touch anything."""
    return loading.Reach(since - 2 * REOPEN, CHANGES_MAX)


def pasts(asked: Sequence[Asked], read_to: FixBatch) -> dict[int, Past]:
    """For each order a snapshot before the first late place, and all places after it."""
    found, heard = dict[int, Past](), dict[int, int]()
    for back in BACK:
        left = [one for one in asked if one.subject.order_id not in found]
        since = {one.subject.order_id: _since(one, back) for one in left}
        places = _places(left, since, read_to)
        for one in left:
            key, begin = one.subject.order_id, one.subject.in_force.since
            told, whole = places.get(key, []), since[key] <= begin
            if not whole and len(told) == heard.get(key):
                continue  # nothing is older than what was not enough
            heard[key] = len(told)
            past = _past(one, told, whole=whole)
            if past is not None:
                found[key] = past
    return found


def places(asked: Asked, since: datetime, read_to: FixBatch) -> list[Seen]:
    """All places of an order from a moment on, up to the one that is asked about."""
    key = asked.subject.order_id
    found = _places([asked], {key: max(since, asked.subject.in_force.since)}, read_to)
    return [seen for seen in found.get(key, []) if seen.sighting.at < asked.moment]


def _since(asked: Asked, back: timedelta | None) -> datetime:
    begin = asked.subject.in_force.since
    return begin if back is None else max(begin, asked.late - back)


def _past(asked: Asked, places: Sequence[Seen], *, whole: bool) -> Past | None:
    """None where these places do not tell what was before the late ones."""
    subject = asked.subject
    if whole:
        states = {one.id: unheard(one) for one in subject.watched}
        return Past(
            Snapshot(Track(throws=NOTHING), states, {one.id: 0 for one in subject.watched}), places
        )
    before = [seen for seen in places if seen.sighting.at < asked.late]
    snapshot = warmed(subject, before) if before else None
    if snapshot is None or not snapshot.serves(asked.late):
        return None
    end = snapshot.track.end
    return Past(snapshot, [seen for seen in places if end is None or seen.sighting.at > end])


def _places(
    asked: Sequence[Asked], since: Mapping[int, datetime], read_to: FixBatch
) -> dict[int, list[Seen]]:
    if not asked:
        return {}
    begins = [since[one.subject.order_id] for one in asked]
    people = [one.subject.person_id for one in asked]
    orders = [one.subject.order_id for one in asked]
    known = [one.moment for one in asked]
    limits = (min(begins), sorted(UNUSABLE_MARKS), read_to.transaction, read_to.fix_id, PLACES_MAX)
    rows = columns(PLACES, [people, orders, begins, known, *limits], ROW)
    numbers = rows["number"]
    times = [rows[name] + POSTGRES_EPOCH for name in ("at", "known")]
    accuracies = stated(rows["accuracy_m"])
    told = zip(
        *(numbers.tolist(), *(one.tolist() for one in times)),
        *(rows[name].tolist() for name in ("lat", "lon")),
        *(accuracies.tolist(), np.isnan(accuracies).tolist()),
        strict=True,
    )
    found: dict[int, list[Seen]] = {}
    for number, at, known_at, lat, lon, accuracy, unstated in told:
        place = Sighting(moment(at), lat, lon, None if unstated else accuracy)
        found.setdefault(orders[number - 1], []).append(Seen(place, moment(known_at)))
    return found
