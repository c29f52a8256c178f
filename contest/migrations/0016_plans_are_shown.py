from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_what_is_shown'),
        ('contest', '0015_picks_are_shown'),
    ]

    operations = [
        # The calendar stands in answers that are kept for everybody.
        migrations.RunSQL(
            "CREATE TRIGGER note_contest AFTER INSERT OR UPDATE OR DELETE ON contest_roundplan "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_note('contest')",
            "DROP TRIGGER note_contest ON contest_roundplan",
        ),
    ]
