# SPDX-License-Identifier: EUPL-1.2
"""Walks every address as every role, with the own and with others' ids, against the policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user

from tarazy.core.access import POLICY, Role
from tarazy.core.audit import log
from tarazy.core.models import User
from tarazy.core.web import actor_of
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.models import Alert, AlertVersion

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock

OPEN = "open to everybody"
SIGNED_IN = "open to whoever is signed in"

PAGES: dict[str, tuple[str, str]] = {
    "home": ("GET", SIGNED_IN),
    "purpose": ("POST", SIGNED_IN),
    "set_language": ("POST", OPEN),
    "catalogue": ("GET", OPEN),
    "access": ("GET", OPEN),
    "card": ("GET", OPEN),
    "audit": ("GET", "core.audit.view"),
    "health-live": ("GET", OPEN),
    "health-ready": ("GET", OPEN),
    "metrics": ("GET", OPEN),
    "account_login": ("GET", OPEN),
    "account_logout": ("GET", SIGNED_IN),
    "account_reauthenticate": ("GET", SIGNED_IN),
    "account_change_password": ("GET", SIGNED_IN),
    "account_inactive": ("GET", OPEN),
    "supervision:board": ("GET", "supervision.board.view"),
    "supervision:live-open": ("POST", "supervision.live.open"),
    "supervision:alert": ("GET", "supervision.alert.view"),
    "supervision:acknowledge": ("POST", "supervision.alert.acknowledge"),
    "supervision:resolve": ("POST", "supervision.alert.resolve"),
    "supervision:people": ("GET", "supervision.people.view"),
    "supervision:person": ("GET", "supervision.person.view"),
    "supervision:trail": ("GET", "supervision.trail.view"),
    "supervision:command": ("POST", "supervision.device.command"),
    "supervision:own": ("GET", "supervision.own.view"),
    "supervision:protected-people": ("GET", "supervision.protected.list"),
    "supervision:protected-record": ("POST", "supervision.protected.record"),
    "supervision:protected-person": ("GET", "supervision.protected.view"),
    "supervision:consent-record": ("POST", "supervision.consent.record"),
    "supervision:consent-withdraw": ("POST", "supervision.consent.withdraw"),
    "supervision:protected-fit": ("POST", "supervision.protected.fit"),
    "supervision:protected-unfit": ("POST", "supervision.protected.unfit"),
    "supervision:no-contact-protect": ("POST", "supervision.no_contact.protect"),
    "supervision:streets": ("GET", SIGNED_IN),
    "supervision:tiles": ("GET", SIGNED_IN),
    "procurement:flags": ("GET", "procurement.flags.view"),
    "procurement:process": ("GET", "procurement.process.view"),
}
FIXED = {
    "card": "R018",
    "procurement:process": "ocds-none",
    "supervision:protected-person": "prp_" + "0" * 32,
    "supervision:consent-record": "prp_" + "0" * 32,
    "supervision:protected-fit": "prp_" + "0" * 32,
    "supervision:no-contact-protect": "prp_" + "0" * 32,
    "supervision:consent-withdraw": "cns_" + "0" * 32,
    "supervision:protected-unfit": "pft_" + "0" * 32,
}
"""Of protected people nobody's ids: whoever has the verb is told that there is none of these."""
PEOPLE = [role for role in Role if role is not Role.SYSTEM]


@dataclass(frozen=True, slots=True)
class Cast:
    """A user of each role; people near to all of them, far from all, and no longer under order."""

    users: dict[Role, User]
    near: Supervised
    far: Supervised
    past: Supervised


@pytest.fixture
def cast() -> Cast:
    users: dict[Role, User] = {role: user(f"the.{role.value}", role) for role in PEOPLE}
    near = supervised("Жақын Адам", officer=users[Role.OFFICER], login=users[Role.WEARER])
    near.order.investigator = users[Role.INVESTIGATOR]
    near.order.save()
    past = supervised("Бұрынғы Адам")
    revoke_order(CONSOLE, past.order.public_id, DOCUMENT, at=NOW - timedelta(hours=1))
    return Cast(users, near, supervised("Алыс Адам"), past)


def alert_of(one: Supervised) -> Alert:
    facts = {"state": "active", "since": NOW, "known_at": NOW}
    alert = Alert.objects.create(
        person=one.person, order=one.order, condition=one.curfew, rule="S-CURFEW-ABSENCE",
        rule_version=1, severity="high", **facts,
    )  # fmt: skip
    AlertVersion.objects.create(
        alert=alert, number=1, sentence="Away from {zone}.", facts={"zone": "home"},
        probability=0.9, actor="sys_engine", **facts,
    )  # fmt: skip
    return alert


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{one.namespace}:" if one.namespace else space
            yield from names(one.url_patterns, inner)
        else:
            yield f"{space}{one.name}"


def address(name: str, one: Supervised, alert: Alert | None) -> str:
    if name in {"supervision:alert", "supervision:acknowledge", "supervision:resolve"}:
        return reverse(name, args=[alert.public_id if alert else "alr_" + "0" * 32])
    if name in {"supervision:person", "supervision:trail"}:
        window = (
            f"?since={(NOW - timedelta(hours=1)):%Y-%m-%dT%H:%M:%SZ}&until={NOW:%Y-%m-%dT%H:%M:%SZ}"
        )
        return reverse(name, args=[one.person.public_id]) + window
    if name == "supervision:command":
        return reverse(name, args=[one.person.public_id, one.device.public_id])
    if name in FIXED:
        return reverse(name, args=[FIXED[name]])
    return reverse(name)


def visit(client: Client, name: str, one: Supervised, alert: Alert | None) -> int:
    method = PAGES[name][0]
    to = address(name, one, alert)
    facts = {"version": "1", "note": "a note", "purpose": "none"}
    answer = client.get(to) if method == "GET" else client.post(to, facts)
    return answer.status_code


def test_every_address_is_in_the_table() -> None:
    assert set(names(get_resolver().url_patterns)) == set(PAGES)


def test_whoever_is_not_signed_in_sees_open_pages_only(client: Client, cast: Cast) -> None:
    for name, (_, verb) in PAGES.items():
        status = visit(client, name, cast.near, alert_of(cast.near))
        Alert.objects.update(until=NOW)
        assert (status == 302) == (verb != OPEN) or name == "set_language", (name, status)


@pytest.mark.parametrize("role", PEOPLE)
def test_each_role_by_the_table(role: Role, cast: Cast, client: Client) -> None:
    client.force_login(cast.users[role])
    for name, (_, verb) in PAGES.items():
        if "." not in verb:
            assert visit(client, name, cast.near, None) not in {403, 500}, name
            continue
        for one in (cast.near, cast.far, cast.past):
            before = log.size()
            status = visit(client, name, one, alert_of(one))
            Alert.objects.update(until=NOW)
            expected = expectation(role, verb, name, one, cast)
            assert (status != 403) == expected, (role, name, one.person.full_name, status)
            assert status < 500
            assert log.size() > before, "every look, act and refused attempt leaves a line"


def expectation(role: Role, verb: str, name: str, one: Supervised, cast: Cast) -> bool:
    reach = POLICY.grants[verb].reaches.get(role)
    if reach is None:
        return False
    about_a_person = name.split(":")[-1] in {
        "alert",
        "acknowledge",
        "resolve",
        "person",
        "trail",
        "command",
    }
    if not about_a_person:
        return True
    person = cast.users[role]
    request = type("Request", (), {"user": person, "session": {}})()
    return reach.covers(actor_of(request), one.person)


def test_an_unknown_id_is_no_page_and_no_fault(client: Client, cast: Cast) -> None:
    client.force_login(cast.users[Role.OPERATOR])
    for wrong in ("per_" + "0" * 32, "1", "..", "%27%20OR%201=1", "ә" * 50):
        assert client.get(f"/supervision/people/{wrong}/").status_code in {403, 404}
        assert client.get(f"/supervision/alerts/{wrong}/").status_code in {403, 404}
