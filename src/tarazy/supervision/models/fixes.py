# SPDX-License-Identifier: EUPL-1.2
"""The fix store, append-only and partitioned by day of `at` (see `fixes.sql`); intake counts."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from typing_extensions import override


class Fix(models.Model):
    """One report of a device, kept once, with both of its clocks.

    A report without a usable place (a heartbeat, a clock fault) has no `lat` and `lon`.
    `transaction` and `id` give the order in which readers may take rows without missing one:
    a row may be read once no older transaction is still open.
    """

    id = models.BigIntegerField(primary_key=True)
    transaction = models.BigIntegerField(editable=False)
    device_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    at = models.DateTimeField()
    """When it happened, by the device's clock (repaired where it could be)."""
    known_at = models.DateTimeField()
    """When we knew it."""
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    """68 % radius as the device says; null is unknown, never zero."""
    speed_kmh = models.FloatField(null=True)
    course_deg = models.FloatField(null=True)
    altitude_m = models.FloatField(null=True)
    battery_percent = models.FloatField(null=True)
    satellites = models.SmallIntegerField(null=True)
    hdop = models.FloatField(null=True)
    charging = models.BooleanField(null=True)
    moving = models.BooleanField(null=True)
    stored = models.BooleanField(default=False)
    """Whether it waited in the device's memory."""
    alarms = ArrayField(models.CharField(max_length=30))
    """What the device called out for, of the closed list in gateway/alarms.py."""
    marks = ArrayField(models.CharField(max_length=30))
    """What is doubtful about it: `clock_fault`, `rolled_over`, `invalid_fix`, `mock` …"""
    content = models.BinaryField()
    """The message as it came, without its credential."""
    digest = models.BinaryField(max_length=16)

    class Meta:
        managed = False
        db_table = "supervision_fix"

    @override
    def __str__(self) -> str:
        return f"fix {self.id}"


class IntakeCount(models.Model):
    """How many reports had which fate on a day. Nothing about a place is kept of those refused."""

    day = models.DateField()
    device_id = models.BigIntegerField(default=0)
    """0 where the credential is unknown."""
    outcome = models.CharField(max_length=30)
    count = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "device_id", "outcome"], name="one_intake_count_a_day"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.day} {self.outcome}: {self.count}"
