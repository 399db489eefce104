# SPDX-License-Identifier: EUPL-1.2
"""Notices beyond the screen and their messages; causes of alerts by the service's own list;
when papers, messages, appointments and receipts were forgotten."""

import django.db.models.deletion
import functools
import tarazy.core.ids
import tarazy.core.models
import tarazy.supervision.models.duty
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0017_how_a_place_was_reached'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', tarazy.core.models.PublicIdField(db_collation='C', default=functools.partial(tarazy.core.ids.new_id, *('dsp',), **{}), editable=False, max_length=40, unique=True)),
                ('route', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[('waiting', 'waits, or is tried again'), ('sent', 'taken by the gateway'), ('given_up', 'given up')], default='waiting', max_length=10)),
                ('made_at', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_at', models.DateTimeField()),
                ('trying', models.BooleanField(default=False)),
                ('perhaps_twice', models.BooleanField(default=False)),
                ('ended_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, default='', max_length=40)),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['route', '-ended_at'], name='messages_of_route')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('route',), name='one_waiting_message_a_route')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('route', models.CharField(max_length=40)),
                ('occasion', models.CharField(max_length=15)),
                ('severity', models.CharField(blank=True, default='', max_length=10)),
                ('subject', models.CharField(db_collation='C', max_length=40)),
                ('made_at', models.DateTimeField()),
                ('dispatch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='supervision.dispatch')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('dispatch', None)), fields=['route'], name='notices_to_send'), models.Index(fields=['subject'], name='notices_of_subject')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('occasion__in', ['raised', 'service', 'appointment'])), fields=('route', 'occasion', 'subject'), name='told_of_it_once')],
            },
        ),
        migrations.AlterField(
            model_name='alert',
            name='cause',
            field=models.CharField(blank=True, choices=tarazy.supervision.models.duty.cause_choices, db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='appointment',
            name='forgotten_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='disclosure',
            name='forgotten_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='paper',
            name='forgotten_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='wearermessage',
            name='forgotten_at',
            field=models.DateTimeField(null=True),
        ),
    ]
