# SPDX-License-Identifier: EUPL-1.2
"""A time that the gateway repaired: the receiver had miscounted the satellites' weeks by 1024.

Source: IS-GPS-200, 20.3.3.3.1.1: the week number has ten bits. The repair is in gateway/times.py.
"""

from tarazy.core.catalogue import said
from tarazy.supervision.quality.interface import Answers, Card, Trail

CARD = Card(
    "rolled_over",
    said("a repaired year"),
    said("The device's year was 19 or 39 years behind, a known fault of receivers; we added them."),
)


def assess(trail: Trail) -> Answers:
    """As the gateway marked it."""
    return trail.has(CARD.name)
