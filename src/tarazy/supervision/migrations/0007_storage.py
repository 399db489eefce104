# SPDX-License-Identifier: EUPL-1.2
"""The fix store's functions again: days are made and dropped without keeping intake waiting."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("supervision", "0006_archive")]
    operations = [migrations.RunSQL(Path(__file__).with_name("storage.sql").read_text())]
