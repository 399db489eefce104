# SPDX-License-Identifier: EUPL-1.2
"""The phone itself says that an app invented the place (Android's mock location).

Such a place is no witness, for a breach or against one. OwnTracks never says it: its silence proves
nothing.

Nothing is raised where:
1. the last place was not an invented one, or none was
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-MOCK-LOCATION",
    version=2,
    title=said("The phone's places are invented"),
    basis=said("The duty to carry a working device, as the court's order sets it"),
    description=said(
        "The phone reports that its place comes from another app. Some navigation and test "
        "apps do so without the person knowing: it needs checking, and proves nothing by "
        "itself."
    ),
)
SEVERITY: Severity = "high"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "unknown"
LATCHED = False
SECRET = False
PARAMETERS: tuple[Parameter, ...] = ()
CLEARED = said("The phone reports places of its own again.")

INVENTED = said("The phone says that an app invents its places; they are not used.")


def assess(facts: Facts) -> Breach | None:
    if facts.mock_at is None:  # (1)
        return None
    return Breach(since=facts.mock_at, sentence=INVENTED)


def next_check(facts: Facts) -> datetime | None:  # noqa: ARG001 - only a report can change it
    return None
