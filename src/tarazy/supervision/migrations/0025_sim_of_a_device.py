# SPDX-License-Identifier: EUPL-1.2
"""The last SIM card that a device told of, as a keyed digest: to see that another one is in it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0024_battery_told_at")]
    operations = [
        migrations.CreateModel(
            "DeviceCard",
            [
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="card",
                        serialize=False,
                        to="supervision.device",
                    ),
                ),
                ("digest", models.BinaryField(max_length=16)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
