"""Each version of who grew a lot. What stands on record already is its first."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FIRST = """
    INSERT INTO impact_shareversion (lot_id, number, grams, at)
    SELECT s.lot_id, 1, jsonb_object_agg(s.household_id::text, s.grams), coalesce(l.traced_at, l.created_at)
    FROM impact_lotshare s JOIN catalog_lot l ON l.id = s.lot_id
    GROUP BY s.lot_id, l.traced_at, l.created_at
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0026_allergens_and_nutrition'),
        ('impact', '0018_households_by_number_and_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ShareVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='from 1 on')),
                ('grams', models.JSONField(help_text='by household id')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(db_constraint=False, help_text='null: the shop itself', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.lot')),
            ],
            options={
                'ordering': ['lot_id', 'number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='versions_are_counted_from_one'), models.UniqueConstraint(fields=('lot', 'number'), name='one_version_a_lot_and_number')],
            },
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
    ]
