# SPDX-License-Identifier: EUPL-1.2
"""A time that cannot be believed or repaired; the gateway keeps no place of such a report.

So it stands in no trail. It is in this list because a reader looks for it here.
"""

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import Answers, Card, Trail

CARD = Card(
    "clock_fault",
    said("an impossible time"),
    said("Nobody can say when this was; its place was not kept."),
)


def assess(trail: Trail) -> Answers:
    """As the gateway marked it."""
    return trail.has(CARD.name)
