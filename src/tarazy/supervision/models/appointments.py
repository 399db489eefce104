# SPDX-License-Identifier: EUPL-1.2
"""What officer and wearer agree on and tell each other: appointments, messages."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.orders import Order

new_appointment_id = maker("apt")
new_message_id = maker("msg")

MESSAGES_SHOWN = 100
"""So many of an order, the newest first, on a page: the wearer's own page delivers these."""


class Kept(models.TextChoices):
    """What became of an appointment."""

    PLANNED = "planned", said("planned")
    KEPT = "kept", said("kept")
    MISSED = "missed", said("not kept")
    CANCELLED = "cancelled", said("called off")


class Appointment(models.Model):
    """When and where a wearer is to come."""

    public_id = PublicIdField(default=new_appointment_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="appointments")
    at = models.DateTimeField()
    place = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=10, choices=Kept.choices, default=Kept.PLANNED)
    recorded_by = models.CharField(max_length=40)
    forgotten_at = models.DateTimeField(null=True)
    """When place and note were deleted, as their period was over."""

    class Meta:
        ordering: ClassVar = ["at", "id"]

    @override
    def __str__(self) -> str:
        return self.public_id


class WearerMessage(models.Model):
    """Words to a wearer. Delivered once the own page showed it, read once the wearer said so."""

    public_id = PublicIdField(default=new_message_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="messages")
    text = models.CharField(max_length=1000)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=40)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)
    """When the words were deleted, as their period was over."""

    class Meta:
        ordering: ClassVar = ["-id"]

    @override
    def __str__(self) -> str:
        return self.public_id
