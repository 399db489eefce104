# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the operator's extracts; the paper of an absence; contact that a court forbids."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import functools
import tarazy.core.ids
import tarazy.core.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0018_notices_causes_periods'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PlaceExtract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', tarazy.core.models.PublicIdField(db_collation='C', default=functools.partial(tarazy.core.ids.new_id, *('ext',), **{}), editable=False, max_length=40, unique=True)),
                ('name', models.CharField(max_length=40, unique=True)),
                ('format', models.CharField(max_length=20)),
                ('dated_on', models.DateField()),
                ('taken_at', models.DateTimeField()),
                ('places', models.PositiveIntegerField()),
                ('refused', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='permittedabsence',
            name='scan',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.paper'),
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('house', 'house'), ('street', 'street'), ('settlement', 'settlement')], max_length=10)),
                ('title', models.CharField(max_length=200)),
                ('within', models.CharField(blank=True, default='', max_length=200)),
                ('lat', models.FloatField()),
                ('lon', models.FloatField()),
                ('lat_to', models.FloatField()),
                ('lon_to', models.FloatField()),
                ('search_key', models.CharField(blank=True, db_collation='C', default='', max_length=300)),
                ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), default=list, size=None)),
                ('extract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.placeextract', db_constraint=False)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ContactDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', tarazy.core.models.PublicIdField(db_collation='C', default=functools.partial(tarazy.core.ids.new_id, *('ncd',), **{}), editable=False, max_length=40, unique=True)),
                ('radius_m', models.PositiveIntegerField()),
                ('since', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('document_number', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('submitted', 'waits for approval'), ('approved', 'approved'), ('discarded', 'discarded')], default='submitted', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('demand', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='supervision.nocontact')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contact_drafts', to='supervision.order')),
                ('other_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.order')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('author')), _negated=True)), _connector='OR'), name='nobody_approves_the_own_contact_draft'), models.CheckConstraint(condition=models.Q(('order', models.F('other_order')), _negated=True), name='contact_draft_is_about_another'), models.UniqueConstraint(condition=models.Q(('state', 'submitted')), fields=('order', 'other_order'), name='one_contact_draft_of_two_orders_at_a_time')],
            },
        ),
        migrations.RunSQL(
            Path(__file__).with_name("places.sql").read_text(),
            "DROP INDEX houses_near, streets_near, settlements_near, places_by_word, places_by_gram;"
            "ALTER TABLE supervision_place DROP COLUMN spot, DROP COLUMN words",
        ),
    ]
