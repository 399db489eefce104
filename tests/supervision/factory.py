# SPDX-License-Identifier: EUPL-1.2
"""Makes people under an order for tests, through the same doors as the service."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from tarazy.core.access import Actor, Role
from tarazy.core.actions import create_user
from tarazy.core.models import User
from tarazy.supervision.actions.demands import Demand, Shape
from tarazy.supervision.actions.devices import enrol_device, fit_device
from tarazy.supervision.actions.orders import (
    CourtDocument,
    OrderTerms,
    add_condition,
    create_zone,
    register_person,
    start_order,
)
from tarazy.supervision.models import (
    Condition,
    ConditionKind,
    Device,
    Measure,
    Order,
    Person,
    Zone,
    ZoneKind,
)

CONSOLE = Actor.console()
DOCUMENT = CourtDocument(
    court="Court No. 2", number="3-118/2026", judge="A. Test", decided_on=date(2026, 5, 1)
)
HOME = Shape(kind=ZoneKind.CIRCLE, lat=48.6, lon=66.9, radius_m=100.0)
NIGHT = [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "22:00", "until": "06:00"}]


@dataclass(frozen=True, slots=True)
class Supervised:
    """Somebody with an order in force, a home curfew and a device."""

    person: Person
    order: Order
    home: Zone
    curfew: Condition
    device: Device
    token: str


def user(name: str, *roles: Role) -> User:
    return create_user(CONSOLE, name, "a long password", roles=roles)


def terms(since: datetime, until: datetime, officer: User | None = None) -> OrderTerms:
    return OrderTerms(
        measure=Measure.HOUSE_ARREST,
        document=DOCUMENT,
        since=since,
        until=until,
        time_zone="Asia/Almaty",
        officer=officer,
    )


def supervised(
    name: str = "Серікова Айгүл",
    *,
    now: datetime | None = None,
    officer: User | None = None,
    login: User | None = None,
) -> Supervised:
    at = now or datetime.now(UTC)  # noqa: TID251 - a test's own clock
    person = register_person(CONSOLE, name, user=login)
    period = terms(at - timedelta(days=30), at + timedelta(days=60), officer)
    order = start_order(CONSOLE, person.public_id, period)
    home = create_zone(CONSOLE, person.public_id, "home", HOME)
    curfew = add_condition(
        CONSOLE,
        order.public_id,
        home.public_id,
        Demand(kind=ConditionKind.HOME_CURFEW, timetable=NIGHT),
    )
    device, token = enrol_device(CONSOLE, "owntracks", f"phone of {person.public_id}")
    fit_device(CONSOLE, device.public_id, person.public_id, since=at - timedelta(days=29))
    return Supervised(person, order, home, curfew, device, token)
