# SPDX-License-Identifier: EUPL-1.2
"""A walk through one list of the portal, page by page onto the shelf, and over what breaks a page.

A page that stays broken is asked for in smaller ones, down to one entry. Where that breaks, too,
the entry is left as a gap: told, and asked for again by each later fetch. How to get behind it:

1. Its id and its process alone are asked for; often it is something inside that breaks. Then that
   process waits, so that no tender is judged without one of its lots or bids.
2. Else by numbers. The portal gives ids downwards, those below the cursor, so a lower cursor leads
   behind; the highest that does is sought, in steps twice as wide each, then between the last two.
   What lies between the cursors is the gap, and where several entries break side by side a sound
   one may be in it.
3. An empty page ends a list, or says that the portal knows no such cursor. It is believed where a
   cursor that no entry has gives the entry below it.

An answer that shows another order than downwards, or too many gaps in one fetch, leave the list as
it is, with the reason.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec

from tarazy.core.errors import Refused
from tarazy.procurement.gaps import Gap, Walk
from tarazy.procurement.importing import Trouble
from tarazy.procurement.portal import TRIES_MAX, Portal
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.shelf import Shelf
from tarazy.procurement.sources import goszakup
from tarazy.procurement.sources.goszakup import BadPage, Kind, Page, UnknownField
from tarazy.procurement.sources.goszakup_items import item, known
from tarazy.procurement.sources.interface import Tally

SMALLER = 4  # a page that stays broken is asked for again in quarters
PATIENCE = 4  # so many small pages before a larger one is tried, twice as many after each failure
GAPS_MAX = 20  # of a list in one fetch; a portal that breaks oftener is left alone
TRIES = 2  # for a cursor that may lead behind a gap: a wrong no makes it wider, until the next time
Tell = Callable[[str, int, int], None]
"""Told the list, and how many pages and items of it have come."""
_CLUMSY = frozenset({Refusal.PORTAL_CUT, Refusal.PORTAL_BROKEN, Refusal.PORTAL_TOO_LONG})


class Unread(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A gap of a list: what was not read, and is asked for again by the next fetch."""

    after: str
    """The cursor that was asked for; empty at the list's beginning."""
    until: str
    """The cursor that led behind it; empty at the list's end."""
    key: str = ""
    process: str = ""
    """Known where the portal gives the entry's own id: that process waits for it."""
    why: str
    said: str = ""
    """The portal's own words."""
    at: str
    """When it was first found so."""


class KindReport(msgspec.Struct, kw_only=True):
    """What came of one list of the portal. Lines of troubles are numbers of pages as kept."""

    kind: str
    since: str | None = None
    pages: int = 0
    items: int = 0
    changed: int = 0
    refused: list[Trouble] = []
    left_out: list[str] = []
    """Fields that the portal does not know."""
    unread: list[Unread] = []
    """Of this fetch and of earlier ones."""
    failed: str | None = None
    """Why the walk stopped before its end; the next fetch goes on there."""


class Walking:
    """A walk through one list."""

    def __init__(
        self, kind: Kind, opened: Shelf, portal: Portal, report: KindReport, now: datetime
    ) -> None:
        self._kind, self._shelf, self._portal, self._report = kind, opened, portal, report
        self._now = now
        self._query, self._bare = goszakup.question(kind), goszakup.bare(kind)
        self._odd: dict[str, Tally] = {}
        self._gaps = 0

    def go(self, walk: Walk, tell: Tell) -> None:
        """To the end, or to a refusal; what came before it is kept.

        First once more through the gaps that were left before. Raises Refused.
        """
        try:
            for again in self._shelf.again(self._kind, walk, self._now):
                self._through(again, tell)
            self._through(walk, tell)
        finally:
            gaps = self._shelf.gaps(self._kind)
            self._report.unread = [
                msgspec.convert(one, Unread, from_attributes=True) for one in gaps
            ]

    def _through(self, walk: Walk, tell: Tell) -> None:
        size, patience, sound = goszakup.LIMIT_MAX, PATIENCE, 0
        if walk.gap is not None:
            size = _width(walk)
        while not walk.done:
            try:
                body, page = self._ask(walk.since, walk.after, size)
            except Refused as refused:
                if refused.name not in _CLUMSY:
                    raise
                if size == 1:
                    walk = self._step_over(walk, refused)
                    continue
                size, patience, sound = max(1, size // SMALLER), patience * 2, 0
                continue
            sound += 1
            if sound == patience:
                size, sound = min(goszakup.LIMIT_MAX, size * SMALLER), 0
            walk = self._take(walk, body, page)
            tell(self._kind.root, self._report.pages, self._report.items)

    def _take(self, walk: Walk, body: bytes, page: Page) -> Walk:
        if page.after is not None and self._shelf.has_been(self._kind, walk, page.after):
            raise Refused(Refusal.PORTAL_CIRCLE)
        taken = self._shelf.put(self._kind, walk, body, page, self._now)
        self._report.pages += 1
        self._report.items += taken.items
        self._report.changed += taken.changed
        for why in taken.odd:
            self._odd.setdefault(str(why), Tally()).add(taken.page)
        self._report.refused = troubles(self._odd)
        if taken.emptied:
            raise Refused(Refusal.PORTAL_EMPTY)
        return taken.walk

    def _step_over(self, walk: Walk, why: Refused) -> Walk:
        """Behind the entry that breaks its page when it is alone on it. Raises `why` if not."""
        if self._gaps == GAPS_MAX:
            raise why
        self._gaps += 1
        key, process, until = self._named(walk) or ("", "", self._behind(walk, why))
        said = why.said if isinstance(why, BadPage) else ""
        gap = Gap(walk.after or "", until, key, process, str(why.name), said, str(self._now))
        return self._shelf.skip(self._kind, walk, gap)

    def _named(self, walk: Walk) -> tuple[str, str, str] | None:
        """(id, process, cursor behind) of the next entry, if the portal gives as much of it."""
        page = self._tried(walk, walk.after, self._bare)
        found = item(page.items[0]) if page and len(page.items) == 1 else None
        own = known(self._kind, found) if found is not None else None
        if page is None or own is None:
            return None
        process = "" if own.process.startswith("of:") else own.process
        return own.key, process, page.after or ""

    def _behind(self, walk: Walk, why: Refused) -> str:
        """The highest cursor below this one that gives a page."""
        broken, step = int(walk.after or 0), 1
        while not self._leads(walk, sound := int(walk.after or 0) - step):
            if sound <= 0:
                raise why
            broken, step = sound, step * 2
        while broken - sound > 1:
            between = (broken + sound) // 2
            if self._leads(walk, between):
                sound = between
            else:
                broken = between
        return str(sound)

    def _leads(self, walk: Walk, cursor: int) -> bool:
        """Whether entries below this number come, or there are surely none."""
        if cursor <= 0:
            return False
        page = self._tried(walk, str(cursor), self._query)
        if page is None:
            return False
        if not page.items:
            return self._counts_by_number(walk)
        return all(0 < key < cursor for key in map(self._key, page.items))

    def _counts_by_number(self, walk: Walk) -> bool:
        """Whether a cursor that is no entry's id gives the entry below it."""
        above = self._shelf.unknown_above(self._kind, int(walk.after or 0))
        page = self._tried(walk, str(above), self._query)
        keys = [self._key(one) for one in page.items] if page else []
        return bool(keys) and all(int(walk.after or 0) <= key < above for key in keys)

    def _key(self, body: bytes) -> int:
        own = known(self._kind, item(body) or {})
        return int(own.key) if own is not None and own.key.isdecimal() else 0

    def _tried(self, walk: Walk, after: str | None, query: str) -> Page | None:
        """A page of one entry, if there is one."""
        variables = goszakup.variables(walk.since, self._kind, after, 1)
        try:
            return self._portal.ask(
                query, variables, lambda body: goszakup.read_page(self._kind, body), TRIES
            )
        except UnknownField:
            return None
        except Refused as refused:
            if refused.name not in _CLUMSY:
                raise
            return None

    def _ask(self, since: str | None, after: str | None, size: int) -> tuple[bytes, Page]:
        """A page, without the fields that the portal does not know."""
        variables = goszakup.variables(since, self._kind, after, size)
        while True:
            try:
                return self._portal.ask(
                    self._query,
                    variables,
                    lambda body: (body, goszakup.read_page(self._kind, body)),
                    TRIES_MAX,
                )
            except UnknownField as unknown:
                field = self._query.split("\n")[unknown.line - 1 : unknown.line]
                self._query = goszakup.without(self._query, unknown.line)
                self._report.left_out += [one.removesuffix(" {") for one in field]


def _width(gap: Walk) -> int:
    """The most entries that a gap may hold, as far as a page goes."""
    if not gap.after:
        return 1
    return max(1, min(goszakup.LIMIT_MAX, int(gap.after) - int(gap.until or 0)))


def troubles(tallies: dict[str, Tally]) -> list[Trouble]:
    """What was counted, as rows of a report."""
    return [
        Trouble(what=what, count=tally.count, lines=tally.positions)
        for what, tally in sorted(tallies.items())
    ]
