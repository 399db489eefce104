# SPDX-License-Identifier: EUPL-1.2
"""Devices, and which person wore which one when."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from typing_extensions import override

from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.orders import Person, SameRow

new_device_id = maker("dev")
new_fitting_id = maker("fit")

REPORT_INTERVAL_S_DEFAULT = 60


class DeviceKind(models.TextChoices):
    """The language that a device speaks."""

    OWNTRACKS = "owntracks", "OwnTracks"
    OSMAND = "osmand", "OsmAnd / Traccar Client (query)"
    TRACCAR = "traccar", "Traccar Client (JSON)"


class Device(models.Model):
    """A bracelet, tracker or phone. Its credential is a random token, kept only as an HMAC."""

    public_id = PublicIdField(default=new_device_id)
    kind = models.CharField(max_length=20, choices=DeviceKind.choices)
    identifier = models.CharField(max_length=80, unique=True)
    """What is printed on it: a serial number, an IMEI, a label. It opens no door."""
    credential_digest = models.BinaryField(max_length=32, unique=True, editable=True)
    report_interval_s = models.PositiveIntegerField(default=REPORT_INTERVAL_S_DEFAULT)

    class Meta:
        ordering: ClassVar = ["identifier"]

    @override
    def __str__(self) -> str:
        return self.public_id


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
