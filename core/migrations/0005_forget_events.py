from django.db import migrations

# The app may read events and add to them. What is older than this function itself demands can be taken away through
# it, as their owner, and nothing else can; where it is called from decides what is past its time.
FORGET = """
    CREATE FUNCTION core_forget_events(
        lasts interval, after bigint, most int, spared text[],
        OUT last bigint, OUT seen bigint, OUT old bigint, OUT went bigint
    ) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE before timestamptz := now() - greatest(lasts, interval '90 days');
    BEGIN
        WITH front AS MATERIALIZED (
            SELECT e.id, e.recorded_at < before AND NOT e.name = ANY(spared) AS is_old
            FROM core_outboxevent e WHERE e.id > after ORDER BY e.id LIMIT least(most, 10000)
        ), gone AS (
            DELETE FROM core_outboxevent t USING front WHERE t.id = front.id AND front.is_old
                AND NOT EXISTS (SELECT 1 FROM core_delivery d WHERE d.event_id = t.id) RETURNING 1
        ) SELECT max(id), count(*), count(*) FILTER (WHERE is_old), (SELECT count(*) FROM gone)
        INTO last, seen, old, went FROM front;
    END $$
"""


class Migration(migrations.Migration):

    dependencies = [("core", "0004_without_second_indexes")]

    operations = [
        migrations.RunSQL(
            FORGET,
            "DROP FUNCTION core_forget_events(interval, bigint, int, text[])",
        )
    ]
