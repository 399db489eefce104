# SPDX-License-Identifier: EUPL-1.2
"""The numbers of pace: how often a device reports while something is suspected, and at rest."""

from tarazy.core.catalogue import said
from tarazy.supervision.rules.parameters import Parameter

PACE_CLOSE_S = Parameter(
    name="pace_close_s",
    title=said("While something is suspected a report every, seconds"),
    usual=15,
    lowest=10,
    highest=60,
    reason=said(
        "Control centres use 15 seconds. More often empties a battery for nothing; more rarely "
        "than each minute finds a departure no sooner than usual."
    ),
)
PACE_REST_S = Parameter(
    name="pace_rest_s",
    title=said("At rest a report every, seconds"),
    usual=300,
    lowest=60,
    highest=3600,
    step=60,
    reason=said(
        "Five minutes spare a battery, and silence is still heard within the hour. Control centres "
        "go up to one hour."
    ),
)
PACE: tuple[Parameter, ...] = (PACE_CLOSE_S, PACE_REST_S)
