# SPDX-License-Identifier: EUPL-1.2
"""Late places judge an interval again; what a device called out is remembered."""

from django.db import migrations, models

STATES = [
    ("active", "active"),
    ("cleared", "cleared, to be reviewed"),
    ("withdrawn", "withdrawn, to be reviewed"),
    ("acknowledged", "acknowledged"),
    ("resolved", "resolved"),
]


class Migration(migrations.Migration):
    dependencies = [("supervision", "0008_forgetting")]
    operations = [
        migrations.AddField("presencechange", "superseded_at", models.DateTimeField(null=True)),
        migrations.AddField("wearerstate", "alarms", models.JSONField(null=True)),
        migrations.AddField("wearerstate", "mock_at", models.DateTimeField(null=True)),
        migrations.AddField("wearerstate", "unplaced_at", models.DateTimeField(null=True)),
        migrations.AddField("wearerstate", "late", models.JSONField(null=True)),
        migrations.AlterField(
            "alert", "state", models.CharField(choices=STATES, max_length=15)
        ),
        migrations.AlterField(
            "alertversion", "state", models.CharField(choices=STATES, max_length=15)
        ),
        migrations.RunSQL(
            "GRANT UPDATE (superseded_at) ON supervision_presencechange TO tarazy_app",
            "REVOKE UPDATE (superseded_at) ON supervision_presencechange FROM tarazy_app",
        ),
    ]
