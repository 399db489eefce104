# SPDX-License-Identifier: EUPL-1.2
"""What each report moves of a person's states stands in one row, not in one for each condition."""

from pathlib import Path

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0015_the_officers_day")]
    operations = [
        migrations.AddField("wearerstate", "states", models.BinaryField(null=True)),
        migrations.RunSQL(
            Path(__file__).with_name("wearers_states.sql").read_text(),
            migrations.RunSQL.noop,
        ),
    ]
