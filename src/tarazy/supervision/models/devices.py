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
from tarazy.supervision.models.papers import Paper

new_device_id = maker("dev")
new_fitting_id = maker("fit")
new_command_id = maker("cmd")

REPORT_INTERVAL_S_DEFAULT = 60
IDENTIFIER_LENGTH_MAX = 80


class Stock(models.TextChoices):
    """Whether a device can be given out; that it is worn follows from its fittings."""

    READY = "ready", said("ready for use")
    REPAIR = "repair", said("in repair")
    LOST = "lost", said("lost")


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
    stock = models.CharField(
        max_length=10, choices=Stock.choices, default=Stock.READY, db_default="ready"
    )
    firmware = models.CharField(max_length=80, blank=True, default="", db_default="")

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


class DeviceCard(models.Model):
    """The SIM card that a device told of last: no number, only whether another one is as good."""

    device = models.OneToOneField(
        Device, on_delete=models.CASCADE, primary_key=True, related_name="card"
    )
    digest = models.BinaryField(max_length=16)
    at = models.DateTimeField()
    """By the device's clock."""

    @override
    def __str__(self) -> str:
        return f"card of {self.device_id}"


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


class Stage(models.TextChoices):
    """What a protocol of a device is about."""

    FITTED = "fitted", said("fitted")
    REMOVED = "removed", said("taken off")


class FittingProtocol(models.Model):
    """What was noted when a device was put on somebody, or taken off. Rows are added only."""

    fitting = models.ForeignKey(Fitting, on_delete=models.PROTECT, related_name="protocols")
    stage = models.CharField(max_length=10, choices=Stage.choices)
    at = models.DateTimeField()
    consent = models.BooleanField(default=False)
    """The person was told what the device does and agreed in writing."""
    medical_on = models.DateField(null=True)
    medical_by = models.CharField(max_length=200, blank=True, default="")
    """Who found no contraindication."""
    note = models.CharField(max_length=500, blank=True, default="")
    photo = models.ForeignKey(Paper, null=True, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey(Paper, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.CharField(max_length=40)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fitting", "stage"], name="one_protocol_a_stage")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.fitting_id} {self.stage}"


class EnrolmentLink(models.Model):
    """A link that configures one phone, once. Only its digest is kept."""

    digest = models.BinaryField(max_length=32, unique=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="links")
    made_by = models.CharField(max_length=40)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return f"link of {self.device_id}"


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
