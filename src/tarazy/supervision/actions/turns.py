# SPDX-License-Identifier: EUPL-1.2
"""What is to be written of an alert: what a rule found, and the turn that the alert takes by it."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tarazy.supervision.models import Alert, AlertState
from tarazy.supervision.rules.interface import Breach

Verb = Literal["raise", "update", "withdraw"]
Cause = tuple[int | None, str, int | None, int | None]
"""Order, rule, condition and demand to keep away."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, and of whom."""

    person_id: int
    order_id: int
    condition_id: int | None
    rule: str
    rule_version: int
    severity: str
    breach: Breach
    alert_id: int | None = None
    """The alert's key, where it is known: it may be one that does not run any more."""
    no_contact_id: int | None = None
    """The demand to keep away from somebody, where it is about a pair."""
    begun: datetime | None = None
    """When the last stretch of it began, where that may be later than the alert."""

    @property
    def cause(self) -> "Cause":
        """Episodes of the same order, rule and demand: no episode outlives its order."""
        return self.order_id, self.rule, self.condition_id, self.no_contact_id


@dataclass(frozen=True, slots=True)
class Act:
    """One turn of an alert that is to be written."""

    verb: Verb
    finding: Finding
    until: datetime | None
    name: Hashable = None
    """By which the caller knows the alert, before it has a key too."""


def closed_before(alert: Alert, finding: Finding) -> bool:
    """Whether a person closed it between our reading and our lock, and what came back after its
    end is another one."""
    begun, until = finding.begun, alert.until
    return (
        alert.state == AlertState.RESOLVED
        and begun is not None
        and until is not None
        and begun > until
    )
