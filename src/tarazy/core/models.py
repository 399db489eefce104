# SPDX-License-Identifier: EUPL-1.2
"""Tables of the ground floor: users, the outbox. The audit log's are in `audit/schema.sql`."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from typing_extensions import override

from tarazy.core.access import Role
from tarazy.core.ids import PUBLIC_ID_LENGTH_MAX, maker

if TYPE_CHECKING:
    TextColumn = models.CharField[str, str]
else:
    TextColumn = models.CharField

new_user_id = maker("usr")


class PublicIdField(TextColumn):
    """A public id such as `ord_0190…`: unique, plain bytes in the index, never changed."""

    def __init__(self, **options: object) -> None:
        settings = {"max_length": PUBLIC_ID_LENGTH_MAX, "unique": True, "editable": False}
        super().__init__(**{**settings, "db_collation": "C", **options})  # type: ignore[arg-type]


class SortKeyField(TextColumn):
    """The Kazakh sort key of a name (`core.sorting`), so that lists need no ICU in the database."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"max_length": 300, "db_collation": "C", **options})  # type: ignore[arg-type]


class User(AbstractUser):
    """Somebody who signs in. What they may do follows from `roles` and the policy table alone."""

    public_id = PublicIdField(default=new_user_id)
    roles = ArrayField(
        models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role]),
        default=list,
    )
    demo = models.BooleanField(default=False)
    """Made by the demo: its password is public, so nothing but a demo starts beside it."""

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "core_user"

    @override
    def __str__(self) -> str:
        return self.username


class OutboxEvent(models.Model):
    """Something that happened in one room and that wiring hands to others, once."""

    name = models.CharField(max_length=80)
    payload = models.JSONField()
    at = models.DateTimeField()
    opened = models.BooleanField(default=False, db_default=False)
    """Whether its listeners have their receipts; one that is added later hears what comes then."""

    class Meta:
        db_table = "core_outbox"
        indexes: ClassVar = [
            models.Index(fields=["id"], name="outbox_fresh", condition=Q(opened=False))
        ]

    @override
    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class OutboxDelivery(models.Model):
    """One listener's receipt for one event; written in the listener's own transaction."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    listener = models.CharField(max_length=80)
    at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    done = models.BooleanField(default=False)
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "core_outbox_delivery"
        indexes: ClassVar = [
            models.Index(fields=["id"], name="outbox_due", condition=Q(done=False))
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "listener"], name="once_for_each_listener")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.listener} <- {self.event_id}"
