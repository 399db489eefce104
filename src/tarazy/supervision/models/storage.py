# SPDX-License-Identifier: EUPL-1.2
"""How long fixes are kept: archived days, legal holds, and what was planned to be deleted."""

import secrets
from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from typing_extensions import override

from tarazy.core.ids import maker
from tarazy.core.models import PublicIdField
from tarazy.supervision.models.orders import Person

new_hold_id = maker("hld")
new_run_id = maker("ret")

JUDGED_AFTER = timedelta(hours=96)
"""From when on places go that the court lets us not keep; the database asks the same."""


def new_run() -> str:
    """A mark for the names of one writer's files."""
    return secrets.token_hex(4)


class ArchivedDay(models.Model):
    """One generation of a closed day's files. The highest one counts; older files are removed."""

    day = models.DateField()
    generation = models.PositiveIntegerField()
    run = models.CharField(max_length=8, default=new_run)
    """In the names of the files: who still writes when another took over replaces nothing."""
    fixes = models.BigIntegerField()
    covered = models.BigIntegerField()
    """How many rows of the database went into it."""
    snapshot = models.TextField()
    """What the database showed when they were read: a row that is not in it may not be dropped."""
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    """Of the file of columns."""
    raw_sha256 = models.CharField(max_length=64)
    """Of the file of messages as they came, in the same order of rows."""
    orders = ArrayField(models.BigIntegerField(), null=True)
    """Keys of the orders that have fixes in it; empty of a file that was written before 0008."""
    placed = ArrayField(models.BigIntegerField(), null=True)
    """Of those, the ones that have places in it."""
    archived_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["day", "generation"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "generation"], name="one_generation_of_a_day")
        ]

    @override
    def __str__(self) -> str:
        return f"{self.day} g{self.generation}"

    @property
    def name(self) -> str:
        """The file of columns, below the archive's folder."""
        return self._file("fixes")

    @property
    def raw_name(self) -> str:
        """The file of messages."""
        return self._file("raw")

    def _file(self, kind: str) -> str:
        run = f".{self.run}" if self.run else ""
        return f"{self.day:%Y}/{kind}-{self.day:%Y%m%d}.g{self.generation}{run}.parquet"


class LegalHold(models.Model):
    """Somebody's data must not be deleted: a case, a complaint, a court wants it."""

    public_id = PublicIdField(default=new_hold_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=500)
    placed_by = models.CharField(max_length=40)
    placed_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=40, blank=True, default="")
    lifted_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        return self.public_id


class RetentionRun(models.Model):
    """What was found to be deletable, shown before it is deleted; and when that was done."""

    public_id = PublicIdField(default=new_run_id)
    planned_at = models.DateTimeField()
    items = models.JSONField()
    """[{"order", "reason", "since", "until", "fixes" or "findings", "held", "spared"}]"""
    applied_at = models.DateTimeField(null=True)
    deleted = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-id"]

    @override
    def __str__(self) -> str:
        return self.public_id
