# SPDX-License-Identifier: EUPL-1.2
"""Routes of notices: a file of the service says who hears of what, beyond the screen, and where.

The addresses hold passwords and tokens. So they stand in a file that only the service reads, and
nowhere else: no page takes or shows them, no table keeps them, no log line has them. Everything
else knows a route by its name.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from tarazy.core.access import Role
from tarazy.core.catalogue import said

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://\S", re.ASCII)
ROUTES_MAX = 100
LANGUAGES = ("kk", "ru", "en")
SEVERITIES = ("critical", "high", "low")
PAUSE_S_DEFAULT, PAUSE_S_MAX = 60, 3600
KEYS = {"url", "role", "user", "events", "severities", "language", "pause_s"}


class Occasion(StrEnum):
    """What somebody can be told of."""

    RAISED = "raised"
    RETURNED = "returned"
    """Whoever hears of new alerts hears of this; no file names it."""
    ESCALATED = "escalated"
    SERVICE = "service"
    APPROVAL = "approval"
    APPOINTMENT = "appointment"
    TEST = "test"


OCCASION_TITLES: Mapping[Occasion, str] = {
    Occasion.RAISED: said("new alert"),
    Occasion.RETURNED: said("alert that came back"),
    Occasion.ESCALATED: said("alert escalated"),
    Occasion.SERVICE: said("alert about our own service"),
    Occasion.APPROVAL: said("order waits for approval"),
    Occasion.APPOINTMENT: said("appointment within a day"),
    Occasion.TEST: said("test of the route"),
}
USUAL: Mapping[Role, tuple[Occasion, ...]] = {
    Role.OPERATOR: (Occasion.RAISED,),
    Role.SUPERVISOR: (Occasion.ESCALATED, Occasion.APPROVAL, Occasion.SERVICE),
    Role.OFFICER: (Occasion.ESCALATED, Occasion.APPOINTMENT),
    Role.INVESTIGATOR: (Occasion.ESCALATED,),
    Role.ADMINISTRATOR: (Occasion.SERVICE,),
}
"""What a route of each role hears of where its file does not say."""
ALLOWED: Mapping[Role, frozenset[Occasion]] = {
    Role.OPERATOR: frozenset({Occasion.RAISED, Occasion.ESCALATED, Occasion.SERVICE}),
    Role.SUPERVISOR: frozenset(Occasion) - {Occasion.TEST, Occasion.RETURNED},
    Role.OFFICER: frozenset({Occasion.RAISED, Occasion.ESCALATED, Occasion.APPOINTMENT}),
    Role.INVESTIGATOR: frozenset({Occasion.RAISED, Occasion.ESCALATED}),
    Role.ADMINISTRATOR: frozenset({Occasion.SERVICE}),
}
"""Of nothing else: the link in a notice must lead to a page that the role may open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address, and what it hears of."""

    name: str
    url: str = field(repr=False)
    """An Apprise address, with its secrets."""
    role: Role
    user: str = ""
    """A log-in: then only of people whom this user reaches."""
    occasions: frozenset[Occasion]
    severities: frozenset[str] = frozenset(SEVERITIES)
    language: str = "kk"
    pause_s: int = PAUSE_S_DEFAULT
    """How long what happens next is gathered after a message went out."""

    def hears(self, occasion: Occasion, severity: str = "") -> bool:
        """Whether it is to be told of this; what is no alert has no severity."""
        named = Occasion.RAISED if occasion is Occasion.RETURNED else occasion
        return named in self.occasions and (not severity or severity in self.severities)


def read(path: Path) -> tuple[Route, ...]:
    """The routes of a file. ValueError with a readable reason, which never holds an address."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is no TOML file ({_place(error)})") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {type(error).__name__}") from error
    if not 0 < len(table) <= ROUTES_MAX:
        raise ValueError(f"{path} has no route in it, or more than {ROUTES_MAX}")
    return tuple(_route(name, row) for name, row in table.items())


def _place(error: tomllib.TOMLDecodeError) -> str:
    """Where the file is wrong; the message itself may quote what stands there."""
    found = re.search(r"at (?:line \d+|end of document)", str(error))
    return found[0] if found else "somewhere"


def _route(name: str, row: Any) -> Route:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a route: small letters, digits and -, at most 40")
    if not isinstance(row, dict) or not {"url", "role"} <= set(row) <= KEYS:
        raise ValueError(f"[{name}] has url and role, and perhaps {', '.join(sorted(KEYS))}")
    url, language, user = row["url"], row.get("language", "kk"), row.get("user", "")
    if not isinstance(url, str) or not SCHEME.match(url):
        raise ValueError(f"[{name}].url is no address such as mailtos://… or tgram://…")
    role = _role(name, row["role"])
    occasions = _some(name, "events", row.get("events", USUAL[role]), ALLOWED[role])
    severities = _some(name, "severities", row.get("severities", SEVERITIES), SEVERITIES)
    if language not in LANGUAGES:
        raise ValueError(f"[{name}].language is one of {', '.join(LANGUAGES)}")
    pause_s = row.get("pause_s", PAUSE_S_DEFAULT)
    if type(pause_s) is not int or not 0 <= pause_s <= PAUSE_S_MAX:
        raise ValueError(f"[{name}].pause_s is a whole number from 0 to {PAUSE_S_MAX}")
    if not isinstance(user, str):
        raise ValueError(f"[{name}].user is a log-in")  # noqa: TRY004 - its value is wrong
    return Route(
        name=name,
        url=url,
        role=role,
        user=user,
        occasions=frozenset(Occasion(one) for one in occasions),
        severities=frozenset(severities),
        language=language,
        pause_s=pause_s,
    )


def _role(name: str, raw: Any) -> Role:
    known = ", ".join(role.value for role in USUAL)
    if not isinstance(raw, str) or raw not in {role.value for role in USUAL}:
        raise ValueError(f"[{name}].role is one of {known}")
    return Role(raw)


def _some(name: str, key: str, raw: Any, allowed: Iterable[str]) -> list[str]:
    known = sorted(str(one) for one in allowed)
    listed = isinstance(raw, (list, tuple)) and all(isinstance(one, str) for one in raw)
    if not listed or not raw or not {str(one) for one in raw} <= set(known):
        raise ValueError(f"[{name}].{key} is a list of {', '.join(known)}")
    return [str(one) for one in raw]
