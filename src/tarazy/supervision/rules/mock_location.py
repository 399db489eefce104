# SPDX-License-Identifier: EUPL-1.2
"""The phone itself says that an app invented the place (Android's mock location).

Such a place is no witness, for a breach or against one. OwnTracks never says it: its silence proves
nothing.

Nothing is raised where:
1. the last place was not an invented one, or none was
2. it has not lasted for MOCK_MIN yet, where the order says that it must last
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules import interface
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

MOCK_MIN = Parameter(
    name="mock_min",
    title=said("Invented places for, minutes"),
    usual=0,
    lowest=0,
    highest=30,
    reason=said(
        "No place is used meanwhile, so it is told at once. Some apps of the phone do it for a "
        "moment; after half an hour somebody has set it up."
    ),
)
PARAMETERS: tuple[Parameter, ...] = (MOCK_MIN,)
CLEARED = said("The phone reports places of its own again.")

INVENTED = said("The phone says that an app invents its places; they are not used.")


def assess(facts: Facts) -> Breach | None:
    since = facts.mock_at
    if since is None or not interface.lasting(facts, since, MOCK_MIN):  # (1) (2)
        return None
    return Breach(since=since, sentence=INVENTED)


def next_check(facts: Facts) -> datetime | None:
    since = facts.mock_at
    if since is None:
        return None
    return interface.after(facts.now, [interface.lasts_until(facts, since, MOCK_MIN)])
