"""What is not told before its day, or never, is not noted: no answer is made anew for it, and none takes longer.

Of a standing the sums that are told live are noted, and when they moved; its counts are told by the day's disclosure,
and so is how many households there are: both are noted where they are disclosed.
"""

from django.db import migrations

STANDINGS = """
    DROP TRIGGER note_contest ON impact_standing;
    CREATE FUNCTION impact_note_standings() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO core_change (name) SELECT 'contest' WHERE EXISTS (
            SELECT FROM written w JOIN before b USING (entry_id)
            WHERE (w.net_minor, w.called_minor, w.folded_at) IS DISTINCT FROM (b.net_minor, b.called_minor, b.folded_at)
        );
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_moved AFTER UPDATE ON impact_standing
        REFERENCING OLD TABLE AS before NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION impact_note_standings();
    -- The fold inserts or updates: a row's trigger strikes only for those that are really new.
    CREATE TRIGGER note_contest AFTER INSERT OR DELETE ON impact_standing
        FOR EACH ROW EXECUTE FUNCTION core_note('contest')
"""
STANDINGS_BEFORE = """
    DROP TRIGGER note_contest ON impact_standing;
    DROP TRIGGER note_moved ON impact_standing;
    DROP FUNCTION impact_note_standings;
    CREATE TRIGGER note_contest AFTER INSERT OR UPDATE OR DELETE ON impact_standing
        FOR EACH STATEMENT EXECUTE FUNCTION core_note('contest')
"""
HOUSEHOLDS_BEFORE = """
    CREATE TRIGGER note_households AFTER INSERT OR UPDATE OR DELETE ON impact_household
        FOR EACH STATEMENT EXECUTE FUNCTION core_note('households')
"""


class Migration(migrations.Migration):
    dependencies = [("impact", "0006_own_calls")]

    operations = [
        migrations.RunSQL(STANDINGS, STANDINGS_BEFORE),
        migrations.RunSQL("DROP TRIGGER note_households ON impact_household", HOUSEHOLDS_BEFORE),
    ]
