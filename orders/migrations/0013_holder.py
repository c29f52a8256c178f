from django.db import migrations, models
from django.db.models import Q

# An order of a group purchase is held for it. It was confirmed if its parcel was promised for a day: before, none is.
HELD = """
    UPDATE orders_order o SET holder_kind = 'group', holder = g.uid, confirmed_at = CASE WHEN EXISTS (
        SELECT 1 FROM orders_shipment p WHERE p.order_id = o.id AND p.ship_by IS NOT NULL) THEN g.closed_at END
    FROM orders_grouppurchase g WHERE g.id = o.group_id
"""


class Migration(migrations.Migration):

    dependencies = [("orders", "0012_won_on_appeal")]

    operations = [
        migrations.AddField(
            "order",
            "holder_kind",
            models.CharField(blank=True, default="", help_text="what kind of thing it is held for", max_length=16),
            preserve_default=False,
        ),
        migrations.AddField(
            "order",
            "holder",
            models.UUIDField(
                help_text="for what it is held, once paid, until it is confirmed or repaid; null for most", null=True
            ),
        ),
        migrations.AddField(
            "order",
            "confirmed_at",
            models.DateTimeField(
                help_text="when what it was held for came about; null of an order that is held for nothing", null=True
            ),
        ),
        migrations.RunSQL([HELD, "SET CONSTRAINTS ALL IMMEDIATE"], migrations.RunSQL.noop),
        migrations.AddConstraint(
            "order",
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, holder__isnull=True, holder_kind="")
                | Q(holder__isnull=False) & ~Q(holder_kind=""),
                name="order_says_what_holds_it",
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(fields=["holder"], condition=Q(holder__isnull=False), name="orders_of_a_holder"),
        ),
    ]
