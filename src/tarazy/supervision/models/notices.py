# SPDX-License-Identifier: EUPL-1.2
"""What was told beyond the screen, to which route, and what became of it: ids only, no words."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField

new_dispatch_id = maker("dsp")


class DispatchState(models.TextChoices):
    """What became of a message."""

    WAITING = "waiting", said("waits, or is tried again")
    SENT = "sent", said("taken by the gateway")
    GIVEN_UP = "given_up", said("given up")


class Dispatch(models.Model):
    """One message to one route. What comes while it waits goes along with it."""

    public_id = PublicIdField(default=new_dispatch_id)
    route = models.CharField(max_length=40)
    state = models.CharField(
        max_length=10, choices=DispatchState.choices, default=DispatchState.WAITING
    )
    made_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    """When it is tried; while somebody tries, until when nobody else does."""
    trying = models.BooleanField(default=False)
    """Somebody has begun to send it, and has not said how it went."""
    perhaps_twice = models.BooleanField(default=False)
    """An attempt began and nobody knows how it ended: the message may have come already."""
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True, default="")
    """Why the last attempt failed: our own word for it, never the gateway's."""

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["route"], condition=Q(state="waiting"), name="one_waiting_message_a_route"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["route", "-ended_at"], name="messages_of_route")]

    @override
    def __str__(self) -> str:
        return self.public_id


class Notice(models.Model):
    """One thing that one route is to hear of, and the message that takes it there."""

    route = models.CharField(max_length=40)
    occasion = models.CharField(max_length=15)
    severity = models.CharField(max_length=10, blank=True, default="")
    subject = models.CharField(max_length=40, db_collation="C")
    """Public id of the alert, the draft or the appointment."""
    made_at = models.DateTimeField()
    dispatch = models.ForeignKey(
        Dispatch, null=True, on_delete=models.CASCADE, related_name="notices"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["route", "occasion", "subject"],
                condition=Q(occasion__in=["raised", "service", "appointment"]),
                name="told_of_it_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["route"], condition=Q(dispatch=None), name="notices_to_send"),
            models.Index(fields=["subject"], name="notices_of_subject"),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.route}: {self.occasion} {self.subject}"
