# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from supervision.factory import CONSOLE, supervised

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.supervision.actions.devices import enrol_device, fit_device, remove_device
from tarazy.supervision.models import Fitting
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
HOUR = timedelta(hours=1)


def test_the_token_is_given_once_and_not_kept() -> None:
    device, token = enrol_device(CONSOLE, "osmand", "tracker 7")
    kept = bytes(device.addresses.get().digest)
    assert len(kept) == 32
    assert token.encode() not in kept
    assert len(token) >= 22  # 128 bits need that many letters


def test_an_identifier_is_enrolled_once() -> None:
    enrol_device(CONSOLE, "osmand", "tracker 7")
    with pytest.raises(Refused) as caught:
        enrol_device(CONSOLE, "traccar", "tracker 7")
    assert caught.value.name == Refusal.DEVICE_KNOWN


def test_a_device_is_on_one_person_at_a_time() -> None:
    one, other = supervised(), supervised("Другая Анна")
    with pytest.raises(Refused) as caught:
        fit_device(CONSOLE, one.device.public_id, other.person.public_id, since=NOW)
    assert caught.value.name == Refusal.DEVICE_TAKEN
    worn = Fitting.objects.get(device=one.device)
    remove_device(CONSOLE, worn.public_id, at=NOW)
    fit_device(CONSOLE, one.device.public_id, other.person.public_id, since=NOW)
    assert Fitting.objects.filter(device=one.device).count() == 2


def test_what_was_taken_off_is_off() -> None:
    one = supervised()
    worn = Fitting.objects.get(device=one.device)
    remove_device(CONSOLE, worn.public_id, at=NOW - HOUR)
    with pytest.raises(Refused) as caught:
        remove_device(CONSOLE, worn.public_id, at=NOW)
    assert caught.value.name == Refusal.FITTING_ENDED


@pytest.mark.parametrize("identifier", ["", "  ", "x" * 81, "86000\0", "a\nb"])
def test_an_identifier_is_something_that_can_be_printed_on_a_device(identifier: str) -> None:
    with pytest.raises(Refused) as caught:
        enrol_device(CONSOLE, "gt06", identifier)
    assert caught.value.name == Refusal.BAD_FIELD


@pytest.mark.parametrize("seconds", [-5, 0, 9, 86_401])
def test_an_interval_is_one_that_a_device_can_be_asked_for(seconds: int) -> None:
    with pytest.raises(Refused) as caught:
        enrol_device(CONSOLE, "gt06", "tracker 7", report_interval_s=seconds)
    assert caught.value.facts == {"field": "report_interval_s"}


def test_an_operator_enrols_no_devices() -> None:
    operator = Actor(id="usr_x", roles=frozenset({Role.OPERATOR}))
    with pytest.raises(Refused):
        enrol_device(operator, "osmand", "tracker 9")


def test_a_fitting_that_ends_before_it_begins_is_refused() -> None:
    one = supervised()
    device, _ = enrol_device(CONSOLE, "osmand", "tracker 8")
    for until in (NOW, NOW - HOUR):
        with pytest.raises(Refused) as caught:
            fit_device(CONSOLE, device.public_id, one.person.public_id, since=NOW, until=until)
        assert caught.value.name == Refusal.FITTING_PERIOD_EMPTY


def test_what_was_taken_off_before_it_was_worn_is_off() -> None:
    one = supervised()
    device, _ = enrol_device(CONSOLE, "osmand", "tracker 8")
    later = fit_device(CONSOLE, device.public_id, one.person.public_id, since=NOW + HOUR)
    remove_device(CONSOLE, later.public_id, at=NOW)
    with pytest.raises(Refused) as caught:
        remove_device(CONSOLE, later.public_id, at=NOW)
    assert caught.value.name == Refusal.FITTING_ENDED
