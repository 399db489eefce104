# SPDX-License-Identifier: EUPL-1.2
"""People as the last step left them, so that the next one need not read them from the database.

Only whom a step left with nothing new but a report: no change of presence, no turn of an alert, no
late places judged. Everybody else is read anew. What is kept serves while the order's sign is the
one that it was read with (loading.py). Alerts, which people change, check-ins and the intervals
that devices were asked to keep are read in every step. A test holds what is kept against what would
be read.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tarazy.supervision.engine import loading, terms
from tarazy.supervision.engine.loading import Read
from tarazy.supervision.judging.judge import carried
from tarazy.supervision.judging.subjects import Judged, Subject
from tarazy.supervision.models import WearerState

YOUNG = timedelta(hours=72)
"""Places that are older are not kept here: some day they may be kept nowhere (retention.py)."""


@dataclass(frozen=True, slots=True)
class _Kept:
    read: Read
    sign: str
    listening_since: datetime | None
    oldest: datetime | None
    """The time of the oldest place in it."""


@dataclass(slots=True)
class Memory:
    """By the order's key. Of a person's orders one at most, for they share a row."""

    kept: dict[int, _Kept] = field(default_factory=dict)
    order_of: dict[int, int] = field(default_factory=dict)
    taken: dict[int, Read] = field(default_factory=dict)
    """Whom the step under way has read, or found here."""
    found: frozenset[int] = frozenset()
    """Whom it has found here."""

    def take(
        self,
        keys: Collection[int],
        signs: Mapping[int, str],
        now: datetime,
        listening_since: datetime | None,
    ) -> list[Subject]:
        """The orders with everything that judging them needs, in the order of their keys."""
        found = [
            kept.read
            for key in keys
            if (kept := self.kept.get(key)) is not None
            and kept.sign == signs.get(key)
            and kept.listening_since == listening_since
            and (kept.oldest is None or kept.oldest > now - YOUNG)
        ]
        found = _renewed(found, now)
        self.found = frozenset(one.subject.order_id for one in found)
        found += loading.read(set(keys) - self.found, now, listening_since)
        self.taken = {one.subject.order_id: one for one in found}
        return [self.taken[key].subject for key in sorted(self.taken)]

    def keep(
        self,
        judged: Sequence[Judged],
        rows: Mapping[int, WearerState],
        signs: Mapping[int, str],
        listening_since: datetime | None,
    ) -> None:
        """After a step: `rows` are what it writes of people, by their keys."""
        for person in {*rows, *(one.subject.person_id for one in judged)}:
            self.kept.pop(self.order_of.pop(person, 0), None)
        orders = Counter(one.subject.person_id for one in judged)
        for one in judged:
            key, person = one.subject.order_id, one.subject.person_id
            written = rows.get(person)
            same = key in self.found if written is None else _alike(written, one)
            if key in signs and orders[person] == 1 and same and _calm(one):
                after = replace(carried(one), asked=one.asked)
                read = replace(self.taken[key], subject=after)
                self.kept[key] = _Kept(read, signs[key], listening_since, _oldest(after))
                self.order_of[person] = key
        self.taken, self.found = {}, frozenset()

    def drop(self, orders: Collection[int]) -> None:
        """Forget some orders."""
        for key in orders:
            kept = self.kept.pop(key, None)
            if kept is not None:
                self.order_of.pop(kept.read.subject.person_id, None)


def _renewed(found: Sequence[Read], now: datetime) -> list[Read]:
    """With the alerts, the intervals and the check-ins as they are now."""
    if not found:
        return []
    orders = [one.subject.order_id for one in found]
    episodes = loading.episodes(orders, now - loading.RECENT)
    check_ins = terms.check_ins(orders)
    asked = terms.intervals([fitting for one in found for fitting in one.fitted], now)
    return [
        replace(
            one,
            subject=replace(
                one.subject,
                report_interval_s=loading.interval_s(one.fitted, asked),
                episodes=episodes.get(one.subject.order_id, {}),
                check_ins=check_ins.get(one.subject.order_id, ()),
            ),
        )
        for one in found
    ]


def _calm(judged: Judged) -> bool:
    """Whether the database holds of this order what is known of it here, and nothing more."""
    if judged.wearer is None or judged.turns or any(judged.superseded.values()):
        return False
    return not any(judged.changes.values())


def _alike(row: WearerState, judged: Judged) -> bool:
    """Whether this order's own row is written, and no pair of people has coloured it."""
    urgency = judged.wearer.urgency if judged.wearer else None
    return (row.order_id, row.urgency) == (judged.subject.order_id, urgency)


def _oldest(subject: Subject) -> datetime | None:
    wearer = subject.wearer
    places = [one for one in (wearer.place, wearer.doubted) if one is not None]
    places += [one.state.evidence[0] for one in subject.watched if one.state.evidence]
    return min((one.at for one in places), default=None)
