"""A number for each household of a team, and what its team calls it, sealed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# In the order in which they were proposed. Whoever the release of before proposes meanwhile has none, until the next is.
NUMBERED = """
    UPDATE impact_household h SET number = counted.number
    FROM (SELECT id, row_number() OVER (PARTITION BY team_id ORDER BY id) AS number FROM impact_household) AS counted
    WHERE h.id = counted.id AND h.number IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0028_three_counties'),
        ('catalog', '0026_allergens_and_nutrition'),
        ('impact', '0017_replacements'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NamesOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='NamesReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('households', models.JSONField(help_text='their ids')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ShortName',
            fields=[
                ('household', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='short_name', serialize=False, to='impact.household')),
                ('sealed', models.BinaryField()),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.AddField(
            model_name='household',
            name='number',
            field=models.PositiveIntegerField(help_text='by which its team calls it, from 1 on', null=True),
        ),
        migrations.RunSQL(NUMBERED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='household',
            constraint=models.UniqueConstraint(fields=('team', 'number'), name='one_household_a_number_and_team'),
        ),
        migrations.AddField(
            model_name='namesopening',
            name='reader',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='namesopening',
            name='team',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names_openings', to='catalog.team'),
        ),
        migrations.AddField(
            model_name='namesreading',
            name='opening',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='impact.namesopening'),
        ),
        migrations.AddIndex(
            model_name='namesopening',
            index=models.Index(fields=['team', 'reader', 'until'], name='openings_that_run'),
        ),
    ]
