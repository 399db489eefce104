# SPDX-License-Identifier: EUPL-1.2
"""The audit log's own tables, and the cache table that the log-in throttle counts in."""

from pathlib import Path

from django.db import migrations

AUDIT = Path(__file__).parents[1] / "audit"

CACHE = """
CREATE TABLE core_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX core_cache_expires ON core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            (AUDIT / "schema.sql").read_text(), (AUDIT / "schema_reverse.sql").read_text()
        ),
        migrations.RunSQL(CACHE, "DROP TABLE core_cache"),
    ]
