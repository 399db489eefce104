# SPDX-License-Identifier: EUPL-1.2
"""The past of some people for judging late places: out of the fix store, as it is known now.

The engine's state is derived from the fix store and is not kept for every moment. So some hours of
places before the first late one are heard again, until the state is certain whatever was before
them (`warmed`); where it is not, more of them, at last from the order's beginning.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection

from tarazy.supervision.engine import loading
from tarazy.supervision.judging.late import Past, Snapshot, unheard, warmed
from tarazy.supervision.judging.ledger import REOPEN
from tarazy.supervision.judging.subjects import Late, Seen, Subject
from tarazy.supervision.models import EngineCheckpoint
from tarazy.supervision.presence.constants import UNUSABLE_MARKS
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.motion import Track

BACK = (timedelta(hours=6), timedelta(hours=30), None)
"""How far back is heard; None is the order's beginning."""
PLACES_MAX = 200_000
"""A month of fixes each fifteen seconds: no order's past is longer in the database."""
CHANGES_MAX = 10_000

PLACES = """
SELECT one.number, fix.moment, fix.lat, fix.lon, fix.accuracy_m, fix.known_at
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[])
    WITH ORDINALITY AS one (person, court, since, number)
JOIN LATERAL (
    SELECT least(at, known_at) AS moment, lat, lon, accuracy_m, known_at, id
    FROM supervision_fix
    WHERE person_id = one.person AND order_id = one.court AND at >= one.since AND at >= %s
        AND lat IS NOT NULL AND NOT marks && %s AND (transaction, id) <= (%s, %s)
    ORDER BY 1, known_at, id
    LIMIT %s
) AS fix ON true
ORDER BY one.number, 2, fix.known_at, fix.id
"""


def with_changes(
    orders: Collection[int], since: datetime, now: datetime, listening_since: datetime | None
) -> list[Subject]:
    """Orders with all changes and alerts that judging again from a moment on may touch."""
    reach = loading.Reach(since - 2 * REOPEN, CHANGES_MAX)
    return loading.subjects(orders, now, listening_since, reach)


def pasts(asked: Sequence[tuple[Subject, Late]], read_to: EngineCheckpoint) -> dict[int, Past]:
    """By order: a snapshot before the first late place, and all places after it that were read."""
    found: dict[int, Past] = {}
    for back in BACK:
        left = [one for one in asked if one[0].order_id not in found]
        since = {subject.order_id: _since(subject, late, back) for subject, late in left}
        places = _places([subject for subject, _ in left], since, read_to)
        for subject, late in left:
            key = subject.order_id
            whole = since[key] <= subject.in_force.since
            past = _past(subject, late, places.get(key, []), whole=whole)
            if past is not None:
                found[key] = past
    return found


def _since(subject: Subject, late: Late, back: timedelta | None) -> datetime:
    begin = subject.in_force.since
    return begin if back is None else max(begin, late.since - back)


def _past(subject: Subject, late: Late, places: Sequence[Seen], *, whole: bool) -> Past | None:
    """None where these places do not tell what was before the late ones."""
    if whole:
        return Past(_blank(subject), places)
    before = [seen for seen in places if seen.sighting.at < late.since]
    snapshot = warmed(subject, before) if before else None
    if snapshot is None or not snapshot.serves(late.since):
        return None
    return Past(snapshot, places[len(before) :])


def _blank(subject: Subject) -> Snapshot:
    """Before anything was heard under the order."""
    states = {one.id: unheard(one) for one in subject.watched}
    return Snapshot(Track(), states, {one.id: 0 for one in subject.watched})


def _places(
    subjects: Sequence[Subject], since: Mapping[int, datetime], read_to: EngineCheckpoint
) -> dict[int, list[Seen]]:
    if not subjects:
        return {}
    begins = [since[one.order_id] for one in subjects]
    whose = [one.person_id for one in subjects], [one.order_id for one in subjects]
    limits = (min(begins), sorted(UNUSABLE_MARKS), read_to.transaction, read_to.fix_id, PLACES_MAX)
    found: dict[int, list[Seen]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(PLACES, [*whose, begins, *limits])
        for number, *place, known_at in cursor.fetchall():
            found[subjects[number - 1].order_id].append(Seen(Sighting(*place), known_at))
    return found
