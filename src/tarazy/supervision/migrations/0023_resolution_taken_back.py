# SPDX-License-Identifier: EUPL-1.2
"""A resolution of an alert can be taken back: one more act."""

from django.db import migrations, models

ACTS = [
    ("taken", "taken in hand"), ("released", "given back"), ("handed_over", "handed over"),
    ("noted", "note"), ("called", "telephoned"), ("step_done", "step done"),
    ("step_failed", "step tried without success"), ("step_undone", "step taken back"),
    ("escalated", "escalated to the supervisor"), ("resolved", "resolved"),
    ("reopened", "resolution taken back"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("supervision", "0022_shared_zones_removed")]
    operations = [
        migrations.AlterField(
            "alertversion",
            "act",
            models.CharField(blank=True, choices=ACTS, db_default="", default="", max_length=20),
        )
    ]
