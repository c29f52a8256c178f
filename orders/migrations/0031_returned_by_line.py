"""How many of a line's units of a lot went back on the shelf stands with the line: two lines of an order, each in its own
parcel, may draw on one lot."""

from django.db import migrations, models

RETURNED = """
    UPDATE orders_linelot d SET units_returned = r.units_returned
    FROM orders_line l JOIN orders_order o ON o.id = l.order_id JOIN catalog_reservation r ON r.holder = o.uid
    WHERE d.line_id = l.id AND r.lot_id = d.lot_id AND r.units_returned > 0
"""
LOCKED = "SET CONSTRAINTS ALL IMMEDIATE"


class Migration(migrations.Migration):
    dependencies = [("orders", "0030_parcels")]

    operations = [
        migrations.AddField(
            "linelot",
            "units_returned",
            models.PositiveIntegerField(
                db_default=0, default=0, help_text="of these, put back on the shelf"
            ),
        ),
        migrations.RunSQL([RETURNED, LOCKED], migrations.RunSQL.noop),
        migrations.AddConstraint(
            "linelot",
            models.CheckConstraint(
                condition=models.Q(("units_returned__lte", models.F("units"))),
                name="no_more_returned_than_drawn",
            ),
        ),
    ]
