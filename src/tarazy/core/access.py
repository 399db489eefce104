# SPDX-License-Identifier: EUPL-1.2
"""Who may do what: actors, roles, and the one policy that the doors ask.

The table itself is `tarazy.site.policy`; this module knows only its shape.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tarazy.core.catalogue import said


class Role(StrEnum):
    """What a person is in the service; one person may be several."""

    OPERATOR = "operator"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    INVESTIGATOR = "investigator"
    ANALYST = "analyst"
    PROSECUTOR = "prosecutor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PROTECTION = "protection"
    WEARER = "wearer"
    SYSTEM = "system"


ROLE_TITLES: Mapping[Role, str] = {
    Role.OPERATOR: said("duty operator"),
    Role.OFFICER: said("supervising officer"),
    Role.SUPERVISOR: said("supervisor of the control centre"),
    Role.INVESTIGATOR: said("investigator"),
    Role.ANALYST: said("analyst"),
    Role.PROSECUTOR: said("prosecutor (oversight)"),
    Role.AUDITOR: said("auditor"),
    Role.ADMINISTRATOR: said("administrator"),
    Role.PROTECTION: said("officer for protected people"),
    Role.WEARER: said("supervised person"),
    Role.SYSTEM: said("the service itself"),
}


class Purpose(StrEnum):
    """Why somebody looks; a look without one is refused."""

    DUTY = "duty"
    SUPERVISION = "supervision"
    INVESTIGATION = "investigation"
    OVERSIGHT = "oversight"
    AUDIT = "audit"
    ANALYSIS = "analysis"
    PROTECTION = "protection"
    OWN_DATA = "own_data"
    ADMINISTRATION = "administration"


PURPOSE_TITLES: Mapping[Purpose, str] = {
    Purpose.DUTY: said("duty in the control centre"),
    Purpose.SUPERVISION: said("supervision of an order"),
    Purpose.INVESTIGATION: said("investigation"),
    Purpose.OVERSIGHT: said("prosecutor's oversight"),
    Purpose.AUDIT: said("audit"),
    Purpose.ANALYSIS: said("analysis of public contracts"),
    Purpose.PROTECTION: said("protection of a person"),
    Purpose.OWN_DATA: said("my own data"),
    Purpose.ADMINISTRATION: said("administration"),
}

PURPOSES_OF: Mapping[Role, tuple[Purpose, ...]] = {
    Role.OPERATOR: (Purpose.DUTY,),
    Role.OFFICER: (Purpose.SUPERVISION,),
    Role.SUPERVISOR: (Purpose.DUTY, Purpose.SUPERVISION),
    Role.INVESTIGATOR: (Purpose.INVESTIGATION,),
    Role.ANALYST: (Purpose.ANALYSIS,),
    Role.PROSECUTOR: (Purpose.OVERSIGHT,),
    Role.AUDITOR: (Purpose.AUDIT,),
    Role.ADMINISTRATOR: (Purpose.ADMINISTRATION,),
    Role.PROTECTION: (Purpose.PROTECTION,),
    Role.WEARER: (Purpose.OWN_DATA,),
    Role.SYSTEM: (Purpose.ADMINISTRATION,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever stands at a door: a signed-in user, or one of our own processes."""

    id: str
    """Public id of the user (`usr_…`), or `sys_engine`, `sys_console` and the like."""
    roles: frozenset[Role]
    user_pk: int | None = None
    purpose: Purpose | None = None

    @classmethod
    def system(cls, name: str) -> "Actor":
        """One of our own processes: `engine`, `worker`, `gateway`."""
        return cls(id=f"sys_{name}", roles=frozenset({Role.SYSTEM}), purpose=Purpose.ADMINISTRATION)

    @classmethod
    def console(cls) -> "Actor":
        """Somebody with a shell on the machine; the machine's own log says who."""
        return cls.system("console")

    def purposes(self) -> tuple[Purpose, ...]:
        """The purposes that the roles allow, without repeats, in the order of the roles."""
        return tuple(
            dict.fromkeys(p for role in Role if role in self.roles for p in PURPOSES_OF[role])
        )


class Reach(Protocol):
    """An object rule: which records a role reaches with a verb."""

    @property
    def name(self) -> str:
        """Short name in the policy table."""

    @property
    def sentence(self) -> str:
        """The rule in words, for /catalogue/access."""

    def covers(self, actor: Actor, subject: object) -> bool:
        """Whether this actor reaches this record."""


@dataclass(frozen=True, slots=True)
class _Everything:
    name: str = said("all")
    sentence: str = said("every record")

    def covers(self, actor: Actor, subject: object) -> bool:  # noqa: ARG002 - the rule has no "if"
        return True


EVERYTHING: Reach = _Everything()


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of the policy: a verb, and how far each role reaches with it."""

    verb: str
    reaches: Mapping[Role, Reach]


@dataclass(slots=True)
class Policy:
    """The whole table, by verb. Empty until `install`; an unknown verb is open to nobody."""

    grants: dict[str, Grant] = field(default_factory=dict)

    def install(self, grants: Iterable[Grant]) -> None:
        """Take the table in, once, at start. ValueError where a verb has two rows."""
        rows = list(grants)
        table = {grant.verb: grant for grant in rows}
        if len(table) != len(rows):
            raise ValueError("the policy has two rows for one verb")
        self.grants = table

    def reaches(self, actor: Actor, verb: str) -> tuple[Reach, ...]:
        """The object rules that this actor's roles give for the verb; empty means: not allowed."""
        grant = self.grants.get(verb)
        if grant is None:
            return ()
        return tuple(reach for role, reach in grant.reaches.items() if role in actor.roles)


POLICY = Policy()
