"""Orders know what holds them by kind and uid alone. Whoever holds them lives on the floor above: its tables are taken
over there (together.0001_initial), as they are."""

from importlib import import_module

from django.db import migrations, models

OLD = import_module("orders.migrations.0009_unproved_holds").MADE
NEW = OLD.replace("group_id bigint", "holder uuid").replace("o.group_id", "o.holder")
DROPPED = "DROP FUNCTION orders_unproved(bigint, bigint, bigint)"
# Back again: which group it was.
FOUND = """
    UPDATE orders_order o SET group_id = g.id FROM orders_grouppurchase g
    WHERE o.holder_kind = 'group' AND g.uid = o.holder
"""
LOCKED = "SET CONSTRAINTS ALL IMMEDIATE"
FELL_SHORT = "UPDATE orders_refund SET reason = 'fell_short' WHERE reason = 'group'"
GROUP = "UPDATE orders_refund SET reason = 'group' WHERE reason = 'fell_short'"
REASONS = [
    ("cancelled", "Cancelled"),
    ("team", "Team"),
    ("claim", "Claim"),
    ("late", "Late"),
    ("twice", "Twice"),
    ("amount", "Amount"),
    ("fell_short", "Fell Short"),
    ("dispute", "Dispute"),
    ("recalled", "Recalled"),
    ("stopped", "Stopped"),
    ("desk", "Desk"),
    ("regained", "Regained"),
]


class Migration(migrations.Migration):

    dependencies = [("orders", "0014_given_before")]

    operations = [
        migrations.RunSQL([DROPPED, NEW], [DROPPED, OLD]),
        migrations.RunSQL([FELL_SHORT, LOCKED], [GROUP, LOCKED]),
        migrations.AlterField("refund", "reason", models.CharField(choices=REASONS, max_length=10)),
        migrations.RunSQL(migrations.RunSQL.noop, [FOUND, LOCKED]),
        migrations.RemoveField("order", "group"),
        # What a group purchase and a seat are is said by their own floor from here on.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("seat"), migrations.DeleteModel("grouppurchase")]
        ),
    ]
