# SPDX-License-Identifier: EUPL-1.2
"""Which files hold an archived day: the manifest says it, actions and looks ask it."""

from datetime import date
from pathlib import Path

from django.conf import settings

from tarazy.supervision.models import ArchivedDay

ARCHIVE = "fixes"


def folder() -> Path:
    """Where the files lie."""
    return Path(settings.TARAZY.folder) / ARCHIVE


def files_of(day: ArchivedDay) -> tuple[Path, Path]:
    """Its columns, and its messages."""
    return folder() / day.name, folder() / day.raw_name


def latest(day: date) -> ArchivedDay | None:
    """The generation of a day that counts."""
    return ArchivedDay.objects.filter(day=day).order_by("-generation").first()
