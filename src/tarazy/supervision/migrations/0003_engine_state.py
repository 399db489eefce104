# SPDX-License-Identifier: EUPL-1.2
"""What the engine carries between batches, and outages noted by the database itself."""

import datetime
from pathlib import Path

from django.db import migrations, models

LONG_AGO = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0002_fix_store")]
    operations = [
        migrations.AddField("presencechange", "evidence", models.JSONField(default=list)),
        migrations.AddField("presencechange", "probability", models.FloatField(null=True)),
        migrations.AddField(
            *("presencestate", "confirmed_at"),
            models.DateTimeField(default=LONG_AGO),
            preserve_default=False,
        ),
        migrations.AddField(
            *("presencestate", "known_at"),
            models.DateTimeField(default=LONG_AGO),
            preserve_default=False,
        ),
        migrations.AddField("wearerstate", "clock_fault_at", models.DateTimeField(null=True)),
        migrations.AddField("wearerstate", "doubted", models.JSONField(null=True)),
        migrations.RunSQL(
            Path(__file__).with_name("heartbeats.sql").read_text(),
            "DROP TRIGGER outage_is_noted ON supervision_heartbeat;"
            "DROP FUNCTION supervision_note_outage()",
        ),
    ]
