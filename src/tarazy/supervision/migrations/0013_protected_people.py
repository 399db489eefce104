# SPDX-License-Identifier: EUPL-1.2
"""Protected people, their consent and fixes; whom an order forbids to meet; pairs as judged."""

from pathlib import Path

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import tarazy.core.models
import tarazy.supervision.models.orders
from tarazy.supervision.models import protection
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0012_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProtectedFix",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("transaction", models.BigIntegerField(editable=False)),
                ("device_id", models.BigIntegerField()),
                ("protected_id", models.BigIntegerField()),
                ("consent_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("known_at", models.DateTimeField()),
                ("lat", models.FloatField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("accuracy_m", models.FloatField(null=True)),
                (
                    "marks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None
                    ),
                ),
                ("digest", models.BinaryField(max_length=16)),
            ],
            options={
                "db_table": "supervision_protectedfix",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", tarazy.core.models.PublicIdField(default=protection.new_consent_id)),
                ("document_number", models.CharField(max_length=80)),
                ("given_at", models.DateTimeField()),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("recorded_by", models.CharField(max_length=40)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="NoContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    tarazy.core.models.PublicIdField(default=protection.new_no_contact_id),
                ),
                ("radius_m", models.PositiveIntegerField()),
                ("inner_m", models.PositiveIntegerField(null=True)),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PairChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("radius_m", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("inside", "inside"),
                            ("outside", "outside"),
                            ("unknown", "unknown"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("known_at", models.DateTimeField()),
                ("probability", models.FloatField(null=True)),
                ("evidence", models.JSONField(default=list)),
                ("superseded_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PairSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("memory", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="ProtectedFitting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    tarazy.core.models.PublicIdField(default=protection.new_protected_fitting_id),
                ),
                ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ],
        ),
        migrations.CreateModel(
            name="ProtectedPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    tarazy.core.models.PublicIdField(default=protection.new_protected_id),
                ),
                ("label", models.CharField(max_length=40, unique=True)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["label"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="alert",
            name="one_running_episode_a_cause",
        ),
        migrations.CreateModel(
            name="PairState",
            fields=[
                (
                    "no_contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="state",
                        serialize=False,
                        to="supervision.nocontact",
                    ),
                ),
                ("judged_to", models.DateTimeField()),
                ("due", models.DateTimeField(null=True)),
                ("unheard_since", models.DateTimeField(null=True)),
                ("head", models.JSONField()),
                ("episodes", models.JSONField(default=list)),
            ],
        ),
        migrations.AddField(
            model_name="nocontact",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="no_contacts",
                to="supervision.order",
            ),
        ),
        migrations.AddField(
            model_name="nocontact",
            name="other_order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="no_contacts_against",
                to="supervision.order",
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="no_contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="supervision.nocontact",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("order", "rule", "condition", "no_contact"),
                name="one_running_episode_a_cause",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="pairchange",
            name="no_contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="supervision.nocontact",
            ),
        ),
        migrations.AddField(
            model_name="pairsnapshot",
            name="no_contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="snapshots",
                to="supervision.nocontact",
            ),
        ),
        migrations.AddField(
            model_name="protectedfitting",
            name="device",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="protected_fittings",
                to="supervision.device",
            ),
        ),
        migrations.CreateModel(
            name="ProtectedIdentity",
            fields=[
                (
                    "protected",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="identity",
                        serialize=False,
                        to="supervision.protectedperson",
                    ),
                ),
                ("full_name", models.CharField(max_length=200)),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
            ],
        ),
        migrations.AddField(
            model_name="protectedfitting",
            name="protected",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fittings",
                to="supervision.protectedperson",
            ),
        ),
        migrations.AddField(
            model_name="nocontact",
            name="protected",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="no_contacts",
                to="supervision.protectedperson",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="protected",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="supervision.protectedperson",
            ),
        ),
        migrations.AddIndex(
            model_name="pairchange",
            index=models.Index(
                fields=["no_contact", "radius_m", "at"], name="pair_changes_in_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="pairsnapshot",
            constraint=models.UniqueConstraint(
                fields=("no_contact", "at"), name="one_pair_snapshot_of_a_moment"
            ),
        ),
        migrations.AddConstraint(
            model_name="protectedfitting",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (tarazy.supervision.models.orders.SameRow("device_id"), "&&"),
                    ("period", "&&"),
                ],
                name="one_protected_fitting_at_a_time_for_a_device",
            ),
        ),
        migrations.AddConstraint(
            model_name="nocontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("inner_m", None), ("other_order__isnull", False), ("protected", None)
                    ),
                    models.Q(
                        ("inner_m__gt", 0),
                        ("inner_m__lt", models.F("radius_m")),
                        ("other_order", None),
                        ("protected__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="no_contact_is_with_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="nocontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("order", models.F("other_order")), _negated=True),
                name="no_contact_is_with_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="nocontact",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("protected__isnull", False)),
                expressions=[
                    (tarazy.supervision.models.orders.SameRow("order_id"), "&&"),
                    (tarazy.supervision.models.orders.SameRow("protected_id"), "&&"),
                    ("period", "&&"),
                ],
                name="one_demand_about_a_protected_person_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="nocontact",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("other_order__isnull", False)),
                expressions=[
                    (tarazy.supervision.models.orders.SameRow("order_id"), "&&"),
                    (tarazy.supervision.models.orders.SameRow("other_order_id"), "&&"),
                    ("period", "&&"),
                ],
                name="one_demand_about_another_order_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (tarazy.supervision.models.orders.SameRow("protected_id"), "&&"),
                    ("period", "&&"),
                ],
                name="one_consent_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("period__lower_inf", False), ("period__upper_inf", False)),
                name="consent_has_a_start_and_an_end",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_name("protection.sql").read_text()),
    ]
