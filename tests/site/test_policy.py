# SPDX-License-Identifier: EUPL-1.2
"""Walks every address as every role, with the own and with others' ids, against the policy."""

from collections.abc import Callable, Iterator
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
from tarazy.supervision.models import (
    Alert,
    AlertVersion,
    Appointment,
    Cover,
    Fitting,
    OrderDraft,
    OrderVersion,
    Paper,
    WearerMessage,
)
from tarazy.supervision.reach import Oneself

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
    "supervision:desk": ("GET", "supervision.drafts.view"),
    "supervision:new-order": ("GET", "supervision.draft.begin"),
    "supervision:import": ("GET", "supervision.draft.begin"),
    "supervision:import-template": ("GET", "supervision.draft.begin"),
    "supervision:change-order": ("GET", "supervision.draft.prepare"),
    "supervision:draft": ("GET", "supervision.draft.view"),
    "supervision:draft-edit": ("GET", "supervision.draft.edit"),
    "supervision:draft-decide": ("POST", "supervision.draft.approve"),
    "supervision:paper": ("GET", "supervision.paper.view"),
    "supervision:zone-new": ("GET", "supervision.zone.prepare"),
    "supervision:zone-edit": ("GET", "supervision.zone.prepare"),
    "supervision:condition-end": ("POST", "supervision.condition.end"),
    "supervision:fit": ("GET", "supervision.fitting.prepare"),
    "supervision:unfit": ("POST", "supervision.removal.prepare"),
    "supervision:devices": ("GET", "supervision.devices.view"),
    "supervision:device": ("GET", "supervision.device.view"),
    "supervision:device-enrol": ("POST", "supervision.device.enrol"),
    "supervision:device-stock": ("POST", "supervision.device.set_stock"),
    "supervision:device-link": ("POST", "supervision.device.link"),
    "supervision:phone": ("GET", OPEN),
    "supervision:contacts": ("GET", "supervision.contacts.view"),
    "supervision:appointment-settle": ("POST", "supervision.appointment.settle"),
    "supervision:own-contacts": ("GET", "supervision.message.receive"),
    "supervision:message-read": ("POST", "supervision.message.read"),
    "supervision:covers": ("GET", "supervision.caseload.view"),
    "supervision:cover-end": ("POST", "supervision.caseload.return"),
    "supervision:own": ("GET", "supervision.own.view"),
    "supervision:streets": ("GET", SIGNED_IN),
    "supervision:tiles": ("GET", SIGNED_IN),
    "procurement:flags": ("GET", "procurement.flags.view"),
    "procurement:process": ("GET", "procurement.process.view"),
}
ABOUT: dict[str, tuple[Callable[[Supervised], str], ...]] = {
    "supervision:change-order": (lambda one: one.order.public_id,),
    "supervision:draft": (lambda one: draft_of(one).public_id,),
    "supervision:draft-edit": (lambda one: draft_of(one).public_id,),
    "supervision:draft-decide": (lambda one: draft_of(one).public_id, lambda _: "approve"),
    "supervision:paper": (lambda one: scan_of(one),),
    "supervision:zone-new": (lambda one: one.person.public_id,),
    "supervision:zone-edit": (lambda one: one.curfew.public_id,),
    "supervision:condition-end": (lambda one: one.curfew.public_id,),
    "supervision:fit": (lambda one: one.person.public_id,),
    "supervision:unfit": (lambda one: one.person.public_id, lambda one: fitting_of(one)),
    "supervision:device": (lambda one: one.device.public_id,),
    "supervision:device-stock": (lambda one: one.device.public_id,),
    "supervision:device-link": (lambda one: one.device.public_id,),
    "supervision:contacts": (lambda one: one.person.public_id,),
    "supervision:appointment-settle": (lambda one: appointment_of(one),),
    "supervision:message-read": (lambda one: message_of(one),),
    "supervision:cover-end": (lambda one: cover_of(one),),
    "supervision:phone": (lambda _: "none",),
    "card": (lambda _: "R018",),
    "procurement:process": (lambda _: "ocds-none",),
}
"""What addresses are about, beside a person alone."""
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


def draft_of(one: Supervised) -> OrderDraft:
    """A change of the person's order that somebody else prepares."""
    known = OrderDraft.objects.filter(order=one.order).first()
    return known or OrderDraft.objects.create(
        kind="extension", order=one.order, person=one.person, full_name=one.person.full_name,
        measure="bail", court="x", document_number="x", judge="x", decided_on=NOW.date(),
        author=user(f"author.{one.person.pk}", Role.OFFICER), created_at=NOW,
    )  # fmt: skip


def scan_of(one: Supervised) -> str:
    """A scan of the person's order, whose bytes are lost."""
    known = OrderVersion.objects.filter(order=one.order, number=9).first()
    if known is not None and known.scan is not None:
        return known.scan.public_id
    scan = Paper.objects.create(
        kind="scan", content_type="application/pdf", name="x", size_bytes=1, sha256="0" * 64,
        scanned=False, recorded_at=NOW, recorded_by="usr_x",
    )  # fmt: skip
    OrderVersion.objects.create(
        order=one.order, number=9, kind="variation", court="x", document_number="x", judge="x",
        decided_on=NOW.date(), in_force=one.order.in_force, recorded_at=NOW, recorded_by="x",
        scan=scan,
    )  # fmt: skip
    return scan.public_id


def appointment_of(one: Supervised) -> str:
    known = Appointment.objects.filter(order=one.order).first()
    if known is None:
        known = Appointment.objects.create(order=one.order, at=NOW, place="x", recorded_by="x")
    return known.public_id


def message_of(one: Supervised) -> str:
    known = WearerMessage.objects.filter(order=one.order).first()
    if known is None:
        known = WearerMessage.objects.create(order=one.order, text="x", sent_at=NOW, sent_by="x")
    return known.public_id


def cover_of(one: Supervised) -> str:
    """A leave of two officers who are not the user."""
    known = Cover.objects.first()
    if known is None:
        away, back = (user(f"{name}.{one.person.pk}", Role.OFFICER) for name in ("away", "back"))
        period = (NOW, NOW + timedelta(days=1))
        known = Cover.objects.create(officer=away, substitute=back, period=period, recorded_by="x")
    return known.public_id


def fitting_of(one: Supervised) -> str:
    return Fitting.objects.get(device=one.device).public_id


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
    return reverse(name, args=[field(one) for field in ABOUT.get(name, ())])


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
        *("change-order", "paper", "zone-new", "zone-edit", "condition-end", "fit", "unfit"),
        *("device", "device-link", "contacts", "appointment-settle", "message-read"),
    }
    about_a_draft = name.startswith("supervision:draft")
    if not about_a_person and not about_a_draft:
        return not isinstance(reach, Oneself)
    person = cast.users[role]
    request = type("Request", (), {"user": person, "session": {}})()
    return reach.covers(actor_of(request), draft_of(one) if about_a_draft else one.person)


def test_an_unknown_id_is_no_page_and_no_fault(client: Client, cast: Cast) -> None:
    client.force_login(cast.users[Role.OPERATOR])
    for wrong in ("per_" + "0" * 32, "1", "..", "%27%20OR%201=1", "ә" * 50):
        assert client.get(f"/supervision/people/{wrong}/").status_code in {403, 404}
        assert client.get(f"/supervision/alerts/{wrong}/").status_code in {403, 404}
