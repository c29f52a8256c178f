from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_what_is_shown'),
        ('contest', '0014_tasks'),
    ]

    operations = [
        # Who is picked to go on stands beside a result, in answers that are kept for everybody.
        migrations.RunSQL(
            "CREATE TRIGGER note_contest AFTER INSERT OR UPDATE OR DELETE ON contest_pick "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_note('contest')",
            "DROP TRIGGER note_contest ON contest_pick",
        ),
    ]
