import django.db.models.deletion
from django.db import migrations, models


# What was frozen stays, whoever writes to the table; and the rules of a round that has begun are not exchanged.
KEPT = """
    CREATE FUNCTION contest_rules_stay() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rulebook % is frozen', OLD.uid
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_frozen_rulebook_stays';
    END $$;
    CREATE TRIGGER stay BEFORE UPDATE OR DELETE ON contest_rulebook
    FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION contest_rules_stay();
    CREATE FUNCTION contest_round_keeps_rules() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'round % has begun by its rules', OLD.round_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_round_that_has_begun_keeps_its_rules';
    END $$;
    CREATE TRIGGER keep_rules BEFORE UPDATE OF rulebook_id ON contest_roundplan
    FOR EACH ROW WHEN (
        OLD.rulebook_id IS NOT NULL AND OLD.rulebook_id IS DISTINCT FROM NEW.rulebook_id
        AND OLD.state NOT IN ('draft', 'registration', 'ready')
    ) EXECUTE FUNCTION contest_round_keeps_rules()
"""
UNKEPT = """
    DROP TRIGGER stay ON contest_rulebook;
    DROP FUNCTION contest_rules_stay;
    DROP TRIGGER keep_rules ON contest_roundplan;
    DROP FUNCTION contest_round_keeps_rules
"""
# A draft is told to nobody, and makes no answer anew.
NOTED = """
    CREATE TRIGGER note_frozen AFTER UPDATE OF frozen_at ON contest_rulebook
    FOR EACH ROW WHEN (OLD.frozen_at IS NULL AND NEW.frozen_at IS NOT NULL) EXECUTE FUNCTION core_note('contest');
    CREATE TRIGGER note_inserted AFTER INSERT ON contest_rulebook
    FOR EACH ROW WHEN (NEW.frozen_at IS NOT NULL) EXECUTE FUNCTION core_note('contest');
    CREATE TRIGGER note_rules AFTER UPDATE OF rulebook_id ON contest_roundplan
    FOR EACH ROW WHEN (OLD.rulebook_id IS DISTINCT FROM NEW.rulebook_id) EXECUTE FUNCTION core_note('contest')
"""
UNNOTED = """
    DROP TRIGGER note_frozen ON contest_rulebook;
    DROP TRIGGER note_inserted ON contest_rulebook;
    DROP TRIGGER note_rules ON contest_roundplan
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_verified_by_another'),
        ('contest', '0007_questions'),
    ]

    operations = [
        migrations.AddField(
            model_name='rulebook',
            name='region',
            field=models.ForeignKey(help_text='whose province it is for; null: any', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.region'),
        ),
        migrations.RunSQL(KEPT, UNKEPT),
        migrations.RunSQL(NOTED, UNNOTED),
    ]
