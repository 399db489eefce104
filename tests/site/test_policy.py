# SPDX-License-Identifier: EUPL-1.2
"""Walks every address as every role, with the own and with others' ids, against the policy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.recorded import (
    absence_of,
    alert_of,
    appointment_of,
    asked_of,
    contact_draft_of,
    contact_of,
    cover_of,
    draft_of,
    fitting_of,
    hold_of,
    message_of,
    receipt_of,
    report_of,
    scan_of,
)

from tarazy.core.access import POLICY, Role
from tarazy.core.audit import log
from tarazy.core.models import User
from tarazy.core.web import actor_of
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.models import (
    Alert,
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
    "catalogue-json": ("GET", OPEN),
    "access": ("GET", OPEN),
    "card": ("GET", OPEN),
    "audit": ("GET", "core.audit.view"),
    "audit-find": ("POST", "supervision.person.identify"),
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
    "supervision:reopen": ("POST", "supervision.alert.reopen"),
    "supervision:release": ("POST", "supervision.alert.release"),
    "supervision:hand-over": ("POST", "supervision.alert.hand_over"),
    "supervision:note": ("POST", "supervision.alert.note"),
    "supervision:called": ("POST", "supervision.alert.call"),
    "supervision:escalate": ("POST", "supervision.alert.escalate"),
    "supervision:step": ("POST", "supervision.alert.step"),
    "supervision:step-back": ("POST", "supervision.alert.step_back"),
    "supervision:together": ("GET", "supervision.board.together"),
    "supervision:resolve-together": ("POST", "supervision.alert.resolve"),
    "supervision:contact-add": ("POST", "supervision.contact.add"),
    "supervision:contact-remove": ("POST", "supervision.contact.remove"),
    "supervision:protocols": ("GET", "supervision.protocol.view"),
    "supervision:protocol": ("GET", "supervision.protocol.view_one"),
    "supervision:protocol-write": ("POST", "supervision.protocol.write"),
    "supervision:notices": ("GET", "supervision.notices.view"),
    "supervision:shift": ("GET", "supervision.shift.view"),
    "supervision:shift-export": ("GET", "supervision.shift.export"),
    "supervision:shift-begin": ("POST", "supervision.shift.begin"),
    "supervision:shift-end": ("POST", "supervision.shift.end"),
    "supervision:people": ("GET", "supervision.people.view"),
    "supervision:person": ("GET", "supervision.person.view"),
    "supervision:trail": ("GET", "supervision.trail.view"),
    "supervision:trail-page": ("GET", "supervision.trail.view"),
    "supervision:trail-print": ("GET", "supervision.trail.print"),
    "supervision:map-print": ("POST", "supervision.map.print"),
    "supervision:follow": ("POST", "supervision.person.follow"),
    "supervision:person-zones": ("POST", "supervision.person.zones"),
    "supervision:command": ("POST", "supervision.device.command"),
    "supervision:reports": ("GET", "supervision.report.list"),
    "supervision:compliance": ("GET", "supervision.report.compliance"),
    "supervision:compliance-table": ("GET", "supervision.report.compliance"),
    "supervision:incident": ("GET", "supervision.report.incident"),
    "supervision:incident-places": ("GET", "supervision.report.incident"),
    "supervision:hold-place": ("POST", "supervision.hold.place"),
    "supervision:hold-lift": ("POST", "supervision.hold.lift"),
    "supervision:figures": ("GET", "supervision.report.figures"),
    "supervision:figures-table": ("GET", "supervision.report.figures"),
    "supervision:report-check": ("POST", "supervision.report.check"),
    "supervision:disclose": ("POST", "supervision.report.disclose"),
    "supervision:report-proof": ("GET", "supervision.report.prove"),
    "supervision:receipt": ("GET", "supervision.report.receipt"),
    "supervision:number": ("POST", "supervision.order.set_number"),
    "supervision:check-in-plan": ("POST", "supervision.checkin.plan"),
    "supervision:check-in-note": ("POST", "supervision.checkin.note"),
    "supervision:check-in-answer": ("POST", "supervision.checkin.answer"),
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
    "supervision:absences": ("GET", "supervision.absences.view"),
    "supervision:absence-withdraw": ("POST", "supervision.absence.withdraw"),
    "supervision:no-contact": ("GET", "supervision.no_contact.view"),
    "supervision:no-contact-decide": ("POST", "supervision.no_contact.approve"),
    "supervision:fit": ("GET", "supervision.fitting.prepare"),
    "supervision:unfit": ("POST", "supervision.removal.prepare"),
    "supervision:devices": ("GET", "supervision.devices.view"),
    "supervision:device": ("GET", "supervision.device.view"),
    "supervision:device-enrol": ("POST", "supervision.device.enrol"),
    "supervision:device-stock": ("POST", "supervision.device.set_stock"),
    "supervision:device-link": ("POST", "supervision.device.link"),
    "supervision:phone": ("GET", OPEN),
    "supervision:appointments": ("GET", "supervision.appointments.view"),
    "supervision:appointment": ("GET", "supervision.appointment.find"),
    "supervision:appointment-settle": ("POST", "supervision.appointment.settle"),
    "supervision:own-appointments": ("GET", "supervision.message.receive"),
    "supervision:message-read": ("POST", "supervision.message.read"),
    "supervision:covers": ("GET", "supervision.caseload.view"),
    "supervision:cover-end": ("POST", "supervision.caseload.return"),
    "supervision:own": ("GET", "supervision.own.view"),
    "supervision:protected-people": ("GET", "supervision.protected.list"),
    "supervision:protected-record": ("POST", "supervision.protected.record"),
    "supervision:protected-person": ("GET", "supervision.protected.view"),
    "supervision:consent-record": ("POST", "supervision.consent.record"),
    "supervision:consent-withdraw": ("POST", "supervision.consent.withdraw"),
    "supervision:protected-fit": ("POST", "supervision.protected.fit"),
    "supervision:protected-unfit": ("POST", "supervision.protected.unfit"),
    "supervision:no-contact-protect": ("POST", "supervision.no_contact.protect"),
    "supervision:places": ("POST", "supervision.places.search"),
    "supervision:place": ("POST", "supervision.places.name"),
    "supervision:shared-zones": ("GET", "supervision.zones.shared"),
    "supervision:streets": ("GET", SIGNED_IN),
    "supervision:tiles": ("GET", SIGNED_IN),
    "procurement:first": ("GET", "procurement.ranking.view"),
    "procurement:flags": ("GET", "procurement.flags.view"),
    "procurement:first-export": ("GET", "procurement.ranking.export"),
    "procurement:flags-export": ("GET", "procurement.flags.export"),
    "procurement:process": ("GET", "procurement.process.view"),
    "procurement:parties": ("GET", "procurement.parties.view"),
    "procurement:decide": ("POST", "procurement.parties.decide"),
    "procurement:imports": ("GET", "procurement.imports.view"),
    "procurement:quality": ("GET", "procurement.quality.view"),
    "procurement:buyers": ("GET", "procurement.buyers.view"),
    "procurement:buyer": ("GET", "procurement.quality.view"),
}
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


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{one.namespace}:" if one.namespace else space
            yield from names(one.url_patterns, inner)
        else:
            yield f"{space}{one.name}"


def alert_id(_: Supervised, alert: Alert | None) -> list[str]:
    return [alert.public_id if alert else "alr_" + "0" * 32]


def person_id(one: Supervised, _: Alert | None) -> list[str]:
    return [one.person.public_id]


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WINDOW = f"?since={NOW - HOUR:%Y-%m-%dT%H:%M:%SZ}&until={NOW:%Y-%m-%dT%H:%M:%SZ}"
DAYS = f"?since={NOW - 2 * DAY:%Y-%m-%d}&until={NOW - DAY:%Y-%m-%d}"
ARGUMENTS: dict[str, Callable[[Supervised, Alert | None], list[str]]] = {
    "supervision:alert": alert_id,
    "supervision:acknowledge": alert_id,
    "supervision:resolve": alert_id,
    "supervision:reopen": alert_id,
    "supervision:release": alert_id,
    "supervision:hand-over": alert_id,
    "supervision:note": alert_id,
    "supervision:called": alert_id,
    "supervision:escalate": alert_id,
    "supervision:step": alert_id,
    "supervision:step-back": alert_id,
    "supervision:change-order": lambda one, _: [one.order.public_id],
    "supervision:draft": lambda one, _: [draft_of(one).public_id],
    "supervision:draft-edit": lambda one, _: [draft_of(one).public_id],
    "supervision:draft-decide": lambda one, _: [draft_of(one).public_id, "approve"],
    "supervision:paper": lambda one, _: [scan_of(one)],
    "supervision:zone-new": person_id,
    "supervision:zone-edit": lambda one, _: [one.curfew.public_id],
    "supervision:condition-end": lambda one, _: [one.curfew.public_id],
    "supervision:absences": person_id,
    "supervision:absence-withdraw": lambda one, _: [absence_of(one)],
    "supervision:no-contact": person_id,
    "supervision:no-contact-decide": lambda one, _: [contact_draft_of(one), "approve"],
    "supervision:fit": person_id,
    "supervision:unfit": lambda one, _: [one.person.public_id, fitting_of(one)],
    "supervision:device": lambda one, _: [one.device.public_id],
    "supervision:device-stock": lambda one, _: [one.device.public_id],
    "supervision:device-link": lambda one, _: [one.device.public_id],
    "supervision:cover-end": lambda one, _: [cover_of(one)],
    "supervision:phone": lambda *_: ["none"],
    "supervision:appointments": person_id,
    "supervision:appointment": lambda one, _: [appointment_of(one)],
    "supervision:appointment-settle": lambda one, _: [appointment_of(one)],
    "supervision:message-read": lambda one, _: [message_of(one)],
    "supervision:contact-add": person_id,
    "supervision:contact-remove": lambda one, _: [contact_of(one).public_id],
    "supervision:protocol": lambda *_: ["S-SOS"],
    "supervision:protocol-write": lambda *_: ["S-SOS"],
    "supervision:incident": alert_id,
    "supervision:incident-places": alert_id,
    "supervision:person": person_id,
    "supervision:trail": person_id,
    "supervision:trail-page": person_id,
    "supervision:trail-print": person_id,
    "supervision:follow": person_id,
    "supervision:person-zones": person_id,
    "supervision:reports": person_id,
    "supervision:hold-place": person_id,
    "supervision:hold-lift": lambda one, _: [hold_of(one)],
    "supervision:compliance": person_id,
    "supervision:compliance-table": person_id,
    "supervision:command": lambda one, _: [one.person.public_id, one.device.public_id],
    "supervision:disclose": lambda one, _: [report_of(one).public_id],
    "supervision:report-proof": lambda one, _: [report_of(one).public_id],
    "supervision:receipt": lambda one, _: [receipt_of(one).public_id],
    "supervision:number": lambda one, _: [one.order.public_id],
    "supervision:check-in-plan": lambda one, _: [one.order.public_id],
    "supervision:check-in-note": lambda one, _: [asked_of(one).public_id],
    "supervision:check-in-answer": lambda one, _: [asked_of(one).public_id],
    # Nobody's ids: whoever has the verb is told that there is no such thing, others are refused.
    "supervision:protected-person": lambda *_: ["prp_" + "0" * 32],
    "supervision:consent-record": lambda *_: ["prp_" + "0" * 32],
    "supervision:protected-fit": lambda *_: ["prp_" + "0" * 32],
    "supervision:no-contact-protect": lambda *_: ["prp_" + "0" * 32],
    "supervision:consent-withdraw": lambda *_: ["cns_" + "0" * 32],
    "supervision:protected-unfit": lambda *_: ["pft_" + "0" * 32],
    "card": lambda *_: ["R018"],
    "procurement:process": lambda *_: ["ocds-none"],
    "procurement:decide": lambda *_: ["pair-none"],
    "procurement:buyer": lambda *_: ["nobody"],
}
OF_NOBODY = {
    "supervision:device-stock",
    "supervision:cover-end",
    "supervision:phone",
    "supervision:protocol",
    "supervision:protocol-write",
    "supervision:protected-person",
    "supervision:consent-record",
    "supervision:protected-fit",
    "supervision:no-contact-protect",
    "supervision:consent-withdraw",
    "supervision:protected-unfit",
}
QUERIES = {
    "supervision:trail": WINDOW,
    "supervision:trail-page": WINDOW,
    "supervision:trail-print": WINDOW,
    "supervision:compliance": DAYS,
    "supervision:figures-table": f"?month={NOW:%Y-%m}",
    "supervision:compliance-table": DAYS,
}


def address(name: str, one: Supervised, alert: Alert | None) -> str:
    arguments = ARGUMENTS.get(name)
    given = arguments(one, alert) if arguments else []
    return reverse(name, args=given) + QUERIES.get(name, "")


def visit(client: Client, name: str, one: Supervised, alert: Alert | None) -> int:
    method = PAGES[name][0]
    to = address(name, one, alert)
    facts = {"version": "1", "note": "a note", "purpose": "none", "cause": "unknown", "alert": "x"}
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
    about_a_draft = name.startswith("supervision:draft")
    about_a_person = name in ARGUMENTS and name.startswith("supervision:")
    if name in OF_NOBODY or not about_a_person:
        return not isinstance(reach, Oneself)
    person = cast.users[role]
    request = type("Request", (), {"user": person, "session": {}})()
    return reach.covers(actor_of(request), draft_of(one) if about_a_draft else one.person)


def test_an_unknown_id_is_no_page_and_no_fault(client: Client, cast: Cast) -> None:
    client.force_login(cast.users[Role.OPERATOR])
    for wrong in ("per_" + "0" * 32, "1", "..", "%27%20OR%201=1", "ә" * 50):
        assert client.get(f"/supervision/people/{wrong}/").status_code in {403, 404}
        assert client.get(f"/supervision/alerts/{wrong}/").status_code in {403, 404}


FIELDS = """since until month page name state purpose before year text sort order wish version note
cause to alert contact step outcome west south east north person kind seconds value from times for
answer answer_min route number take_min reason minutes hours then demand copy shape corners lat lon
radius_m inner_m search other scan_id remark confirmed device at place evidence medical_on stock
signature_drawn report_interval_s demands-TOTAL_FORMS exceptions buffer_m iin"""
ODD = (
    "-1", "9" * 31, "1e400", "nan", "٣", "²", "0000", "9999-12", "0001-01-01", "9999-12-31T23:59",
    "0001-01-01T00:00", "2026-11-01T00:00:00+25:00", "a/b", "../x", "{0.__class__}", "%s",
    "ә" * 3000, "<script>", "save", "ask", "find", "rehearse", "import", "message", "[]", "\r\n",
)  # fmt: skip


@pytest.mark.parametrize("turn", [0, 11])
def test_an_odd_request_is_never_a_fault_of_ours(turn: int, client: Client) -> None:
    """Whoever may do everything, on what is really there, with nonsense in each field."""
    whole = user("the.whole", *PEOPLE)
    one, _ = supervised("Біреу", officer=whole, login=whole), supervised("Екінші Адам")
    client.force_login(whole)
    odd = {name: ODD[(turn + place) % len(ODD)] for place, name in enumerate(FIELDS.split())}
    for name in PAGES:
        if name == "account_logout":
            continue
        to = address(name, one, alert_of(one)).partition("?")[0]
        Alert.objects.update(until=NOW)
        scan = SimpleUploadedFile('../a"b.csv', b"PK\x03\x04\xff;\0")
        files = dict.fromkeys(("scan", "table", "photo", "file"), scan)
        assert client.get(to, odd).status_code < 500, name
        assert client.post(to, odd | files).status_code < 500, name
