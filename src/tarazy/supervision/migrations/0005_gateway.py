# SPDX-License-Identifier: EUPL-1.2
"""By what the gate knows a device, what it is asked to do, and more of what it says."""

import django.db.models.deletion
from django.db import migrations, models

import tarazy.core.models
import tarazy.supervision.models.devices as devices

FIX_COLUMNS = """
ALTER TABLE supervision_fix
    ADD COLUMN satellites smallint,
    ADD COLUMN hdop real,
    ADD COLUMN charging boolean,
    ADD COLUMN moving boolean,
    ADD COLUMN stored boolean NOT NULL DEFAULT false,
    ADD COLUMN alarms text[] NOT NULL DEFAULT '{}'
"""
FIX_COLUMNS_AWAY = """
ALTER TABLE supervision_fix DROP COLUMN satellites, DROP COLUMN hdop, DROP COLUMN charging,
    DROP COLUMN moving, DROP COLUMN stored, DROP COLUMN alarms
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_episodes_of_an_order")]
    operations = [
        migrations.RunSQL(FIX_COLUMNS, FIX_COLUMNS_AWAY),
        migrations.CreateModel(
            name="DeviceAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addresses",
                        to="supervision.device",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            "INSERT INTO supervision_deviceaddress (device_id, digest)"
            " SELECT id, credential_digest FROM supervision_device",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField("device", "credential_digest"),
        migrations.AddField(
            *("device", "broker_hash"), models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.AlterField(
            *("device", "kind"),
            models.CharField(max_length=20),
        ),
        migrations.CreateModel(
            name="DeviceCommand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", tarazy.core.models.PublicIdField(default=devices.new_command_id)),
                ("kind", models.CharField(max_length=20)),
                ("seconds", models.PositiveIntegerField(default=0)),
                ("text", models.CharField(blank=True, default="", max_length=200)),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=devices.CommandState.choices, default="queued", max_length=20
                    ),
                ),
                ("requested_by", models.CharField(max_length=40)),
                ("queued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, default="", max_length=200)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commands",
                        to="supervision.device",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "sent"))),
                        fields=["device", "id"],
                        name="command_under_way",
                    )
                ],
            },
        ),
    ]
