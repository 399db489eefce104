# SPDX-License-Identifier: EUPL-1.2
"""The phone itself says that an app invented the place (Android's mock location).

Not assessed: nothing; but OwnTracks never says it, so that its silence proves nothing.
"""

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import Answers, Card, Trail

CARD = Card(
    "mock",
    said("an invented place"),
    said("The phone says that an app told it where it is: the place is not that of the phone."),
)


def assess(trail: Trail) -> Answers:
    """As the gateway marked it."""
    return trail.has(CARD.name)
