"""The contest and the households behind a team are shown."""

from django.db import migrations

# Table: the names under which its changes are noted.
NOTED = {
    "impact_edition": ("contest",),
    "impact_round": ("contest",),
    "impact_entry": ("contest",),
    "impact_standing": ("contest",),
    "impact_household": ("households",),
}


def triggers():
    for table, names in NOTED.items():
        for name in names:
            yield migrations.RunSQL(
                f"CREATE TRIGGER note_{name} AFTER INSERT OR UPDATE OR DELETE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION core_note('{name}')",
                f"DROP TRIGGER note_{name} ON {table}",
            )


class Migration(migrations.Migration):
    dependencies = [("impact", "0001_initial"), ("core", "0002_what_is_shown")]

    operations = [*triggers()]
