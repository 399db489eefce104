# SPDX-License-Identifier: EUPL-1.2
from datetime import timedelta
from typing import Any

from tarazy.supervision.engine import terms
from tarazy.supervision.models import CheckIn, DeviceCommand, Fitting

MINUTE = timedelta(minutes=1)


def test_the_last_check_ins_that_were_asked(world: Any, at: Any) -> None:
    one, other = world.ward(), world.ward()
    states = ("missed", "asked", "answered", "missed", "cancelled", "asked")
    for n, state in enumerate((*["missed"] * terms.CHECK_INS_MAX, *states)):
        CheckIn.objects.create(
            order=one.order,
            route="call" if n == terms.CHECK_INS_MAX + 5 else "device",
            state=state,
            due_at=at("10:00"),
            answer_min=30,
            asked_at=at("10:00") + n * MINUTE,
            until=at("10:30") + n * MINUTE,
        )
    found = terms.check_ins([one.order.pk, other.order.pk])
    assert list(found) == [one.order.pk]
    last = [0, 1, 2, 3, 5]
    kept = [*range(-terms.CHECK_INS_MAX + len(last), 0), *last]
    minutes = [row.asked_at.minute - terms.CHECK_INS_MAX for row in found[one.order.pk]]
    assert minutes == kept
    assert [row.by_call for row in found[one.order.pk]][-2:] == [False, True]
    assert terms.check_ins([]) == {}


def test_what_was_asked_of_a_device_under_an_earlier_fitting_is_over(world: Any, at: Any) -> None:
    ward = world.ward()
    for queued_at, seconds in ((at("05:00"), 3600), (at("07:00"), 300)):
        DeviceCommand.objects.create(
            device=ward.device,
            kind="interval",
            seconds=seconds,
            number=1,
            state="sent",
            requested_by="x",
            queued_at=queued_at,
            sent_at=queued_at,
            expires_at=queued_at + 60 * MINUTE,
        )
    (fitting,) = Fitting.objects.select_related("device")
    fitted = terms.Fitted(ward.device.pk, fitting.period.lower, fitting.device.report_interval_s)
    assert terms.intervals([fitted], at("08:00")) == {ward.device.pk: (300, None)}
    assert terms.intervals([], at("08:00")) == {}
