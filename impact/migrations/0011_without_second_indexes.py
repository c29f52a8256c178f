from django.db import migrations


class Migration(migrations.Migration):
    """A text that is unique gets a second index for what begins so; no key is looked for that way."""

    dependencies = [("impact", "0010_the_fold")]
    operations = [
        migrations.RunSQL(
            "DROP INDEX IF EXISTS impact_ledgertransaction_key_469b90cf_like",
            "CREATE INDEX impact_ledgertransaction_key_469b90cf_like"
            " ON impact_ledgertransaction (key varchar_pattern_ops)",
        )
    ]
