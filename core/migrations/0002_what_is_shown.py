"""Changes of what is shown, and the trigger that notes one: `EXECUTE FUNCTION core_note('contest')`."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('xact', models.BigIntegerField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.comparison.Cast(models.Func(function='pg_current_xact_id'), models.TextField()), models.BigIntegerField()), help_text="The transaction's number.")),
                ('noted_at', models.DateTimeField(db_default=models.Func(function='clock_timestamp'))),
            ],
            options={
                'indexes': [models.Index(fields=['xact'], name='changes_by_transaction'), models.Index(fields=['noted_at'], name='changes_by_age')],
            },
        ),
        migrations.RunSQL(
            """
            CREATE FUNCTION core_note() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO core_change (name) VALUES (TG_ARGV[0]);
                RETURN NULL;
            END $$
            """,
            "DROP FUNCTION core_note",
        ),
    ]
