# SPDX-License-Identifier: EUPL-1.2
"""Files beside the records: scans of the court's documents, photos, signatures, evidence."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from tarazy.core.catalogue import said
from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField

new_paper_id = maker("pap")


class PaperKind(models.TextChoices):
    """What a file shows."""

    SCAN = "scan", said("the court's document")
    PHOTO = "photo", said("photo")
    SIGNATURE = "signature", said("signature")
    EVIDENCE = "evidence", said("evidence")


class Paper(models.Model):
    """One file. Its bytes lie outside the web root under their digest; rows are added only, and
    forgotten once."""

    public_id = PublicIdField(default=new_paper_id)
    kind = models.CharField(max_length=10, choices=PaperKind.choices)
    content_type = models.CharField(max_length=40)
    """What the bytes are, not what the browser called them."""
    name = models.CharField(max_length=120)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scanned = models.BooleanField()
    """Whether a malware scanner looked at it; what it finds is never kept."""
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=40)
    forgotten_at = models.DateTimeField(null=True)
    """When its bytes and its name were deleted, as its period was over; the digest stays."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sha256"], name="paper_by_content")]

    @override
    def __str__(self) -> str:
        return self.public_id
