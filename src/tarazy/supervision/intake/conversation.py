# SPDX-License-Identifier: EUPL-1.2
"""What one tracker says, frame by frame, made ready for the gate, and what it hears afterwards.

Each frame makes at least one entry: one that tells nothing else is a sign of life. So the gate
judges whoever speaks, and answers go out in the order of the frames, after the commit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tarazy.core.errors import Refused
from tarazy.supervision.actions.intake import Entry, entry_of, refused_entry
from tarazy.supervision.gateway.commands import Confirmed
from tarazy.supervision.gateway.credentials import address_of, card_digest
from tarazy.supervision.gateway.interface import Report, digest_of_content
from tarazy.supervision.gateway.stream import Session, StreamLanguage, Told
from tarazy.supervision.gateway.times import settle
from tarazy.supervision.intake.own_clock import NOT_BEHIND
from tarazy.supervision.refusals import Refusal


@dataclass(slots=True)
class Batch:
    """Entries for one commit; the answer to all of them; what was confirmed of commands."""

    entries: list[Entry] = field(default_factory=list)
    answer: bytes = b""
    confirmed: list[tuple[int, Confirmed]] = field(default_factory=list)
    """Each with the place of an entry of the same frame, which tells who confirmed."""
    identity: str = ""
    """Who spoke last."""
    strangers: int = 0
    """Frames before anybody said who speaks: they do not come as far as the gate."""
    unreadable: int = 0


class Conversation:
    """One connection's, or one UDP sender's."""

    __slots__ = (
        "_credential",
        "_identity",
        "_judged",
        "_key",
        "_language",
        "device_id",
        "session",
    )

    def __init__(self, language: StreamLanguage, key: str) -> None:
        self._language = language
        self._key = key
        self._identity: str | None = None
        self._credential = b""
        self._judged = ""
        self.session = Session()
        self.device_id = 0
        """Ours, once the gate has said whose this is."""

    def read(
        self, frames: Iterable[bytes], arrived: datetime, behind: timedelta = NOT_BEHIND
    ) -> Batch:
        """What these frames say; our own clock may be `behind`. Never raises."""
        batch = Batch()
        for frame in frames:
            try:
                told = self._language.decode(frame, self.session, arrived)
            except Refused as refused:
                told = Told(refused=(Refusal(refused.name),))
                batch.unreadable += 1
            if self.session.identity is None:
                batch.strangers += 1
            else:
                self._add(batch, told, frame, arrived, behind)
        batch.identity = self.session.identity or ""
        return batch

    def judged(self, batch: Batch, device_id: int) -> None:
        """The gate said who spoke last in this batch."""
        self._judged, self.device_id = batch.identity, device_id

    @property
    def settled(self) -> bool:
        """Whether commands to our device would be written to it, and to nobody who spoke since."""
        return self.session.identity == self._judged

    def _add(
        self, batch: Batch, told: Told, frame: bytes, arrived: datetime, behind: timedelta
    ) -> None:
        credential = self._known()
        reports = told.reports
        if not reports and not told.refused:
            reports = (Report(at=None, content=frame, digest=digest_of_content(frame)),)
        for report in reports:
            moment = settle(report.at, arrived, behind)
            card = card_digest(report.card, self._key) if report.card else None
            batch.entries.append(entry_of(report, moment, credential, arrived, card))
        for refusal in told.refused:
            batch.entries.append(refused_entry(refusal, credential, arrived))
        batch.answer += told.answer
        if told.confirmed is not None:
            batch.confirmed.append((len(batch.entries) - 1, told.confirmed))

    def _known(self) -> bytes:
        """The address of the one who speaks; a proxy may hand on several over one connection."""
        identity = self.session.identity or ""
        if identity != self._identity:
            self._identity = identity
            self._credential = address_of(self._language.NAME, identity, self._key)
        return self._credential
