# SPDX-License-Identifier: EUPL-1.2
"""The past of a person for judging late places: out of the fix store, as it is known now.

The engine's state is derived from the fix store and is not kept for every moment. So some hours of
places before the first late one are heard again, until the state is certain whatever was before
them (`warmed`); where it is not, more of them, at last from the order's beginning.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tarazy.supervision.engine import loading
from tarazy.supervision.judging.late import Past, Snapshot, unheard, warmed
from tarazy.supervision.judging.ledger import REOPEN
from tarazy.supervision.judging.subjects import Late, Seen, Subject
from tarazy.supervision.models import EngineCheckpoint
from tarazy.supervision.presence.constants import UNUSABLE_MARKS
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.motion import Track

BACK = (timedelta(hours=6), timedelta(hours=30))
PLACES_MAX = 200_000
"""A month of fixes each fifteen seconds: no order's past is longer in the database."""
CHANGES_MAX = 10_000

PLACES = """
SELECT least(at, known_at), lat, lon, accuracy_m, known_at
FROM supervision_fix
WHERE person_id = %s AND order_id = %s AND at >= %s AND lat IS NOT NULL
    AND NOT marks && %s AND (transaction, id) <= (%s, %s)
ORDER BY 1, known_at, id
LIMIT %s
"""


def with_changes(
    order_id: int, since: datetime, now: datetime, listening_since: datetime | None
) -> Subject:
    """An order with all changes and alerts that judging again from a moment on may touch."""
    reach = loading.Reach(since - 2 * REOPEN, CHANGES_MAX)
    (found,) = loading.subjects([order_id], now, listening_since, reach)
    return found


def past_of(subject: Subject, late: Late, read_to: EngineCheckpoint) -> Past:
    """A snapshot before the first late place, and all places after it that have been read."""
    begin = subject.in_force.since
    for back in BACK:
        since = late.since - back
        if since <= begin:
            break
        places = _places(subject, since, read_to)
        before = [seen for seen in places if seen.sighting.at < late.since]
        snapshot = warmed(subject, before) if before else None
        if snapshot is not None and snapshot.serves(late.since):
            return Past(snapshot, places[len(before) :])
    return Past(_blank(subject), _places(subject, begin, read_to))


def _blank(subject: Subject) -> Snapshot:
    """Before anything was heard under the order."""
    states = {one.id: unheard(one) for one in subject.watched}
    return Snapshot(Track(), states, {one.id: 0 for one in subject.watched})


def _places(subject: Subject, since: datetime, read_to: EngineCheckpoint) -> list[Seen]:
    whose = (subject.person_id, subject.order_id, since, sorted(UNUSABLE_MARKS))
    with connection.cursor() as cursor:
        cursor.execute(PLACES, [*whose, read_to.transaction, read_to.fix_id, PLACES_MAX])
        rows: list[Any] = cursor.fetchall()
    return [Seen(Sighting(*row[:4]), row[4]) for row in rows]
