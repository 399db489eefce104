# SPDX-License-Identifier: EUPL-1.2
"""Duty: who has an alert, causes, protocols in versions, contacts, shifts, deliveries."""

import django.db.models.deletion
import functools
import tarazy.core.ids
import tarazy.core.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0013_protected_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', tarazy.core.models.PublicIdField(db_collation='C', default=functools.partial(tarazy.core.ids.new_id, *('con',), **{}), editable=False, max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('own', 'the person, another number'), ('household', 'household'), ('guardian', 'guardian'), ('work', 'work or school'), ('lawyer', 'lawyer'), ('other', 'somebody else')], max_length=20)),
                ('name', models.CharField(max_length=120)),
                ('phone', models.CharField(max_length=40)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Protocol',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=40)),
                ('number', models.PositiveIntegerField()),
                ('take_min', models.PositiveIntegerField()),
                ('steps', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=40)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', tarazy.core.models.PublicIdField(db_collation='C', default=functools.partial(tarazy.core.ids.new_id, *('shi',), **{}), editable=False, max_length=40, unique=True)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.AddField(
            model_name='alert',
            name='cause',
            field=models.CharField(blank=True, choices=[('breach', 'the order was not kept'), ('permitted', 'permitted, or excused by the court or the officer'), ('device', 'fault of the device or of its strap'), ('charging', 'battery empty, or charging'), ('reception', 'no reception, or a wrong position'), ('service', 'fault or maintenance of our own service'), ('test', 'a test, or training'), ('unknown', 'could not be found out')], db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='alert',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='escalated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='holder',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alert',
            name='resolved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='alert',
            name='step',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='alert',
            name='taken_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='alertversion',
            name='about',
            field=models.CharField(blank=True, db_default='', default='', max_length=120),
        ),
        migrations.AddField(
            model_name='alertversion',
            name='act',
            field=models.CharField(blank=True, choices=[('taken', 'taken in hand'), ('released', 'given back'), ('handed_over', 'handed over'), ('noted', 'note'), ('called', 'telephoned'), ('step_done', 'step done'), ('step_failed', 'step tried without success'), ('step_undone', 'step taken back'), ('escalated', 'escalated to the supervisor'), ('resolved', 'resolved')], db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='livestream',
            name='wish',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AddIndex(
            model_name='alertversion',
            index=models.Index(condition=models.Q(('act', ''), _negated=True), fields=['-known_at'], name='acts_latest'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['sort_key', 'id'], name='people_by_name'),
        ),
        migrations.AddField(
            model_name='contact',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='supervision.person'),
        ),
        migrations.AddConstraint(
            model_name='protocol',
            constraint=models.UniqueConstraint(fields=('rule', 'number'), name='one_protocol_a_number'),
        ),
        migrations.AddField(
            model_name='alert',
            name='protocol',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='supervision.protocol'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='alerts_due'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('protocol', None), models.Q(('state', 'resolved'), _negated=True)), fields=['id'], name='alerts_not_begun'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('resolved_at__isnull', False)), fields=['-resolved_at'], name='alerts_resolved'),
        ),
        migrations.AddField(
            model_name='shift',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='shift',
            index=models.Index(fields=['-began_at'], name='shifts_latest'),
        ),
        migrations.AddConstraint(
            model_name='shift',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user',), name='one_open_shift_a_user'),
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON supervision_protocol FROM tarazy_app",
            "GRANT UPDATE, DELETE, TRUNCATE ON supervision_protocol TO tarazy_app",
        ),
    ]
