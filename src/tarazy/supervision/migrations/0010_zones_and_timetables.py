# SPDX-License-Identifier: EUPL-1.2
"""Corridors, classes of shared zones, buffers, exceptions, priorities and permitted absences."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import functools
import tarazy.core.ids
import tarazy.core.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('supervision', '0009_judged_again'),
    ]

    operations = [
        migrations.CreateModel(
            name='FacetState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facet', models.CharField(max_length=10)),
                ('state', models.CharField(choices=[('inside', 'inside'), ('outside', 'outside'), ('unknown', 'unknown')], max_length=10)),
                ('since', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('known_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField()),
                ('log_odds', models.FloatField()),
                ('evidence', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='PermittedAbsence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', tarazy.core.models.PublicIdField(db_collation='C', default=functools.partial(tarazy.core.ids.new_id, *('abs',), **{}), editable=False, max_length=40, unique=True)),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('reason', models.TextField()),
                ('evidence', models.CharField(blank=True, default='', max_length=200)),
                ('decided_by', models.CharField(max_length=200)),
                ('granted_at', models.DateTimeField()),
                ('granted_by', models.CharField(max_length=40)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.CharField(blank=True, default='', max_length=40)),
                ('withdrawn_reason', models.TextField(blank=True, default='')),
                ('judged_until', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['order', 'period', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='zone',
            name='zone_has_the_shape_of_its_kind',
        ),
        migrations.AddField(
            model_name='condition',
            name='buffer_m',
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='condition',
            name='exceptions',
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='condition',
            name='priority',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='presencechange',
            name='facet',
            field=models.CharField(db_default='zone', default='zone', max_length=10),
        ),
        migrations.AddField(
            model_name='zone',
            name='place_class',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AlterField(
            model_name='zone',
            name='kind',
            field=models.CharField(choices=[('circle', 'circle'), ('polygon', 'polygon'), ('corridor', 'corridor'), ('places', 'all places of a class')], max_length=10),
        ),
        migrations.RunSQL(
            "UPDATE supervision_zone SET place_class = 'other' WHERE person_id IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='condition',
            constraint=models.CheckConstraint(condition=models.Q(('buffer_m', None), models.Q(('buffer_m__gt', 0), models.Q(('kind', 'home_curfew'), _negated=True)), _connector='OR'), name='buffer_is_a_ring_of_a_zone'),
        ),
        migrations.AddConstraint(
            model_name='zone',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'circle'), ('lat__range', (-90, 90)), ('lon__range', (-180, 180)), ('radius_m__gt', 0), ('rings__isnull', True)), models.Q(('kind', 'polygon'), ('lat', None), ('lon', None), ('radius_m', None), ('rings__isnull', False)), models.Q(('kind', 'corridor'), ('lat', None), ('lon', None), ('radius_m__gt', 0), ('radius_m__isnull', False), ('rings__isnull', False)), models.Q(('kind', 'places'), ('lat', None), ('lon', None), ('radius_m', None), ('rings__isnull', True)), _connector='OR'), name='zone_has_the_shape_of_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='zone',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('person', None), models.Q(('place_class', ''), _negated=True)), models.Q(('person__isnull', False), ('place_class', '')), _connector='OR'), name='shared_zone_has_a_class'),
        ),
        migrations.AddConstraint(
            model_name='zone',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'places'), _negated=True), ('person', None), _connector='OR'), name='all_places_are_shared'),
        ),
        migrations.AddConstraint(
            model_name='zone',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'places')), fields=('place_class',), name='one_zone_for_a_class'),
        ),
        migrations.AddField(
            model_name='facetstate',
            name='condition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='facets', to='supervision.condition'),
        ),
        migrations.AddField(
            model_name='permittedabsence',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='supervision.order'),
        ),
        migrations.AddConstraint(
            model_name='facetstate',
            constraint=models.UniqueConstraint(fields=('condition', 'facet'), name='one_state_a_facet'),
        ),
        migrations.AddConstraint(
            model_name='permittedabsence',
            constraint=models.CheckConstraint(condition=models.Q(('period__lower_inf', False), ('period__upper_inf', False), ('period__isempty', False)), name='absence_has_a_start_and_an_end'),
        ),
        # What was permitted, when and by whom stays as it was written.
        migrations.RunSQL(
            """
            REVOKE UPDATE, DELETE, TRUNCATE ON supervision_permittedabsence FROM tarazy_app;
            GRANT UPDATE (withdrawn_at, withdrawn_by, withdrawn_reason, judged_until)
                ON supervision_permittedabsence TO tarazy_app;
            """,
            migrations.RunSQL.noop,
        ),
    ]
