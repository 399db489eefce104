# SPDX-License-Identifier: EUPL-1.2
"""A shared zone that is removed stays on record, and counts no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0021_where_a_device_is_thrown")]
    operations = [
        migrations.AddField("zone", "removed_at", models.DateTimeField(null=True, blank=True)),
        migrations.AddConstraint(
            "zone",
            models.CheckConstraint(
                name="only_shared_zones_are_removed",
                condition=models.Q(removed_at=None) | models.Q(person=None),
            ),
        ),
    ]
