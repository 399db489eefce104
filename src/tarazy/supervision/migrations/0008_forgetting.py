# SPDX-License-Identifier: EUPL-1.2
"""Places in findings go too; archived days know their orders, and their files their writer."""

from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

import tarazy.supervision.models.storage


class Migration(migrations.Migration):
    dependencies = [("supervision", "0007_storage")]
    operations = [
        migrations.AddField(
            "archivedday", "run", models.CharField(default="", max_length=8)
        ),
        migrations.AlterField(
            "archivedday",
            "run",
            models.CharField(default=tarazy.supervision.models.storage.new_run, max_length=8),
        ),
        migrations.AddField(
            "archivedday", "orders", ArrayField(models.BigIntegerField(), null=True)
        ),
        migrations.AddField(
            "archivedday", "placed", ArrayField(models.BigIntegerField(), null=True)
        ),
        migrations.AddField(
            "order", "forgotten_version", models.PositiveIntegerField(editable=False, null=True)
        ),
        migrations.RunSQL(Path(__file__).with_name("forgetting.sql").read_text()),
    ]
