# SPDX-License-Identifier: EUPL-1.2
"""The entries of the audit log about one id are found without reading all of it."""

from pathlib import Path

from django.db import migrations

AUDIT = Path(__file__).parents[1] / "audit"
REVERSE = "".join(
    f"drop index core_audit_entry_{one};" for one in ("actor", "basis", "subject")
)


class Migration(migrations.Migration):
    dependencies = [("core", "0005_audit_append_at_once")]
    operations = [migrations.RunSQL((AUDIT / "naming.sql").read_text(), REVERSE)]
