# SPDX-License-Identifier: EUPL-1.2
"""Numbers of rules that an order sets, check-ins, and what rules remember of a person's device."""

import django.db.models.deletion
from django.db import migrations, models

import tarazy.core.models
import tarazy.supervision.models.checkins as checkins

READABLE = """
ALTER TABLE supervision_order ADD CONSTRAINT order_settings_are_readable CHECK (
    jsonb_typeof(rule_settings) = 'array' AND NOT jsonb_path_exists(rule_settings,
        '$[*] ? (!(exists(@.name)) || !(exists(@.value)) || !(exists(@.since))
            || @.name.type() != "string" || @.value.type() != "number"
            || @.since.type() != "string" || @.value < 0)'))
"""
READABLE_AWAY = "ALTER TABLE supervision_order DROP CONSTRAINT order_settings_are_readable"


class Migration(migrations.Migration):
    dependencies = [("supervision", "0010_zones_and_timetables")]
    operations = [
        migrations.AddField(
            model_name='device',
            name='pace',
            field=models.CharField(db_default='usual', default='usual', max_length=10),
        ),
        migrations.AddField(
            model_name='device',
            name='paced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='rule_settings',
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.RunSQL(READABLE, READABLE_AWAY),
        migrations.AddField(
            model_name='wearerstate',
            name='pace',
            field=models.CharField(db_default='usual', default='usual', max_length=10),
        ),
        migrations.AddField(
            model_name='wearerstate',
            name='pending',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='wearerstate',
            name='signs',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='wearerstate',
            name='suspected_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='CheckInPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('windows', models.JSONField()),
                ('answer_min', models.PositiveIntegerField(default=30)),
                ('route', models.CharField(choices=[('device', 'by the device'), ('call', 'by a call')], max_length=10)),
                ('planned_until', models.DateField(null=True)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='check_in_plan', to='supervision.order')),
            ],
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', tarazy.core.models.PublicIdField(db_collation='C', default=checkins.new_check_in_id, editable=False, max_length=40, unique=True)),
                ('route', models.CharField(choices=[('device', 'by the device'), ('call', 'by a call')], max_length=10)),
                ('state', models.CharField(choices=[('planned', 'planned'), ('asked', 'asked, not yet answered'), ('answered', 'answered'), ('missed', 'not answered in time'), ('cancelled', 'cancelled')], default='planned', max_length=10)),
                ('due_at', models.DateTimeField()),
                ('answer_min', models.PositiveIntegerField()),
                ('asked_at', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(null=True)),
                ('noted_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, choices=[('device', 'by the device'), ('call', 'by a call'), ('page', 'on the own page'), ('visit', 'at a visit'), ('not_recognised', 'answered, but not recognised by the machine')], default='', max_length=20)),
                ('noted_by', models.CharField(blank=True, default='', max_length=40)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('command', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='supervision.devicecommand')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='supervision.order')),
            ],
            options={
                'ordering': ['-due_at', '-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ('planned', 'asked'))), fields=['due_at'], name='check_ins_under_way'), models.Index(fields=['order', '-asked_at'], name='check_ins_of_an_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('planned', 'cancelled')), models.Q(('asked_at__isnull', False), ('until__isnull', False)), _connector='OR'), name='check_in_was_asked_once_it_is_open')],
            },
        ),
    ]
