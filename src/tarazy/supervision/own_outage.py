# SPDX-License-Identifier: EUPL-1.2
"""The public face of the alert about our own service, raised from the gateway's heartbeats.

It is about no person, so it is none of the rules: one outage of ours is one alert, and never a
silence of anybody's device.
"""

from tarazy.core.catalogue import Card, said
from tarazy.supervision.rules.interface import Severity

CARD = Card(
    code="S-OUTAGE",
    version=1,
    title=said("Our own service did not listen"),
    basis=said("The service's duty to know what it could not see"),
    description=said(
        "The gateway that takes in the devices' reports was away. Nobody's silence is counted "
        "while it lasted; stored reports are taken in afterwards."
    ),
)
SEVERITY: Severity = "critical"

AWAY = said("Our own intake of reports has been away. Nobody's silence is counted meanwhile.")
BACK = said("Our own intake of reports is back. While it was away nobody could be monitored.")
