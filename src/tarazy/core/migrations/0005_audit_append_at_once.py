# SPDX-License-Identifier: EUPL-1.2
"""The audit log takes in many lines at once, and not one after the other."""

from pathlib import Path

from django.db import migrations

AUDIT = Path(__file__).parents[1] / "audit"


class Migration(migrations.Migration):
    dependencies = [("core", "0004_outbox_marks")]
    operations = [migrations.RunSQL((AUDIT / "append.sql").read_text(), migrations.RunSQL.noop)]
