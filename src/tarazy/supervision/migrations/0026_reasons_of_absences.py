# SPDX-License-Identifier: EUPL-1.2
"""Why an absence was permitted goes when its period is over, and is never written anew."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("supervision", "0025_sim_of_a_device")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("reasons.sql").read_text(),
            "DROP FUNCTION supervision_forget_reasons(text[])",
        )
    ]
