# SPDX-License-Identifier: EUPL-1.2
"""What nobody could see, against fittings, fixes, outages and what retention has deleted."""

from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import CONSOLE, HOME, Supervised, supervised
from supervision.reported import keep_fixes

from tarazy.core.errors import Refused
from tarazy.supervision.actions.devices import enrol_device, fit_device
from tarazy.supervision.actions.orders import create_zone
from tarazy.supervision.looks import gaps
from tarazy.supervision.looks.gaps import unseen_of
from tarazy.supervision.models import (
    Condition,
    DeviceCommand,
    Fitting,
    Order,
    Outage,
    PresenceChange,
    TraceStorage,
)
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def one() -> Supervised:
    return supervised(now=NOW)


def worn(one: Supervised, since: datetime, until: datetime | None) -> None:
    """The only device, from and until."""
    Fitting.objects.filter(person=one.person).update(period=(since, until))


def each_minute(since: datetime, until: datetime) -> list[datetime]:
    return [since + n * MINUTE for n in range(int((until - since) / MINUTE))]


def found(one: Supervised, since: datetime, until: datetime = NOW) -> list[tuple[str, float]]:
    """Each stretch by its cause, and its hours."""
    one.order.refresh_from_db()
    unseen = unseen_of(one.order, Interval(since, until), NOW)
    assert all(gap.since < gap.until for gap in unseen)
    return [(str(gap.why), round((gap.until - gap.since) / HOUR, 1)) for gap in unseen]


def test_without_a_device_everything_is_unseen(one: Supervised) -> None:
    Fitting.objects.all().delete()
    assert found(one, NOW - 35 * HOUR) == [("no_device", 35.0)]


def test_before_the_first_fitting_between_two_and_after_the_last_nothing_was_seen(
    one: Supervised,
) -> None:
    worn(one, NOW - 20 * HOUR, NOW - 16 * HOUR)
    other, _ = enrol_device(CONSOLE, "owntracks", "another phone")
    fit_device(CONSOLE, other.public_id, one.person.public_id, since=NOW - 12 * HOUR)
    Fitting.objects.filter(device=other).update(period=(NOW - 12 * HOUR, NOW - 2 * HOUR))
    keep_fixes(one, each_minute(NOW - 20 * HOUR, NOW - 16 * HOUR))
    assert found(one, NOW - 24 * HOUR) == [
        ("no_device", 4.0),
        ("no_device", 4.0),
        ("unknown", 10.0),
        ("no_device", 2.0),
    ]


def test_a_change_of_devices_is_no_time_without_one(one: Supervised) -> None:
    worn(one, NOW - 10 * HOUR, NOW - 5 * HOUR)
    keep_fixes(one, each_minute(NOW - 10 * HOUR, NOW - 5 * HOUR))
    other, _ = enrol_device(CONSOLE, "owntracks", "another phone")
    fit_device(CONSOLE, other.public_id, one.person.public_id, since=NOW - 5 * HOUR + 5 * MINUTE)
    assert found(one, NOW - 10 * HOUR, NOW - 5 * HOUR + 10 * MINUTE) == []


def test_what_was_asked_of_the_device_says_what_is_a_gap(one: Supervised) -> None:
    """Asked for a report an hour at rest from seven hours ago on, and each minute again lately."""
    worn(one, NOW - 12 * HOUR, None)
    device = Fitting.objects.get(person=one.person).device
    for seconds, hours in ((3600, 7), (60, 2)):
        at = NOW - hours * HOUR
        DeviceCommand.objects.create(
            device=device,
            kind="interval",
            seconds=seconds,
            number=hours,
            state="confirmed",
            requested_by="sys_worker",
            queued_at=at,
            expires_at=at + HOUR,
            sent_at=at,
            answered_at=at,
        )
    hourly = [NOW - n * HOUR for n in (7, 6, 5, 4, 3)]
    keep_fixes(one, [*each_minute(NOW - 12 * HOUR, NOW - 9 * HOUR), *hourly])
    keep_fixes(one, each_minute(NOW - 2 * HOUR, NOW - HOUR))
    assert found(one, NOW - 12 * HOUR) == [("unknown", 2.0), ("unknown", 1.0)]


def test_an_outage_is_ours_only_where_a_device_was_worn(one: Supervised) -> None:
    worn(one, NOW - 6 * HOUR, None)
    Outage.objects.create(process="gateway", since=NOW - 12 * HOUR, until=NOW)
    assert found(one, NOW - 12 * HOUR) == [("no_device", 6.0), ("our_outage", 6.0)]


def test_more_reports_than_can_be_read_are_refused_and_not_called_unseen(
    one: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "REPORTS_MAX", 60)
    keep_fixes(one, each_minute(NOW - 2 * HOUR, NOW))
    with pytest.raises(Refused) as caught:
        found(one, NOW - 2 * HOUR)
    assert caught.value.name == Refusal.REPORT_TOO_LONG
    monkeypatch.setattr(gaps, "REPORTS_MAX", 121)
    assert found(one, NOW - 2 * HOUR) == []


def strict(one: Supervised, policy: TraceStorage = TraceStorage.COMPLIANCE) -> None:
    """The court lets us keep no places, and retention has deleted all that it may."""
    Order.objects.filter(pk=one.order.pk).update(trace_storage=policy)


def state(one: Supervised, at: datetime, presence: str) -> None:
    PresenceChange.objects.create(condition=one.curfew, state=presence, at=at, known_at=at)


def test_places_that_we_deleted_are_no_time_without_monitoring(one: Supervised) -> None:
    """Ten days old: known all the time, but for five hours."""
    strict(one)
    state(one, NOW - 20 * DAY, "inside")
    state(one, NOW - 10 * DAY + 5 * HOUR, "unknown")
    state(one, NOW - 10 * DAY + 10 * HOUR, "outside")
    assert found(one, NOW - 10 * DAY, NOW - 9 * DAY) == [
        ("places_deleted", 5.0),
        ("cause_deleted", 5.0),
        ("places_deleted", 14.0),
    ]


def test_an_order_that_keeps_all_is_not_excused_by_deletion(one: Supervised) -> None:
    state(one, NOW - 20 * DAY, "inside")
    assert found(one, NOW - 10 * DAY, NOW - 9 * DAY) == [("unknown", 24.0)]


def test_what_is_younger_than_retention_is_told_by_its_fixes(one: Supervised) -> None:
    """96 hours: before that the states speak, after it the silence."""
    strict(one)
    state(one, NOW - 20 * DAY, "inside")
    assert found(one, NOW - 5 * DAY) == [("places_deleted", 24.0), ("unknown", 96.0)]


def test_signs_of_life_that_stay_tell_why_it_was_unknown(one: Supervised) -> None:
    strict(one)
    state(one, NOW - 20 * DAY, "unknown")
    since = NOW - 10 * DAY
    keep_fixes(one, each_minute(since, since + HOUR), lat=None, lon=None, accuracy_m=None)
    Outage.objects.create(process="gateway", since=since + 2 * HOUR, until=since + 8 * HOUR)
    assert found(one, since, since + HOUR) == [("no_satellites", 1.0)]
    assert found(one, since + 2 * HOUR, since + 8 * HOUR) == [("our_outage", 6.0)]


def test_one_demand_that_knew_is_enough(one: Supervised) -> None:
    strict(one)
    state(one, NOW - 20 * DAY, "unknown")
    zone = create_zone(CONSOLE, one.person.public_id, "another", HOME)
    other = Condition.objects.create(
        order=one.order, kind="exclusion", zone=zone, period=(NOW - 7 * DAY, NOW + DAY)
    )
    PresenceChange.objects.create(
        condition=other, state="outside", at=NOW - 7 * DAY, known_at=NOW - 7 * DAY
    )
    assert found(one, NOW - 8 * DAY, NOW - 6 * DAY) == [
        ("cause_deleted", 24.0),
        ("places_deleted", 24.0),
    ]


def test_where_nothing_was_judged_nobody_can_tell_any_more(one: Supervised) -> None:
    strict(one, TraceStorage.BREACHES)
    one.curfew.delete()
    assert found(one, NOW - 10 * DAY, NOW - 9 * DAY) == [("places_deleted", 24.0)]


def test_after_the_time_of_the_whole_order_it_is_the_same(one: Supervised) -> None:
    Order.objects.filter(pk=one.order.pk).update(
        in_force=(NOW - 40 * DAY, NOW - 10 * DAY), retain_days=1
    )
    Condition.objects.filter(pk=one.curfew.pk).update(period=(NOW - 40 * DAY, NOW - 10 * DAY))
    state(one, NOW - 40 * DAY, "inside")
    assert found(one, NOW - 12 * DAY, NOW - 11 * DAY) == [("places_deleted", 24.0)]


def test_no_device_is_no_device_however_old(one: Supervised) -> None:
    strict(one)
    worn(one, NOW - 9 * DAY, None)
    state(one, NOW - 9 * DAY, "inside")
    assert found(one, NOW - 10 * DAY, NOW - 8 * DAY) == [
        ("no_device", 24.0),
        ("places_deleted", 24.0),
    ]
