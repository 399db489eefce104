# SPDX-License-Identifier: EUPL-1.2
"""Object rules of the ground floor: which log-ins a role reaches."""

from dataclasses import dataclass

from tarazy.core.access import Actor, Reach, Role
from tarazy.core.catalogue import said
from tarazy.core.models import User


@dataclass(frozen=True, slots=True)
class _Staff:
    """Whoever keeps the log-ins must not get at a supervised person's own page by one."""

    name: str = said("staff")
    sentence: str = said("log-ins of people who work with the service, none of supervised people")

    def covers(self, actor: Actor, subject: object) -> bool:  # noqa: ARG002 - the same for all
        return isinstance(subject, User) and Role.WEARER not in subject.roles


STAFF: Reach = _Staff()
