# SPDX-License-Identifier: EUPL-1.2
"""How a place was reached: how far beyond the fence the last fix lay, and what a drift explains."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0016_states_with_the_wearer'),
    ]

    operations = [
        migrations.AddField(model_name=model, name=name, field=models.FloatField(default=0.0))
        for model in ('presencestate', 'facetstate')
        for name in ('beyond_m', 'crept_m')
    ]
