# SPDX-License-Identifier: EUPL-1.2
"""What officers prepare from the court's document, until a second person approves it.

Drafts are rows of their own: the legal gate and the engine read orders, and never see one.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.orders import (
    Condition,
    ConditionKind,
    Order,
    Person,
    Route,
    TraceStorage,
    VersionKind,
    measure_choices,
)
from tarazy.supervision.models.papers import Paper

new_draft_id = maker("drf")
new_draft_condition_id = maker("dcn")


class DraftState(models.TextChoices):
    """How far a draft came. Only a submitted one can be approved, by another person."""

    DRAFT = "draft", said("draft")
    SUBMITTED = "submitted", said("waits for approval")
    APPROVED = "approved", said("approved")
    DISCARDED = "discarded", said("discarded")


class OrderDraft(models.Model):
    """One document of the court as an officer typed it: a new order, or a change of one."""

    public_id = PublicIdField(default=new_draft_id)
    kind = models.CharField(max_length=20, choices=VersionKind.choices)
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    """Raised with every change: an approval names the version that the approver has seen."""
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="drafts")
    """The order that is changed; once approved, the one that began."""
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="drafts")
    """Empty while a new order names somebody who is not in the register."""

    full_name = models.CharField(max_length=200)
    iin_digest = models.BinaryField(max_length=32, null=True)
    iin_end = models.CharField(max_length=4, blank=True, default="")
    birth_date = models.DateField(null=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    guardian_name = models.CharField(max_length=200, blank=True, default="")
    guardian_phone = models.CharField(max_length=40, blank=True, default="")
    route = models.CharField(max_length=10, choices=Route.choices, default=Route.DEVICE)

    scan = models.ForeignKey(Paper, null=True, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=30, choices=measure_choices)
    court = models.CharField(max_length=200)
    document_number = models.CharField(max_length=80)
    judge = models.CharField(max_length=200)
    decided_on = models.DateField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    """The last moment, exclusive; of a revocation or an early end when it takes effect."""
    trace_storage = models.CharField(
        max_length=20, choices=TraceStorage.choices, default=TraceStorage.ALL
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    remark = models.CharField(max_length=500, blank=True, default="")
    """Why it was given back, for its author."""
    forgotten_at = models.DateTimeField(null=True)
    """When a discarded one lost what it said of the person, as its period was over."""

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="nobody_approves_the_own_draft",
                condition=~Q(state=DraftState.APPROVED)
                | Q(decided_by__isnull=False) & ~Q(decided_by=models.F("author")),
            ),
            models.UniqueConstraint(
                name="one_change_of_an_order_at_a_time",
                fields=["order"],
                condition=Q(state__in=[DraftState.DRAFT, DraftState.SUBMITTED]),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class DraftCondition(models.Model):
    """One demand of the document, in the order of the paper; its zone may be drawn later."""

    public_id = PublicIdField(default=new_draft_condition_id)
    draft = models.ForeignKey(OrderDraft, on_delete=models.CASCADE, related_name="conditions")
    kind = models.CharField(max_length=20, choices=ConditionKind.choices)
    place = models.CharField(max_length=120)
    """The place in the document's words: an address, a school's name."""
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    """Its own period; empty where it is the order's."""
    timetable = models.JSONField(default=list)
    condition = models.OneToOneField(
        Condition, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """What is judged, from when its zone was drawn."""

    class Meta:
        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        return self.public_id
