# SPDX-License-Identifier: EUPL-1.2
"""An episode belongs to one order: the next order of the same person begins its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0003_engine_state"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="alert",
            name="one_running_episode_a_cause",
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("order", "rule", "condition"),
                name="one_running_episode_a_cause",
                nulls_distinct=False,
            ),
        ),
    ]
