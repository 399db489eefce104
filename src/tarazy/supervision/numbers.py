# SPDX-License-Identifier: EUPL-1.2
"""Numbers of rules that an order sets otherwise than usual, read out of its row.

The door lets in nothing unreadable; a bad row all the same must not leave anybody unwatched, so it
is passed over, and the usual applies.
"""

from datetime import datetime
from typing import Any

import structlog

from tarazy.supervision.rules import PARAMETERS
from tarazy.supervision.rules.parameters import Setting

log = structlog.get_logger()


def settings_of(rows: Any) -> tuple[Setting, ...]:
    """The settings that a rule can use, oldest first."""
    found = []
    for row in rows or ():
        try:
            one = Setting(row["name"], row["value"], datetime.fromisoformat(row["since"]))
            allowed = PARAMETERS[one.name].allows(one.value) and one.since.tzinfo is not None
        except (KeyError, TypeError, ValueError):
            log.exception("setting_unreadable")
            continue
        if allowed:
            found.append(one)
        else:
            log.error("setting_out_of_bounds", name=one.name)
    return tuple(sorted(found, key=lambda one: one.since))
