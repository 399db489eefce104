# SPDX-License-Identifier: EUPL-1.2
"""Protocols as supervisors read them: the version in force for each rule, and earlier ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tarazy.core.catalogue import Card
from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.supervision.cards import CARDS, SEVERITIES
from tarazy.supervision.models import Protocol
from tarazy.supervision.protocols import Plan, Step, read_steps, shipped
from tarazy.supervision.refusals import Refusal

VERSIONS_MAX = 50


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a protocol."""

    number: int
    plan: Plan
    made_at: datetime | None
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProtocolPage:
    """A rule and what is done about its alerts; the newest version first."""

    card: Card
    severity: str
    editions: Sequence[Edition]

    @property
    def newest(self) -> Edition:
        """The version with which alerts begin now."""
        return self.editions[0]


@look("supervision.protocol.view", personal=False)
def protocols(door: Door) -> list[ProtocolPage]:
    """See what is done about alerts of each rule."""
    door.subject = "protocols"
    newest = Protocol.objects.order_by("rule", "-number").distinct("rule")
    rows = {row.rule: row for row in newest}
    return [_page(rule, [rows[rule]] if rule in rows else []) for rule in CARDS]


@look("supervision.protocol.view_one", personal=False)
def protocol(door: Door, rule: str) -> ProtocolPage:
    """See every version of what is done about alerts of a rule."""
    door.subject = f"protocol/{rule}"
    if rule not in CARDS:
        raise Refused(Refusal.PROTOCOL_UNKNOWN)
    rows = Protocol.objects.filter(rule=rule).order_by("-number")[:VERSIONS_MAX]
    return _page(rule, list(rows))


def _page(rule: str, rows: Sequence[Protocol]) -> ProtocolPage:
    writers = {row.made_by for row in rows}
    users = User.objects.filter(public_id__in=writers) if writers else ()
    names = {user.public_id: user.get_full_name() or user.username for user in users}
    found = [
        Edition(
            row.number,
            Plan(row.take_min, read_steps(row.steps)),
            row.made_at,
            names.get(row.made_by, ""),
            row.reason,
        )
        for row in rows
    ]
    if not found:
        found = [Edition(1, shipped(rule, SEVERITIES[rule]), None, "", "")]
    return ProtocolPage(CARDS[rule], SEVERITIES[rule], found)


def blank_steps(steps: Sequence[Step], count: int) -> list[Step | None]:
    """The steps with empty rows behind them, for a form."""
    return [*steps, *([None] * (count - len(steps)))]
