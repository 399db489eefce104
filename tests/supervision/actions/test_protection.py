# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from supervision.factory import CONSOLE, DOCUMENT, supervised, terms, user
from supervision.raised import actor, raised

from tarazy.core import clock
from tarazy.core.access import Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.devices import enrol_device, fit_device
from tarazy.supervision.actions.orders import revoke_order, vary_order
from tarazy.supervision.actions.protection import (
    Apart,
    ConsentPaper,
    fit_protected,
    forbid_contact,
    forget_protected,
    protect,
    record_consent,
    record_protected,
    unfit_protected,
    withdraw_consent,
)
from tarazy.supervision.looks.protection import other_side, protected, protected_people
from tarazy.supervision.models import (
    Consent,
    NoContact,
    PairState,
    ProtectedFix,
    ProtectedPerson,
)
from tarazy.supervision.presence.pairs import Memory
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
DAY = timedelta(days=1)


def somebody(label: str = "ПЛ-1") -> ProtectedPerson:
    return record_protected(CONSOLE, label, full_name="Қорғалған Адам", phone="+7 700 000 00 01")


def paper(since: timedelta = -DAY, until: timedelta = 30 * DAY) -> ConsentPaper:
    return ConsentPaper(
        document_number="C-1", given_at=NOW - DAY, since=NOW + since, until=NOW + until
    )


def refusal(act: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **more)
    return caught.value.name


def test_a_consent_is_given_and_taken_back_once() -> None:
    one = somebody()
    consent = record_consent(CONSOLE, one.public_id, paper())
    assert refusal(record_consent, CONSOLE, one.public_id, paper()) == Refusal.CONSENT_OVERLAPS
    withdrawn = withdraw_consent(CONSOLE, consent.public_id, at=NOW)
    assert (withdrawn.withdrawn_at, withdrawn.period.upper) == (NOW, NOW)
    again = refusal(withdraw_consent, CONSOLE, consent.public_id, at=NOW)
    assert again == Refusal.CONSENT_WITHDRAWN
    record_consent(CONSOLE, one.public_id, paper(since=DAY))


def test_nobody_agrees_to_what_has_been() -> None:
    consent = record_consent(CONSOLE, somebody().public_id, paper(since=-9 * DAY))
    assert consent.period.lower == NOW - DAY
    wrong = paper(since=DAY, until=DAY)
    assert refusal(record_consent, CONSOLE, consent.protected.public_id, wrong) == (
        Refusal.CONSENT_PERIOD_EMPTY
    )


def test_a_consent_that_is_taken_back_before_it_begins_never_was() -> None:
    consent = record_consent(CONSOLE, somebody().public_id, paper(since=DAY))
    withdraw_consent(CONSOLE, consent.public_id, at=NOW)
    assert Consent.objects.get().period.isempty


@pytest.mark.parametrize("label", ["", "  ", "x" * 41, "a\nb"])
def test_a_sign_is_short_and_readable(label: str) -> None:
    assert refusal(record_protected, CONSOLE, label, full_name="X") == Refusal.BAD_FIELD


def test_a_device_is_with_one_person_only_and_never_without_consent() -> None:
    one, wearer = somebody(), supervised()
    device, _ = enrol_device(CONSOLE, "owntracks", "phone of a protected person")
    give = (fit_protected, CONSOLE, device.public_id, one.public_id)
    assert refusal(*give, since=NOW) == Refusal.CONSENT_MISSING
    record_consent(CONSOLE, one.public_id, paper())
    fitting = fit_protected(CONSOLE, device.public_id, one.public_id, since=NOW)
    assert refusal(*give, since=NOW) == Refusal.DEVICE_TAKEN
    person = wearer.person.public_id
    assert refusal(fit_device, CONSOLE, device.public_id, person, since=NOW) == Refusal.DEVICE_TAKEN
    taken = (fit_protected, CONSOLE, wearer.device.public_id, one.public_id)
    assert refusal(*taken, since=NOW) == Refusal.DEVICE_TAKEN
    unfit_protected(CONSOLE, fitting.public_id, at=NOW + DAY)
    assert refusal(unfit_protected, CONSOLE, fitting.public_id, at=NOW + 2 * DAY) == (
        Refusal.FITTING_ENDED
    )
    fit_device(CONSOLE, device.public_id, person, since=NOW + DAY)


@pytest.mark.parametrize(
    ("apart", "name"),
    [
        (Apart(radius_m=99), Refusal.NO_CONTACT_RADIUS),
        (Apart(radius_m=5_001), Refusal.NO_CONTACT_RADIUS),
        (Apart(inner_m=49), Refusal.NO_CONTACT_RADIUS),
        (Apart(radius_m=200, inner_m=200), Refusal.NO_CONTACT_RADIUS),
        (Apart(since=NOW - 400 * DAY), Refusal.CONDITION_OUTSIDE_ORDER),
        (Apart(since=NOW, until=NOW), Refusal.ORDER_PERIOD_EMPTY),
    ],
)
def test_a_radius_and_a_period_are_lawful_or_refused(apart: Apart, name: str) -> None:
    order = supervised().order.public_id
    assert refusal(protect, CONSOLE, order, somebody().public_id, apart) == name


def test_an_order_protects_and_goes_on_doing_so_when_it_is_extended() -> None:
    one, wearer = somebody(), supervised()
    demand = protect(CONSOLE, wearer.order.public_id, one.public_id, Apart())
    assert (demand.radius_m, demand.inner_m) == (300, 100)
    twice = (protect, CONSOLE, wearer.order.public_id, one.public_id, Apart())
    assert refusal(*twice) == Refusal.NO_CONTACT_OVERLAPS
    whole = wearer.order.in_force
    vary_order(
        CONSOLE, wearer.order.public_id, DOCUMENT, since=whole.lower, until=whole.upper + DAY
    )
    assert NoContact.objects.get().period.upper == whole.upper + DAY
    revoke_order(CONSOLE, wearer.order.public_id, DOCUMENT, at=NOW)
    assert refusal(protect, CONSOLE, wearer.order.public_id, somebody("2").public_id, Apart()) == (
        Refusal.ORDER_ENDED
    )


def test_two_orders_forbid_contact() -> None:
    one, other = supervised(), supervised("Екінші Адам")
    ids = one.order.public_id, other.order.public_id
    assert forbid_contact(CONSOLE, *ids, Apart()).radius_m == 100
    assert refusal(forbid_contact, CONSOLE, ids[0], ids[0], Apart()) == Refusal.NO_CONTACT_SELF
    assert refusal(forbid_contact, CONSOLE, ids[0], "ord_x", Apart()) == CoreRefusal.NOT_FOUND


def fix_of(one: ProtectedPerson, consent: Consent, at: datetime, known_at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO supervision_protectedfix (transaction, device_id, protected_id,"
            " consent_id, at, known_at, lat, lon, digest) VALUES (1, 1, %s, %s, %s, %s, 1, 2, %s)",
            [one.pk, consent.pk, at, known_at, at.isoformat().encode()],
        )


def test_fixes_go_after_two_days_but_for_what_an_open_alert_rests_on() -> None:
    one, wearer, now = somebody(), supervised(), clock.now()
    consent = record_consent(CONSOLE, one.public_id, paper())
    demand = protect(CONSOLE, wearer.order.public_id, one.public_id, Apart())
    for hours in (1, 47, 49, 60, 72):
        when = now - timedelta(hours=hours)
        fix_of(one, consent, when, when)
    alert = raised(
        wearer, NOW, rule="S-VICTIM-PROXIMITY", condition=None, no_contact=demand,
        since=now - timedelta(hours=60), until=now - timedelta(hours=59),
    )  # fmt: skip
    assert forget_protected(CONSOLE, now + 900 * DAY) == 2
    assert ProtectedFix.objects.count() == 3
    alert.state = "resolved"
    alert.save()
    assert forget_protected(CONSOLE, now) == 1
    withdraw_consent(CONSOLE, consent.public_id, at=now)
    assert forget_protected(CONSOLE, now) == 2


def test_who_is_protected_is_seen_by_their_own_officers_only() -> None:
    one, wearer = somebody(), supervised()
    protect(CONSOLE, wearer.order.public_id, one.public_id, Apart())
    keeper = actor(user("keeper", Role.PROTECTION))
    (line,) = protected_people(keeper, clock.now())
    assert (line.protected, line.demands, line.fitted) == (one, 1, False)
    assert protected(keeper, one.public_id, NOW).identity.full_name == "Қорғалған Адам"
    assert refusal(protected, keeper, "prp_x", NOW) == CoreRefusal.NOT_FOUND
    for role in (Role.OPERATOR, Role.OFFICER, Role.SUPERVISOR, Role.WEARER, Role.ADMINISTRATOR):
        somebody_else = actor(user(f"a.{role.value}", role))
        assert refusal(protected, somebody_else, one.public_id, NOW) == CoreRefusal.NOT_PERMITTED
        assert refusal(protected_people, somebody_else, NOW) == CoreRefusal.NOT_PERMITTED


def test_an_operator_sees_the_sign_and_the_phone_at_an_alert_and_no_name() -> None:
    one, wearer = somebody(), supervised()
    demand = protect(CONSOLE, wearer.order.public_id, one.public_id, Apart())
    alert = raised(wearer, NOW, rule="S-VICTIM-PROXIMITY", condition=None, no_contact=demand)
    operator = actor(user("operator", Role.OPERATOR))
    seen = other_side(operator, alert.public_id)
    assert seen is not None
    assert (seen.label, seen.phone, seen.metres) == ("ПЛ-1", "+7 700 000 00 01", 300)
    plain = raised(wearer, NOW)
    assert other_side(operator, plain.public_id) is None
    stranger = actor(user("officer", Role.OFFICER))
    assert refusal(other_side, stranger, alert.public_id) == CoreRefusal.NOT_PERMITTED


def test_a_second_order_of_the_same_person_is_no_other_person() -> None:
    one = supervised()
    period = terms(NOW + 100 * DAY, NOW + 200 * DAY)
    from tarazy.supervision.actions.orders import start_order

    later = start_order(CONSOLE, one.person.public_id, period)
    words = (forbid_contact, CONSOLE, one.order.public_id, later.public_id, Apart())
    assert refusal(*words) == Refusal.NO_CONTACT_SELF


def test_the_last_places_of_a_pair_go_when_nothing_was_heard_for_two_days() -> None:
    from supervision.pairing import OTHER, OWN, judged, stay, victim

    demand = protect(CONSOLE, supervised().order.public_id, somebody().public_id, Apart())
    found = judged(victim(), [*stay(OWN, 0, 9, 0), *stay(OTHER, 0.5, 9, 0)], 9).after
    head = found.snapshots[-1]
    state = PairState.objects.create(
        no_contact=demand, judged_to=found.judged_to, head=msgspec.to_builtins(head)
    )
    forget_protected(CONSOLE, head.at + DAY)
    state.refresh_from_db()
    assert msgspec.convert(state.head, Memory) == head
    forget_protected(CONSOLE, head.at + 3 * DAY)
    state.refresh_from_db()
    left = msgspec.convert(state.head, Memory)
    assert (left.at, [one.track.end for one in left.sides]) == (found.judged_to, [None, None])
