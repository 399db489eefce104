# SPDX-License-Identifier: EUPL-1.2
"""Check-ins: signs of life that are asked for at times of chance, and what became of each."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.devices import DeviceCommand
from tarazy.supervision.models.orders import Order

new_check_in_id = maker("chk")

ANSWER_MIN_DEFAULT = 30


class CheckInRoute(models.TextChoices):
    """How somebody is asked."""

    DEVICE = "device", said("by the device")
    CALL = "call", said("by a call")


class CheckInState(models.TextChoices):
    """How far a check-in came."""

    PLANNED = "planned", said("planned")
    ASKED = "asked", said("asked, not yet answered")
    ANSWERED = "answered", said("answered")
    MISSED = "missed", said("not answered in time")
    CANCELLED = "cancelled", said("cancelled")


class CheckInAnswer(models.TextChoices):
    """How it was answered. Not being recognised by a machine is an answer."""

    DEVICE = "device", said("by the device")
    CALL = "call", said("by a call")
    PAGE = "page", said("on the own page")
    VISIT = "visit", said("at a visit")
    NOT_RECOGNISED = "not_recognised", said("answered, but not recognised by the machine")


class CheckInPlan(models.Model):
    """How often, in which hours and how an order's person is asked."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="check_in_plan")
    windows = models.JSONField()
    """Weekly hours in the order's zone of time, and how often in each of them:
    [{"days": [0], "from": "09:00", "until": "21:00", "times": 2}]; none: not any more."""
    answer_min = models.PositiveIntegerField(default=ANSWER_MIN_DEFAULT)
    route = models.CharField(max_length=10, choices=CheckInRoute.choices)
    planned_until = models.DateField(null=True)
    """The last day for which times have been drawn."""

    @override
    def __str__(self) -> str:
        return f"check-ins of {self.order_id}"


class CheckIn(models.Model):
    """One request. When it will be is known to nobody but the table until it is asked."""

    public_id = PublicIdField(default=new_check_in_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="check_ins")
    route = models.CharField(max_length=10, choices=CheckInRoute.choices)
    state = models.CharField(
        max_length=10, choices=CheckInState.choices, default=CheckInState.PLANNED
    )
    due_at = models.DateTimeField()
    answer_min = models.PositiveIntegerField()
    command = models.ForeignKey(
        DeviceCommand, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    noted_at = models.DateTimeField(null=True)
    """When it was answered: by the device's clock, on the own page, or as somebody noted it."""
    answer = models.CharField(max_length=20, choices=CheckInAnswer.choices, blank=True, default="")
    noted_by = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-due_at", "-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=("planned", "asked")),
                name="check_ins_under_way",
            ),
            models.Index(fields=["order", "-asked_at"], name="check_ins_of_an_order"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="check_in_was_asked_once_it_is_open",
                condition=Q(state__in=("planned", "cancelled"))
                | Q(asked_at__isnull=False, until__isnull=False),
            )
        ]

    @override
    def __str__(self) -> str:
        return self.public_id
