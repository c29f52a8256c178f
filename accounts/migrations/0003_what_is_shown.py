"""Places are shown with products and in addresses' lists."""

from django.db import migrations

# Table: the names under which its changes are noted.
NOTED = {"accounts_region": ("regions", "products")}


def triggers():
    for table, names in NOTED.items():
        for name in names:
            yield migrations.RunSQL(
                f"CREATE TRIGGER note_{name} AFTER INSERT OR UPDATE OR DELETE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION core_note('{name}')",
                f"DROP TRIGGER note_{name} ON {table}",
            )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_regions"), ("core", "0002_what_is_shown")]

    operations = [*triggers()]
