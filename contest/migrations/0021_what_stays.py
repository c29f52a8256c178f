from django.db import migrations

# Who writes to the tables moves of a plan that has begun only what can still be moved, and of an archived edition nothing.
PLANS = """
    CREATE TRIGGER keep_begun BEFORE UPDATE ON contest_roundplan
    FOR EACH ROW WHEN (OLD.state IN ('open', 'settling', 'frozen'))
    EXECUTE FUNCTION contest_keep('state,rulebook_id,told_at,judging_closes_at,objections_close_at', '');
    CREATE TRIGGER keep_published BEFORE UPDATE ON contest_roundplan
    FOR EACH ROW WHEN (OLD.state IN ('provisional', 'final')) EXECUTE FUNCTION contest_keep('state', '');
    CREATE FUNCTION contest_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% stays', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER stay BEFORE DELETE ON contest_roundplan
    FOR EACH ROW WHEN (OLD.state NOT IN ('draft', 'registration', 'ready')) EXECUTE FUNCTION contest_stays();
    CREATE TRIGGER stay BEFORE UPDATE OR DELETE ON contest_archive
    FOR EACH ROW EXECUTE FUNCTION contest_stays()
"""
UNKEPT_PLANS = """
    DROP TRIGGER keep_begun ON contest_roundplan;
    DROP TRIGGER keep_published ON contest_roundplan;
    DROP TRIGGER stay ON contest_roundplan;
    DROP TRIGGER stay ON contest_archive;
    DROP FUNCTION contest_stays
"""
# A row is of an edition by itself, or by its round.
ARCHIVED = """
    CREATE FUNCTION contest_archived() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        told jsonb;
    BEGIN
        FOREACH told IN ARRAY ARRAY[to_jsonb(OLD), to_jsonb(NEW)] LOOP
            IF EXISTS (
                SELECT FROM contest_archive a WHERE a.edition_id = coalesce(
                    (told->>'edition_id')::bigint,
                    (SELECT r.edition_id FROM impact_round r WHERE r.id = (told->>'round_id')::bigint))
            ) THEN
                RAISE EXCEPTION 'the edition of % is archived', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_archived_edition_is_only_read';
            END IF;
        END LOOP;
        RETURN coalesce(NEW, OLD);
    END $$
"""
OF_AN_EDITION = ("partner", "target", "task", "stage", "roundplan", "registration", "ceremony", "course", "rulebook")


def triggers():
    yield migrations.RunSQL(PLANS, UNKEPT_PLANS)
    yield migrations.RunSQL(ARCHIVED, "DROP FUNCTION contest_archived")
    for name in OF_AN_EDITION:
        yield migrations.RunSQL(
            f"CREATE TRIGGER archived BEFORE INSERT OR UPDATE OR DELETE ON contest_{name} "
            "FOR EACH ROW EXECUTE FUNCTION contest_archived()",
            f"DROP TRIGGER archived ON contest_{name}",
        )


class Migration(migrations.Migration):

    dependencies = [
        ('contest', '0020_both_channels'),
    ]

    operations = [*triggers()]
