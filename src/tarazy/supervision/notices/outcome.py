# SPDX-License-Identifier: EUPL-1.2
"""How an attempt to tell a route went, in our own words; knows nothing of Apprise."""

from dataclasses import dataclass

UNREACHABLE, TIMED_OUT, REFUSED = "unreachable", "timeout", "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went. `unsure`: it failed, and may have arrived all the same."""

    sent: bool
    unsure: bool = False
    reason: str = ""
    """`unreachable`, `timeout`, `refused`, or `http 500`."""
