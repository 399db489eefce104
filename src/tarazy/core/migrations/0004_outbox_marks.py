# SPDX-License-Identifier: EUPL-1.2
"""The outbox finds what is new and what is due by an index: its events stay for a month."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_protection_role'),
    ]

    operations = [
        migrations.AddField(
            model_name='outboxevent',
            name='opened',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='outboxdelivery',
            index=models.Index(condition=models.Q(('done', False)), fields=['id'], name='outbox_due'),
        ),
        migrations.AddIndex(
            model_name='outboxevent',
            index=models.Index(condition=models.Q(('opened', False)), fields=['id'], name='outbox_fresh'),
        ),
    ]
