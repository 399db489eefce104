# SPDX-License-Identifier: EUPL-1.2
"""Rules that are asked no more. Their codes are stable: alerts of theirs are kept, and explained.

S-ZONE-BREACH was divided into S-INCLUSION-EXIT and S-EXCLUSION-ENTRY: they are graded and counted
apart, and whoever cites one says which was meant. An alert of it that ran then was ended with that
reason; what went on was raised anew under the new code.
"""

from datetime import datetime

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.interface import Breach, Facts, Kind, Severity, Urgency
from tarazy.supervision.rules.parameters import Parameter

CARD = Card(
    code="S-ZONE-BREACH",
    version=1,
    title=said("In a forbidden zone, or outside a required one"),
    basis=said("The condition of the court's own order"),
    description=said(
        "Retired. It was divided into two rules: outside a zone to stay in, and in a zone to keep "
        "out of. Earlier alerts keep this code."
    ),
)
SEVERITY: Severity = "critical"
CONDITIONS: frozenset[Kind] = frozenset()
URGENCY: Urgency = "alert"
LATCHED = False
SECRET = False
PARAMETERS: tuple[Parameter, ...] = ()
CLEARED = said("This rule is asked no more. What went on was raised under another one.")


def assess(_facts: Facts) -> Breach | None:
    return None


def next_check(_facts: Facts) -> datetime | None:
    return None
