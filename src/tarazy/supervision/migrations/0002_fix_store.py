# SPDX-License-Identifier: EUPL-1.2
"""The fix store and its daily partitions."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("fixes.sql").read_text(),
            "DROP TABLE supervision_fix; DROP FUNCTION supervision_ensure_fix_day(date);"
            "DROP SEQUENCE supervision_change_seq",
        )
    ]
