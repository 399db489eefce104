# SPDX-License-Identifier: EUPL-1.2
"""When a discarded draft lost what it said of the person."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0019_addresses_and_forms'),
    ]

    operations = [
        migrations.AddField(
            model_name='orderdraft',
            name='forgotten_at',
            field=models.DateTimeField(null=True),
        ),
    ]
