"""A recall that waits to be told reaches groups too: who finds orders for it finds them alone, and groups have their own."""

from django.db import migrations

# Whoever parked for its orders has told no group either; nothing speaks against telling them.
BESIDE = """
    INSERT INTO core_delivery (event_id, reaction, due_at, tries, error)
    SELECT event_id, 'together.tasks.find_recalled', now(), 0, '' FROM core_delivery
    WHERE reaction = 'orders.tasks.find_recalled' AND done_at IS NULL
    ON CONFLICT (event_id, reaction) DO NOTHING
"""
# What its orders still wait for finds its groups again.
WITH_ORDERS = """
    DELETE FROM core_delivery g USING core_delivery o
    WHERE g.reaction = 'together.tasks.find_recalled' AND g.done_at IS NULL
      AND o.reaction = 'orders.tasks.find_recalled' AND o.done_at IS NULL AND o.event_id = g.event_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("together", "0001_initial"),
        ("core", "0004_without_second_indexes"),
    ]

    operations = [migrations.RunSQL(BESIDE, WITH_ORDERS)]
