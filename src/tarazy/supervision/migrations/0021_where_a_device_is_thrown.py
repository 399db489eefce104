# SPDX-License-Identifier: EUPL-1.2
"""Where a device was thrown before stands in the person's row, and goes with the other places."""

from pathlib import Path

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0020_discarded_drafts")]
    operations = [
        migrations.AddField("wearerstate", "rested_s", models.FloatField(default=0.0, db_default=0.0)),
        migrations.AddField("wearerstate", "throws", models.JSONField(null=True)),
        migrations.RunSQL(
            Path(__file__).with_name("thrown.sql").read_text(),
            migrations.RunSQL.noop,
        ),
    ]
