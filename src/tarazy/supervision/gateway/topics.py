# SPDX-License-Identifier: EUPL-1.2
"""The topics of OwnTracks over MQTT: `owntracks/USER/DEVICE`, and what is below.

Source: https://owntracks.org/booklet/tech/json/#topics. The user is the device's public id; the
broker lets a device write below its own name only, which is why the topic says who it is.
"""

from typing import NamedTuple

BASE = "owntracks"
SUBSCRIBED = (f"{BASE}/+/+", f"{BASE}/+/+/+")
READ = frozenset({"", "event", "waypoint", "waypoints", "status", "step", "steps", "beacon", "lwt"})
"""Kinds of messages that the gateway reads; `cmd` is our own, `dump` and `info` tell nothing."""


class Topic(NamedTuple):
    """Who sent a message, and which kind it is."""

    user: str
    device: str
    kind: str

    @property
    def command(self) -> str:
        """Where this phone hears commands."""
        return f"{BASE}/{self.user}/{self.device}/cmd"


def topic_of(text: str) -> Topic | None:
    """The topic of a message of a phone, or None where it is none."""
    parts = text.split("/")
    if parts[0] != BASE or len(parts) not in {3, 4} or not parts[1] or not parts[2]:
        return None
    return Topic(parts[1], parts[2], parts[3] if len(parts) == 4 else "")


NOBODY = Topic("-", "-", "").command
"""Where no phone is: what the gateway writes there comes back to itself alone."""
