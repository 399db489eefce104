# SPDX-License-Identifier: EUPL-1.2
"""What the defence and the person may read of zones to keep out of, and of other people.

Of reports it is the copy for the defence, of pages the person's own.

Where such a zone lies may betray whom it protects, so the strict reading holds:

1. A zone to stay in is the person's own, and all places of a class (schools, airports) are public:
   both are named.
2. Any other zone to keep out of is named by the words of the court's document alone, which the
   person has: the place of an approved draft (`DraftCondition.place`). What an officer called the
   zone is not in the copy, nor its shape.
3. One that no document names is hidden: it has no name in the copy, and nothing is there that tells
   where it lies: no fix, no address, no hours by the day.
4. Of what is near its fence, or possibly led through it, there is no copy: place and time together
   would tell where the fence is. Of alerts about two people there is none either.
5. What staff wrote for each other may name anybody, and whom they telephoned is somebody else's
   affair: neither is in the copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from tarazy.supervision.looks.alerts import Chapter
from tarazy.supervision.looks.words import sentence_of
from tarazy.supervision.models import (
    Act,
    Alert,
    AlertVersion,
    Audience,
    Condition,
    ConditionKind,
    DraftCondition,
    DraftState,
    Order,
    ZoneKind,
)
from tarazy.supervision.rules import SECRET_RULES, buffer_entry, possible_crossing

UNTOLD = {buffer_entry.CARD.code, possible_crossing.CARD.code}
"""Their times and places would tell where the fence lies of a zone that protects somebody."""
CONTACT_PREFIX = "con_"


@dataclass(frozen=True, slots=True)
class Copy:
    """For whom a report is made, and how it names the zones of the order."""

    audience: Audience
    places: Mapping[tuple[int, str], str]
    """In the words of the court's document, by zone and kind of demand."""

    @classmethod
    def of(cls, order: Order, audience: Audience) -> "Copy":
        """What the approved documents of an order name; zones drawn anew keep their words."""
        places: dict[tuple[int, str], str] = {}
        rows = DraftCondition.objects.filter(
            draft__order=order, draft__state=DraftState.APPROVED, condition__isnull=False
        )
        for row in rows.select_related("condition__zone"):
            zone = row.condition.zone if row.condition else None
            while zone is not None:
                places.setdefault((zone.pk, row.kind), row.place)
                zone = zone.replaces
        return cls(audience, places)

    @property
    def for_defence(self) -> bool:
        """Whether anything is left out."""
        return self.audience == Audience.DEFENCE

    def leaves_out(self, condition: Condition | None) -> bool:
        """Whether this copy must not tell where the zone of a condition lies (3)."""
        return self.for_defence and self.hidden(condition)

    def hidden(self, condition: Condition | None) -> bool:
        """Whether a zone must be kept out of that neither a document nor a class names."""
        if condition is None or not _may_protect(condition):
            return False
        return (condition.zone_id, condition.kind) not in self.places

    def zone(self, condition: Condition) -> str:
        """The zone's name."""
        if not self.for_defence or not _may_protect(condition):
            return condition.zone.name
        named = self.places.get((condition.zone_id, condition.kind))
        return named or gettext("a zone that is not named here")

    def sentence(self, version: AlertVersion, condition: Condition | None) -> str:
        """What happened, with the zone named as this copy may."""
        if condition is None or not self.for_defence or not _may_protect(condition):
            return sentence_of(version)
        return sentence_of(version, zone=self.zone(condition))

    def about(self, one: Chapter) -> str:
        """What an act was about."""
        called = one.version.act == Act.CALLED and one.version.about.startswith(CONTACT_PREFIX)
        return gettext("another person") if called and self.for_defence else one.about

    def note(self, one: Chapter) -> str:
        """What somebody wrote; what the service itself wrote is no note of staff."""
        return "" if self.for_defence and not one.by_service else one.version.note

    def may_be_made(self, alert: Alert) -> bool:
        """Whether the defence may have a copy about an alert at all (4)."""
        return alert.rule not in SECRET_RULES and not (
            alert.rule in UNTOLD and self.hidden(alert.condition)
        )


def _may_protect(condition: Condition) -> bool:
    """Whether a zone may be there for somebody's sake (1)."""
    return condition.kind == ConditionKind.EXCLUSION and condition.zone.kind != ZoneKind.PLACES
