# SPDX-License-Identifier: EUPL-1.2
"""What a duty operator works with: causes and acts, protocols in versions, contacts, shifts."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.causes import CauseKind
from tarazy.supervision.models.orders import Person

new_contact_id = maker("con")
new_shift_id = maker("shi")

NAME_LENGTH_MAX = 120
PHONE_LENGTH_MAX = 40


class Cause(StrEnum):
    """Codes of the list that we ship (`causes.toml`); a service may have a list of its own."""

    BREACH = "breach"
    PERMITTED = "permitted"
    DEVICE = "device"
    CHARGING = "charging"
    RECEPTION = "reception"
    SERVICE = "service"
    TEST = "test"
    UNKNOWN = "unknown"


def cause_choices() -> list[tuple[str, str]]:
    """The service's own list, in the language of the screen; those out of use too."""
    language = get_language() or settings.LANGUAGE_CODE
    kinds: Mapping[str, CauseKind] = settings.TARAZY.causes
    return [(code, kind.titles.get(language, kind.titles["en"])) for code, kind in kinds.items()]


class Act(models.TextChoices):
    """What a person, or the clock, did about an alert; a version of the engine's has none."""

    TAKEN = "taken", said("taken in hand")
    RELEASED = "released", said("given back")
    HANDED_OVER = "handed_over", said("handed over")
    NOTED = "noted", said("note")
    CALLED = "called", said("telephoned")
    STEP_DONE = "step_done", said("step done")
    STEP_FAILED = "step_failed", said("step tried without success")
    STEP_UNDONE = "step_undone", said("step taken back")
    ESCALATED = "escalated", said("escalated to the supervisor")
    RESOLVED = "resolved", said("resolved")
    REOPENED = "reopened", said("resolution taken back")


class StepKind(models.TextChoices):
    """What a protocol can ask for. Where the page can help to do it, it does."""

    LOCATE = "locate", said("Ask the device where it is")
    CHECK_DEVICE = "check_device", said("Look at the device: battery, last report, charging")
    CALL_PERSON = "call_person", said("Call the person")
    VIBRATE = "vibrate", said("Make the bracelet vibrate")
    CALL_HOUSEHOLD = "call_household", said("Call the household")
    VIDEO = "video", said("Check by video call")
    CALL_OFFICER = "call_officer", said("Tell the supervising officer")
    PATROL = "patrol", said("Send a patrol")
    INVESTIGATOR = "investigator", said("Tell the investigator")
    ADMINISTRATOR = "administrator", said("Tell the administrator of the service")
    OTHER = "other", said("Something else")


class Protocol(models.Model):
    """One version of what is done about alerts of a rule. Rows are added, never changed.

    An alert keeps the version that it was begun with.
    """

    rule = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    take_min = models.PositiveIntegerField()
    """Minutes within which somebody must take the alert in hand."""
    steps = models.JSONField()
    """In order: [{"kind", "minutes", "text"}]; minutes count from the end of the step before."""
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "number"], name="one_protocol_a_number")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"


class ContactKind(models.TextChoices):
    """Who a contact is to the person under an order."""

    OWN = "own", said("the person, another number")
    HOUSEHOLD = "household", said("household")
    GUARDIAN = "guardian", said("guardian")
    WORK = "work", said("work or school")
    LAWYER = "lawyer", said("lawyer")
    OTHER = "other", said("somebody else")


class Contact(models.Model):
    """Whom to telephone about somebody. Removed ones stay, for the history of calls, and lose name
    and telephone when their period is over (actions/records.py)."""

    public_id = PublicIdField(default=new_contact_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=20, choices=ContactKind.choices)
    name = models.CharField(max_length=NAME_LENGTH_MAX)
    phone = models.CharField(max_length=PHONE_LENGTH_MAX)
    removed_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return self.public_id


class Shift(models.Model):
    """Somebody's time on duty; without an end they are on duty now."""

    public_id = PublicIdField(default=new_shift_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")
    """What the next shift must know; written at the end."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="one_open_shift_a_user"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["-began_at"], name="shifts_latest")]

    @override
    def __str__(self) -> str:
        return self.public_id
