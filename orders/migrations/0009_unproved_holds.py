from django.db import migrations, models

MARKS = ("cookie", "mailbox", "phone")
# One call, so that one round trip both waits for a twin and then looks: each statement of a volatile function sees
# what has been committed before it, also by those it has waited for. Locks are taken in the order of their numbers.
MADE = """
    CREATE FUNCTION orders_unproved(by_cookie bigint, by_mailbox bigint, by_phone bigint)
    RETURNS TABLE (id bigint, state varchar, total_minor bigint, group_id bigint, lot_id bigint, units integer,
                   is_own_proof boolean)
    LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(k)
            FROM (SELECT k FROM unnest(ARRAY[by_cookie, by_mailbox, by_phone]) AS k WHERE k IS NOT NULL ORDER BY k) AS marks;
        RETURN QUERY
            SELECT o.id, o.state, o.total_minor, o.group_id, r.lot_id, r.units::integer,
                   coalesce(o.buyer_proved_at IS NOT NULL AND o.unproved_cookie = by_cookie, false)
            FROM orders_order o LEFT JOIN catalog_reservation r ON r.holder = o.uid AND r.state = 'held'
            WHERE (o.unproved_cookie = by_cookie OR o.unproved_mailbox = by_mailbox OR o.unproved_phone = by_phone) AND (
                o.state = 'placed'
                OR (o.state = 'expired' AND o.placed_at > now() - interval '1 day')
                OR (o.buyer_proved_at IS NOT NULL AND o.unproved_cookie = by_cookie));
    END $$;
"""


class Migration(migrations.Migration):

    dependencies = [("orders", "0008_units_returned"), ("catalog", "0001_initial")]

    operations = [
        *(
            migrations.AddField("order", f"unproved_{mark}", models.BigIntegerField(null=True))
            for mark in MARKS
        ),
        *(
            migrations.AddIndex(
                "order",
                models.Index(
                    fields=[f"unproved_{mark}"],
                    condition=models.Q(**{f"unproved_{mark}__isnull": False}),
                    name=f"orders_of_unproved_{mark}",
                ),
            )
            for mark in MARKS
        ),
        migrations.RunSQL(MADE, "DROP FUNCTION orders_unproved(bigint, bigint, bigint)"),
    ]
