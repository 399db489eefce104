# SPDX-License-Identifier: EUPL-1.2
"""A court's words that two people under orders must not meet, until a second person approves them.

As with a draft of an order: the engine reads demands, and never sees one of these.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.drafts import DraftState
from tarazy.supervision.models.orders import Order
from tarazy.supervision.models.protection import NoContact

new_contact_draft_id = maker("ncd")


class ContactDraft(models.Model):
    """What one order says about another, with the document that says so. Radius in metres."""

    public_id = PublicIdField(default=new_contact_draft_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="contact_drafts")
    other_order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    radius_m = models.PositiveIntegerField()
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    """Its own period; empty where it is the order's."""
    document_number = models.CharField(max_length=80)
    state = models.CharField(
        max_length=10, choices=DraftState.choices, default=DraftState.SUBMITTED
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    demand = models.OneToOneField(
        NoContact, null=True, on_delete=models.PROTECT, related_name="draft"
    )
    """What is judged, once it was approved."""

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="nobody_approves_the_own_contact_draft",
                condition=~Q(state=DraftState.APPROVED)
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("author")),
            ),
            models.CheckConstraint(
                name="contact_draft_is_about_another", condition=~Q(order=F("other_order"))
            ),
            models.UniqueConstraint(
                name="one_contact_draft_of_two_orders_at_a_time",
                fields=["order", "other_order"],
                condition=Q(state=DraftState.SUBMITTED),
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.public_id
