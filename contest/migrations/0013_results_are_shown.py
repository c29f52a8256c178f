from django.db import migrations

# What a published result says stands in answers that are kept for everybody: a change of it is noted.
NOTED = {
    "contest_result": "UPDATE",
    "contest_resultrow": "UPDATE",
    "contest_snapshot": "UPDATE",
}


def triggers():
    for table, update in NOTED.items():
        yield migrations.RunSQL(
            f"CREATE TRIGGER note_contest AFTER INSERT OR {update} OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_note('contest')",
            f"DROP TRIGGER note_contest ON {table}",
        )


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_what_is_shown'),
        ('contest', '0012_registration_and_editions'),
    ]

    operations = [*triggers()]
