# SPDX-License-Identifier: EUPL-1.2
"""Reports that were given out, and receipts for them."""

import django.db.models.deletion
import functools
import tarazy.core.ids
import tarazy.core.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0011_rules_of_an_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', tarazy.core.models.PublicIdField(db_collation='C', default=functools.partial(tarazy.core.ids.new_id, *('rep',), **{}), editable=False, max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('compliance', 'compliance report'), ('incident', 'court report of an incident'), ('figures', 'monthly figures')], max_length=20)),
                ('audience', models.CharField(choices=[('service', 'the service and the court'), ('defence', 'the defence')], max_length=20)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('language', models.CharField(max_length=8)),
                ('facts_sha256', models.CharField(max_length=64)),
                ('pdf_sha256', models.CharField(max_length=64, unique=True)),
                ('made_by', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField()),
                ('alert', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.alert')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.order')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='supervision.person')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', tarazy.core.models.PublicIdField(db_collation='C', default=functools.partial(tarazy.core.ids.new_id, *('rcp',), **{}), editable=False, max_length=40, unique=True)),
                ('recipient', models.CharField(max_length=200)),
                ('capacity', models.CharField(max_length=200)),
                ('handed_by', models.CharField(max_length=40)),
                ('handed_at', models.DateTimeField()),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disclosures', to='supervision.report')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('alert', None), ('kind', 'figures'), ('order', None), ('person', None)), models.Q(('alert', None), ('kind', 'compliance'), ('person__isnull', False)), models.Q(('alert__isnull', False), ('kind', 'incident'), ('person__isnull', False)), _connector='OR'), name='report_is_about_somebody_or_figures'),
        ),
    ]
