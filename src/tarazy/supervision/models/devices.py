# SPDX-License-Identifier: EUPL-1.2
"""Devices, by what the gate knows them, who wore which one when, and what they were asked to do."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.orders import Person, SameRow

new_device_id = maker("dev")
new_fitting_id = maker("fit")
new_command_id = maker("cmd")

REPORT_INTERVAL_S_DEFAULT = 60
IDENTIFIER_LENGTH_MAX = 80


class Device(models.Model):
    """A bracelet, tracker or phone. By what the gate knows it stands in its addresses."""

    public_id = PublicIdField(default=new_device_id)
    kind = models.CharField(max_length=20)
    """The language that it speaks, by the `NAME` of its module in `gateway/`."""
    identifier = models.CharField(max_length=IDENTIFIER_LENGTH_MAX, unique=True)
    """What is printed on it: a serial number, an IMEI, a label."""
    broker_hash = models.CharField(max_length=200, blank=True, default="")
    """The password of a phone at the MQTT broker, as Mosquitto keeps it (PBKDF2-SHA512)."""
    report_interval_s = models.PositiveIntegerField(default=REPORT_INTERVAL_S_DEFAULT)
    pace = models.CharField(max_length=10, default="usual", db_default="usual")
    """How often it was asked to report last: `close`, `usual` or `rest`."""
    paced_at = models.DateTimeField(null=True)
    """When it was."""

    class Meta:
        ordering: ClassVar = ["identifier"]

    @override
    def __str__(self) -> str:
        return self.public_id


class DeviceAddress(models.Model):
    """By what the gate knows a device: the HMAC of a token, of a tracker's id, of an MQTT name."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="addresses")
    digest = models.BinaryField(max_length=32, unique=True)

    @override
    def __str__(self) -> str:
        return f"address of {self.device_id}"


class Fitting(models.Model):
    """A device on a person, from and until. The database refuses two at once for one device."""

    public_id = PublicIdField(default=new_fitting_id)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="fittings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="fittings")
    period = DateTimeRangeField()

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="one_fitting_at_a_time_for_a_device",
                expressions=[
                    (SameRow("device_id"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class CommandState(models.TextChoices):
    """How far a command to a device came."""

    QUEUED = "queued", said("waits for the device")
    SENT = "sent", said("sent, not yet answered")
    CONFIRMED = "confirmed", said("confirmed by the device")
    FAILED = "failed", said("refused by the device")
    EXPIRED = "expired", said("the device did not come in time")


class DeviceCommand(models.Model):
    """One thing that a device was asked to do. It waits until the device is there, or expires."""

    public_id = PublicIdField(default=new_command_id)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="commands")
    kind = models.CharField(max_length=20)
    seconds = models.PositiveIntegerField(default=0)
    text = models.CharField(max_length=200, blank=True, default="")
    number = models.PositiveIntegerField()
    """Ours, 1 to 65,535 in turn, for languages that give it back."""
    state = models.CharField(
        max_length=20, choices=CommandState.choices, default=CommandState.QUEUED
    )
    requested_by = models.CharField(max_length=40)
    queued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["device", "id"],
                condition=models.Q(state__in=("queued", "sent")),
                name="command_under_way",
            )
        ]

    @override
    def __str__(self) -> str:
        return self.public_id
