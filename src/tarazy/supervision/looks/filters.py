# SPDX-License-Identifier: EUPL-1.2
"""Which of the open alerts a board shows, as its address says it: `?severity=high&hands=free`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q

from tarazy.core.catalogue import said
from tarazy.supervision.models import AlertState

SEVERITIES = {"critical": said("critical"), "high": said("high"), "low": said("low")}
HANDS = {
    "free": said("in nobody's hands"),
    "mine": said("in my hands"),
    "escalated": said("escalated"),
    "review": said("over, to be reviewed"),
}
VALUE_LENGTH_MAX = 40


@dataclass(frozen=True, slots=True)
class Filters:
    """What to leave out; an empty one shows every open alert."""

    severity: str = ""
    rule: str = ""
    hands: str = ""
    officer: str = ""
    """Public id of the supervising officer whose people to show."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        """The filters of an address; what is none of them is left out."""
        hands, severity = query.get("hands", ""), query.get("severity", "")
        return cls(
            severity=severity if severity in SEVERITIES else "",
            rule=query.get("rule", "")[:VALUE_LENGTH_MAX],
            hands=hands if hands in HANDS else "",
            officer=query.get("officer", "")[:VALUE_LENGTH_MAX],
        )

    @classmethod
    def parse(cls, query: str) -> "Filters":
        """The same from the text of a query."""
        return cls.read(dict(parse_qsl(query)))

    def query(self) -> str:
        """The part of an address that says these, without a question mark."""
        return urlencode({name: value for name, value in asdict(self).items() if value})

    def where(self, user_pk: int | None) -> Q:
        """The condition on alerts, for the user who looks."""
        found = Q()
        if self.severity:
            found &= Q(severity=self.severity)
        if self.rule:
            found &= Q(rule=self.rule)
        if self.officer:
            found &= Q(order__officer__public_id=self.officer)
        if self.hands == "free":
            found &= Q(holder=None)
        elif self.hands == "mine":
            found &= Q(holder_id=user_pk or -1)
        elif self.hands == "escalated":
            found &= Q(escalated_at__isnull=False)
        elif self.hands == "review":
            found &= Q(state__in=(AlertState.CLEARED, AlertState.WITHDRAWN))
        return found
