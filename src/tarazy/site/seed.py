# SPDX-License-Identifier: EUPL-1.2
"""Fills the demo: log-ins by role, people under invented orders in a demo city, a demo market.

Everything goes through the same doors as in a real service, and so stands in its audit log.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from django.conf import settings

from tarazy.core import clock
from tarazy.core.access import Actor, Role
from tarazy.core.actions import create_user
from tarazy.core.door import together
from tarazy.core.models import User
from tarazy.procurement import actions as procurement
from tarazy.procurement.simulate import write_market
from tarazy.procurement.store import Folder
from tarazy.supervision.actions.contacts import add_contact
from tarazy.supervision.actions.demands import Demand, Shape
from tarazy.supervision.actions.devices import enrol_device, fit_device
from tarazy.supervision.actions.drafts import DraftDemand, DraftFacts, save_draft, submit_draft
from tarazy.supervision.actions.orders import (
    CourtDocument,
    OrderTerms,
    PersonFacts,
    add_condition,
    create_zone,
    register_person,
    start_order,
)
from tarazy.supervision.actions.papers import store_paper
from tarazy.supervision.actions.places import Extract, replace_places
from tarazy.supervision.actions.protection import (
    Apart,
    ConsentPaper,
    forbid_contact,
    protect,
    record_consent,
    record_protected,
)
from tarazy.supervision.actions.shared_zones import share_zone
from tarazy.supervision.extracts import geojson
from tarazy.supervision.models import (
    ConditionKind,
    ContactKind,
    Measure,
    Order,
    PaperKind,
    VersionKind,
    ZoneKind,
)
from tarazy.supervision.models.orders import Person
from tarazy.supervision.simulate.demo import DemoPlan, demo_plan
from tarazy.supervision.simulate.feed import Account, FeedPlan, write_plan
from tarazy.supervision.simulate.records import Circle, Condition
from tarazy.supervision.simulate.records import Person as Invented

SEED = 1
FREE_DEVICES = 3
SCAN = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R
/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 62>>stream
BT /F 14 Tf 30 150 Td (Demo: an invented court's order, 2026-D-1) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
"""A page that says what it is: nobody's document."""
PEOPLE = 200
PROCESSES = 3_000
REPORT_INTERVAL_S = 60
SCHOOL_RADIUS_M = 160.0
PASSWORD = "tarazy-demo"  # noqa: S105 - public on purpose; no real service starts beside it
LOGINS = (
    ("operator", "the control centre: map and alerts of everybody under an order"),
    ("officer", "supervises half of the people: their orders, alerts, trails"),
    ("supervisor", "the control centre, orders and devices"),
    ("investigator", "people of the own cases; red flags of public procurement"),
    ("analyst", "red flags of public procurement, nobody's movements"),
    ("prosecutor", "oversight: everything may be read, nothing changed, the audit log"),
    ("auditor", "the audit log and what it speaks of"),
    ("administrator", "users and devices, no case data"),
    ("protection", "looks after protected people: consent, devices, who must keep away"),
    ("wearer", "a supervised person: the own order, alerts and data"),
)
OFFICERS = ("officer", "officer2")
HOUSEHOLD = "отбасы"
ALONE_EVERY = 7  # every seventh person lives alone: there is nobody else to call
GUARDED, CO_ACCUSED = 5, (6, 7)  # whose orders protect somebody, and forbid two to meet
CASES_EVERY = 20  # every twentieth person is in the demo investigator's case


def people(feed: Path) -> None:
    """All log-ins and people, or nobody; what their devices carry is written to `feed`."""
    if User.objects.filter(demo=True).exists():
        return
    now = clock.now()
    plan = demo_plan(SEED, PEOPLE, now)
    feed.with_name("streets.json").write_text(json.dumps(plan.city.geojson(), ensure_ascii=False))
    _addresses(plan, feed.with_name("addresses.geojsonl"), now)
    with together():
        users = _users()
        accounts = tuple(_accounts(plan, users, now))
        _shared(plan)
        _pairs(now)
        _desk(users["officer"], now)
        write_plan(feed, FeedPlan(SEED, PEOPLE, accounts))


def _addresses(plan: DemoPlan, path: Path, now: datetime) -> None:
    """The city's streets and doors, as an operator's extract of OpenStreetMap would have them."""
    with path.open("w") as file:
        for feature in plan.city.addresses():
            file.write(json.dumps(feature, ensure_ascii=False) + "\n")
    with path.open("rb") as source:
        rows = geojson.read(source)
        extract = Extract(name="demo", format=geojson.NAME, dated_on=now.date(), rows=rows)
        replace_places(Actor.console(), extract)


def _users() -> dict[str, User]:
    console = Actor.console()
    roles = {name: Role(name) for name, _ in LOGINS} | {"officer2": Role.OFFICER}
    return {
        name: create_user(console, name, PASSWORD, roles=[role], demo=True)
        for name, role in roles.items()
    }


def _accounts(plan: DemoPlan, users: dict[str, User], now: datetime) -> Iterator[Account]:
    officers = cycle(users[name] for name in OFFICERS)
    for invented in plan.people:
        in_case = users["investigator"] if invented.index % CASES_EVERY == 0 else None
        person = register_person(
            Actor.console(),
            " ".join((invented.family_name, invented.given_name, invented.patronymic)).strip(),
            phone=invented.phone,
            user=users["wearer"] if invented.index == 0 else None,
        )
        _order(plan, invented, person, officer=next(officers), investigator=in_case)
        if invented.index % ALONE_EVERY:
            household = f"{invented.family_name}, {HOUSEHOLD}"
            number = f"+7 000 001 {invented.index:04d}"
            add_contact(Actor.console(), person.public_id, ContactKind.HOUSEHOLD, household, number)
        yield _device(invented, person, now)


def _shared(plan: DemoPlan) -> None:
    """The city's schools: shared zones, which the board's map can show."""
    for school in plan.city.places("school"):
        lat, lon = plan.city.plane.point(school.door)
        shape = Shape(kind=ZoneKind.CIRCLE, lat=lat, lon=lon, radius_m=SCHOOL_RADIUS_M)
        share_zone(Actor.console(), "school", school.name, shape, title="Мектептер")


def _order(
    plan: DemoPlan,
    invented: Invented,
    person: Person,
    *,
    officer: User,
    investigator: User | None,
) -> None:
    console, paper = Actor.console(), invented.order
    order = start_order(
        console,
        person.public_id,
        OrderTerms(
            measure=Measure(paper.measure),
            document=CourtDocument(
                court=paper.court,
                number=paper.number,
                judge=paper.judge,
                decided_on=paper.dated,
            ),
            since=paper.in_force_from.astimezone(UTC),
            until=paper.in_force_until.astimezone(UTC),
            time_zone=plan.time_zone,
            officer=officer,
            investigator=investigator,
        ),
    )
    for asked in paper.conditions:
        zone = create_zone(console, person.public_id, asked.name, _shape(asked))
        hours = [
            {"days": list(one.days), "from": one.from_, "until": one.until}
            for one in asked.timetable
        ]
        demand = Demand(kind=ConditionKind(asked.kind), timetable=hours)
        add_condition(console, order.public_id, zone.public_id, demand)


def _shape(asked: Condition) -> Shape:
    zone = asked.zone
    if isinstance(zone, Circle):
        return Shape(kind=ZoneKind.CIRCLE, lat=zone.lat, lon=zone.lon, radius_m=zone.radius_m)
    return Shape(kind=ZoneKind.POLYGON, rings=[[list(at) for at in ring] for ring in zone.rings])


def _device(invented: Invented, person: Person, now: datetime) -> Account:
    console, kind = Actor.console(), invented.device.kind
    device, token = enrol_device(
        console,
        kind,
        invented.device.identifier,
        report_interval_s=REPORT_INTERVAL_S,
    )
    since = now - timedelta(days=1)
    fit_device(console, device.public_id, person.public_id, since=since)
    return Account(invented.index, kind, invented.device.identifier, token)


def _pairs(now: datetime) -> None:
    """A protected person who has agreed, and has no device yet; two who are co-accused."""
    console = Actor.console()
    orders = [one.public_id for one in Order.objects.order_by("pk")[: max(CO_ACCUSED) + 1]]
    guarded = record_protected(
        console, "ПЛ-1", full_name="Үлгіева Нұргүл", phone="+7 700 000 00 17"
    )
    paper = ConsentPaper(
        document_number="К-12/2026", given_at=now, since=now, until=now + timedelta(days=60)
    )
    record_consent(console, guarded.public_id, paper)
    protect(console, orders[GUARDED], guarded.public_id, Apart())
    one, other = (orders[number] for number in CO_ACCUSED)
    forbid_contact(console, one, other, Apart())
    forbid_contact(console, other, one, Apart())


def _desk(officer: User, now: datetime) -> None:
    """What waits on the officers' desks: a draft that another person may approve, free phones."""
    for number in range(FREE_DEVICES):
        enrol_device(Actor.console(), "owntracks", f"stock-{number + 1}")
    author = Actor(id=officer.public_id, roles=frozenset({Role.OFFICER}), user_pk=officer.pk)
    scan = store_paper(author, PaperKind.SCAN, SCAN, "demo-order.pdf")
    facts = DraftFacts(
        kind=VersionKind.ORIGINAL,
        person=PersonFacts(full_name="Үлгібаев Нұрсұлтан"),
        scan_id=scan.public_id,
        measure=Measure.HOUSE_ARREST,
        document=CourtDocument(
            court="Үлгікент қалалық соты",
            number="2026-D-1",
            judge="Ә. Рахимов",
            decided_on=now.date(),
        ),
        since=now,
        until=now + timedelta(days=60),
        demands=[
            DraftDemand(
                kind=ConditionKind.HOME_CURFEW,
                place="Үлгікент, Гүлдер 1",
                timetable=[{"days": [*range(7)], "from": "22:00", "until": "06:00"}],
            )
        ],
    )
    submit_draft(author, save_draft(author, facts).public_id)


def market(path: Path) -> None:
    """The tenders, published in `path`, and what the indicators say of them."""
    if Folder(settings.TARAZY.procurement_folder).manifest().findings is not None:
        return
    write_market(path, path.with_name("market-truth.jsonl"), seed=SEED, processes=PROCESSES)
    procurement.import_source(Actor.console(), [path])
    procurement.run_indicators(Actor.console())
