import django.contrib.postgres.fields
from django.db import migrations, models

# Table: of what a change is noted under the name of the contest, since public answers show it.
NOTED = {"contest_case": "UPDATE", "contest_caseitem": "UPDATE", "contest_adjustment": "UPDATE"}


def _trigger(table, update):
    return (
        f"CREATE TRIGGER note_contest AFTER INSERT OR {update} OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_note('contest')"
    )


def triggers():
    for table, update in NOTED.items():
        yield migrations.RunSQL(_trigger(table, update), f"DROP TRIGGER note_contest ON {table}")
    drop = "DROP TRIGGER note_contest ON contest_registration; "
    yield migrations.RunSQL(
        drop + _trigger("contest_registration", "UPDATE OF state, entry_id, advanced_from_id"),
        drop + _trigger("contest_registration", "UPDATE OF state, entry_id"),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_what_is_shown'),
        ('contest', '0019_award_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='outsidetally',
            name='copies',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), help_text="orders of this shop that are sales of the platform's and count there; null: not looked for", null=True, size=None),
        ),
        *triggers(),
    ]
