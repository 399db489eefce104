# SPDX-License-Identifier: EUPL-1.2
"""Archived days, legal holds, planned deletions, and how long an order lets us keep places."""

from pathlib import Path
import django.db.models.deletion
import functools
import tarazy.core.ids
import tarazy.core.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0005_gateway"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    tarazy.core.models.PublicIdField(
                        db_collation="C",
                        default=functools.partial(tarazy.core.ids.new_id, *("ret",), **{}),
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("items", models.JSONField()),
                ("applied_at", models.DateTimeField(null=True)),
                ("deleted", models.BigIntegerField(default=0)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="order",
            name="retain_days",
            field=models.PositiveIntegerField(db_default=365, default=365),
        ),
        migrations.AddField(
            model_name="order",
            name="trace_storage",
            field=models.CharField(
                choices=[
                    ("all", "all places"),
                    ("breaches_only", "places around breaches only"),
                    ("compliance_only", "no places, only whether the order was kept"),
                ],
                db_default="all",
                default="all",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="ArchivedDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("generation", models.PositiveIntegerField()),
                ("fixes", models.BigIntegerField()),
                ("covered", models.BigIntegerField()),
                ("snapshot", models.TextField()),
                ("size_bytes", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("raw_sha256", models.CharField(max_length=64)),
                ("archived_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["day", "generation"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "generation"), name="one_generation_of_a_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    tarazy.core.models.PublicIdField(
                        db_collation="C",
                        default=functools.partial(tarazy.core.ids.new_id, *("hld",), **{}),
                        editable=False,
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("placed_by", models.CharField(max_length=40)),
                ("placed_at", models.DateTimeField()),
                ("lifted_by", models.CharField(blank=True, default="", max_length=40)),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="supervision.person",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            Path(__file__).with_name("archive.sql").read_text(),
            "DROP FUNCTION supervision_drop_fix_day(date, int); DROP FUNCTION"
            " supervision_forget_fixes(text, bigint, timestamptz, timestamptz, boolean, tstzmultirange)",
        ),
    ]
