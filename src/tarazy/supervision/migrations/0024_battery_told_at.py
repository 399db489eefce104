# SPDX-License-Identifier: EUPL-1.2
"""Of what time the battery's last figure is: one that comes late does not take a newer one back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0023_resolution_taken_back")]
    operations = [
        migrations.AddField("wearerstate", "battery_at", models.DateTimeField(null=True)),
    ]
