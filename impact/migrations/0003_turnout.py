"""The fold keeps who is present in a division of a round, and how many there are; what was folded is counted once."""

import django.db.models.deletion
from django.db import migrations, models

PRESENT = """
    INSERT INTO impact_presence (round_id, division_id, person_key, organisation_id, orders)
    SELECT e.round_id, place, who.person_key, who.organisation_id, count(*)
    FROM (
        SELECT s.entry_id, s.person_key, s.is_known_person, s.organisation_id, s.mobiliser_organisation_id
        FROM impact_support s JOIN impact_supportnumber n ON n.support_id = s.id
        WHERE s.exclusion = ''
        GROUP BY s.entry_id, s.order_uid, s.person_key, s.is_known_person, s.organisation_id,
                 s.mobiliser_organisation_id
        HAVING sum(s.amount_minor) > 0
    ) AS bought
    JOIN impact_entry e ON e.id = bought.entry_id JOIN catalog_team t ON t.id = e.team_id
    CROSS JOIN LATERAL (
        SELECT bought.person_key, NULL::bigint WHERE bought.is_known_person
        UNION SELECT '', bought.organisation_id WHERE bought.organisation_id IS NOT NULL
        UNION SELECT '', bought.mobiliser_organisation_id WHERE bought.mobiliser_organisation_id IS NOT NULL
    ) AS who (person_key, organisation_id)
    CROSS JOIN LATERAL (VALUES (t.division_id), (NULL)) AS places (place)
    GROUP BY e.round_id, place, who.person_key, who.organisation_id
"""
TURNOUT = """
    INSERT INTO impact_turnout (round_id, division_id, people, organisations)
    SELECT round_id, division_id, count(*) FILTER (WHERE organisation_id IS NULL), count(organisation_id)
    FROM impact_presence GROUP BY round_id, division_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_what_is_shown'),
        ('impact', '0002_what_is_shown'),
    ]

    operations = [
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_key', models.CharField(blank=True, help_text="of a known person; else an organisation's", max_length=64)),
                ('orders', models.IntegerField()),
                ('division', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.region')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='impact.round')),
            ],
            options={
                'verbose_name_plural': 'presences',
                'constraints': [models.UniqueConstraint(fields=('round', 'division', 'person_key', 'organisation'), name='one_presence_in_a_division', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Turnout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('people', models.IntegerField()),
                ('organisations', models.IntegerField()),
                ('division', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.region')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turnouts', to='impact.round')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('round', 'division'), name='one_turnout_a_division', nulls_distinct=False)],
            },
        ),
        migrations.RunSQL([PRESENT, TURNOUT], migrations.RunSQL.noop),
    ]
