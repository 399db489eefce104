# SPDX-License-Identifier: EUPL-1.2
"""Protected people, their consent and devices; whom an order forbids to meet; what is known of it.

Who a protected person is stands in a table of its own (`ProtectedIdentity`), which only the looks
of looks/protection.py read. Their fixes are not in the fix store of supervised people: no trail, no
archive and no export can reach them by mistake.
"""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.devices import Device
from tarazy.supervision.models.judgement import Presence
from tarazy.supervision.models.orders import Order, SameRow

new_protected_id = maker("prp")
new_consent_id = maker("cns")
new_protected_fitting_id = maker("pft")
new_no_contact_id = maker("nct")


class ProtectedPerson(models.Model):
    """Somebody whom an order protects. Under no order, and watched only as far as they agreed."""

    public_id = PublicIdField(default=new_protected_id)
    label = models.CharField(max_length=40, unique=True)
    """Under which others are told of this person, such as ПЛ-17: no name."""
    recorded_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["label"]

    @override
    def __str__(self) -> str:
        return self.public_id


class ProtectedIdentity(models.Model):
    """Who it is: the stricter part."""

    protected = models.OneToOneField(
        ProtectedPerson, primary_key=True, on_delete=models.PROTECT, related_name="identity"
    )
    full_name = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True, default="")

    @override
    def __str__(self) -> str:
        return f"identity of {self.protected_id}"


class Consent(models.Model):
    """A protected person's agreement that a device may be judged. It may be withdrawn at any time.

    The gate asks `period`: whatever is outside of it is neither taken in nor used.
    """

    public_id = PublicIdField(default=new_consent_id)
    protected = models.ForeignKey(
        ProtectedPerson, on_delete=models.PROTECT, related_name="consents"
    )
    document_number = models.CharField(max_length=80)
    """Of the signed paper."""
    given_at = models.DateTimeField()
    period = DateTimeRangeField()
    withdrawn_at = models.DateTimeField(null=True)
    recorded_by = models.CharField(max_length=40)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="one_consent_at_a_time",
                expressions=[
                    (SameRow("protected_id"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="consent_has_a_start_and_an_end",
                condition=Q(period__lower_inf=False) & Q(period__upper_inf=False),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class ProtectedFitting(models.Model):
    """A device with a protected person, from and until."""

    public_id = PublicIdField(default=new_protected_fitting_id)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="protected_fittings")
    protected = models.ForeignKey(
        ProtectedPerson, on_delete=models.PROTECT, related_name="fittings"
    )
    period = DateTimeRangeField()

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="one_protected_fitting_at_a_time_for_a_device",
                expressions=[
                    (SameRow("device_id"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
            )
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class ProtectedFix(models.Model):
    """One report of a protected person's device, and the consent that allowed it.

    Append-only for the service's own role, and deleted after a short while (protection.sql). Only
    what judging needs is kept: no message as it came, no speed, no battery.
    """

    id = models.BigAutoField(primary_key=True)
    transaction = models.BigIntegerField(editable=False)
    device_id = models.BigIntegerField()
    protected_id = models.BigIntegerField()
    consent_id = models.BigIntegerField()
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    marks = ArrayField(models.CharField(max_length=30))
    digest = models.BinaryField(max_length=16)

    class Meta:
        managed = False
        db_table = "supervision_protectedfix"

    @override
    def __str__(self) -> str:
        return f"protected fix {self.id}"


class NoContact(models.Model):
    """One order's demand to keep away from a protected person, or from somebody under an order.

    Of two orders each needs a demand of its own, or nothing is judged. Radii in metres.
    """

    public_id = PublicIdField(default=new_no_contact_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="no_contacts")
    protected = models.ForeignKey(
        ProtectedPerson, null=True, on_delete=models.PROTECT, related_name="no_contacts"
    )
    other_order = models.ForeignKey(
        Order, null=True, on_delete=models.PROTECT, related_name="no_contacts_against"
    )
    radius_m = models.PositiveIntegerField()
    """The outer circle around a protected person; the only one of two people under orders."""
    inner_m = models.PositiveIntegerField(null=True)
    period = DateTimeRangeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="no_contact_is_with_one",
                condition=Q(protected=None, other_order__isnull=False, inner_m=None)
                | Q(
                    protected__isnull=False,
                    other_order=None,
                    inner_m__gt=0,
                    inner_m__lt=F("radius_m"),
                ),
            ),
            models.CheckConstraint(
                name="no_contact_is_with_another", condition=~Q(order=F("other_order"))
            ),
            ExclusionConstraint(
                name="one_demand_about_a_protected_person_at_a_time",
                expressions=[
                    (SameRow("order_id"), RangeOperators.OVERLAPS),
                    (SameRow("protected_id"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(protected__isnull=False),
            ),
            ExclusionConstraint(
                name="one_demand_about_another_order_at_a_time",
                expressions=[
                    (SameRow("order_id"), RangeOperators.OVERLAPS),
                    (SameRow("other_order_id"), RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(other_order__isnull=False),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class PairState(models.Model):
    """What the engine knows of one demand; derived, and made again from the fixes while they last.

    It holds the last place of both, and so no page reads it.
    """

    no_contact = models.OneToOneField(
        NoContact, primary_key=True, on_delete=models.CASCADE, related_name="state"
    )
    judged_to = models.DateTimeField()
    due = models.DateTimeField(null=True)
    """When to look again if nothing is heard; empty once the demand is over."""
    unheard_since = models.DateTimeField(null=True)
    """Time of the first place that was read and is not judged yet."""
    head = models.JSONField()
    """The kernel's memory after the last place (presence/pairs.py)."""
    episodes = models.JSONField(default=list)
    """Alerts that run, and those that late places may still change."""

    @override
    def __str__(self) -> str:
        return f"state of {self.no_contact_id}"


class PairSnapshot(models.Model):
    """The kernel's memory at some moment, one an hour, to judge late places from; kept two days."""

    no_contact = models.ForeignKey(NoContact, on_delete=models.CASCADE, related_name="snapshots")
    at = models.DateTimeField()
    memory = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["no_contact", "at"], name="one_pair_snapshot_of_a_moment"
            )
        ]

    @override
    def __str__(self) -> str:
        return f"{self.no_contact_id} {self.at}"


class PairChange(models.Model):
    """Each change of near / apart / unknown. `inside` is near, `outside` is apart.

    Rows are added; what late data deny is marked, once. The evidence is of the supervised person's
    own places alone.
    """

    no_contact = models.ForeignKey(NoContact, on_delete=models.PROTECT, related_name="changes")
    radius_m = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=Presence.choices)
    at = models.DateTimeField()
    known_at = models.DateTimeField()
    probability = models.FloatField(null=True)
    evidence = models.JSONField(default=list)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["no_contact", "radius_m", "at"], name="pair_changes_in_time")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.no_contact_id} {self.state} {self.at}"
