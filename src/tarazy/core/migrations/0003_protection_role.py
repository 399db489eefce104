# SPDX-License-Identifier: EUPL-1.2
"""A role for those who look after protected people."""

import django.contrib.postgres.fields
from django.db import migrations, models

ROLES = (
    "operator",
    "officer",
    "supervisor",
    "investigator",
    "analyst",
    "prosecutor",
    "auditor",
    "administrator",
    "protection",
    "wearer",
    "system",
)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_and_cache")]
    operations = [
        migrations.AlterField(
            "user",
            "roles",
            django.contrib.postgres.fields.ArrayField(
                models.CharField(choices=[(role, role) for role in ROLES], max_length=20),
                default=list,
                size=None,
            ),
        ),
    ]
