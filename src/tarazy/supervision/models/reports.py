# SPDX-License-Identifier: EUPL-1.2
"""Reports that were given out: not the document itself, but its fingerprint, and to whom.

What a report says is not kept here: it would outlive what the law lets us keep. Whoever has it can
have it checked: the same bytes have the same SHA-256.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.judgement import Alert
from tarazy.supervision.models.orders import Order, Person

new_report_id = maker("rep")
new_receipt_id = maker("rcp")


class ReportKind(models.TextChoices):
    """What a report is about."""

    COMPLIANCE = "compliance", said("compliance report")
    INCIDENT = "incident", said("court report of an incident")
    FIGURES = "figures", said("monthly figures")


class Audience(models.TextChoices):
    """For whom it was made: what the defence may not see is left out, and it says so."""

    SERVICE = "service", said("the service and the court")
    DEFENCE = "defence", said("the defence")


class Report(models.Model):
    """One report that was given out as a file."""

    public_id = PublicIdField(default=new_report_id)
    kind = models.CharField(max_length=20, choices=ReportKind.choices)
    audience = models.CharField(max_length=20, choices=Audience.choices)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="reports")
    """Empty for figures, which are about nobody."""
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    language = models.CharField(max_length=8)
    facts_sha256 = models.CharField(max_length=64)
    """Of what it says, without its number and the time at which it was made."""
    pdf_sha256 = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="report_is_about_somebody_or_figures",
                condition=Q(kind=ReportKind.FIGURES, person=None, order=None, alert=None)
                | Q(kind=ReportKind.COMPLIANCE, person__isnull=False, alert=None)
                | Q(kind=ReportKind.INCIDENT, person__isnull=False, alert__isnull=False),
            )
        ]

    @override
    def __str__(self) -> str:
        return self.public_id


class Disclosure(models.Model):
    """A report that was handed to somebody, and the receipt for it."""

    public_id = PublicIdField(default=new_receipt_id)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="disclosures")
    recipient = models.CharField(max_length=200)
    capacity = models.CharField(max_length=200)
    """As what: counsel for the defence, the person, the court."""
    handed_by = models.CharField(max_length=40)
    handed_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)
    """When the recipient's name was deleted, as its period was over."""

    class Meta:
        ordering: ClassVar = ["-id"]

    @override
    def __str__(self) -> str:
        return self.public_id
