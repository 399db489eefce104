# SPDX-License-Identifier: EUPL-1.2
"""The public face of the alert that judging has stopped, raised outside the engine itself.

It is about no person, so it is none of the rules: a dead engine cannot say that it is dead.
"""

from datetime import timedelta

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.interface import Severity

CARD = Card(
    code="S-NOT-JUDGED",
    version=1,
    title=said("Nothing is judged"),
    basis=said("The service's duty to know what it could not see"),
    description=said(
        "The engine has given no sign of life for a minute: reports are taken in and kept, but no "
        "breach is found meanwhile. What came in is judged afterwards."
    ),
)
SEVERITY: Severity = "critical"
SILENCE_MAX = timedelta(seconds=60)

STOPPED = said("Judging has stopped: breaches are not found meanwhile. Tell the administrator.")
GOES_ON = said("Judging goes on. What came in meanwhile is judged now.")
