from django.db import migrations, models

# What is left of a seat was never written down: of a refunded one nothing, of others what their lines kept.
SEATS = """
    UPDATE orders_seat s SET units_returned = CASE WHEN s.state = 'refunded' THEN s.units ELSE l.units END
    FROM (SELECT order_id, sum(refunded_units) AS units FROM orders_line GROUP BY order_id) l
    WHERE l.order_id = s.order_id AND (s.state = 'refunded' OR l.units > 0)
"""
GROUPS = """
    UPDATE orders_grouppurchase g SET units_returned = g.units_held - coalesce((
        SELECT sum(s.units - s.units_returned) FROM orders_seat s
        WHERE s.group_id = g.id AND s.state IN ('confirmed', 'collected')), 0)
    WHERE g.state = 'confirmed'
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_provider")]

    operations = [
        migrations.AddField(
            "grouppurchase",
            "units_returned",
            models.PositiveIntegerField(
                default=0, help_text="of those held when it was confirmed, given back since"
            ),
        ),
        migrations.AddField(
            "seat",
            "units_returned",
            models.PositiveIntegerField(
                default=0, help_text="given back, or taken by a bank; all of a seat that is refunded"
            ),
        ),
        migrations.AlterField("seat", "units", models.PositiveIntegerField(help_text="as they were bought")),
        migrations.RunSQL([SEATS, GROUPS], migrations.RunSQL.noop),
        migrations.AddConstraint(
            "grouppurchase",
            models.CheckConstraint(
                condition=models.Q(units_returned__lte=models.F("units_held")),
                name="group_gives_back_what_it_held",
            ),
        ),
        migrations.AddConstraint(
            "seat",
            models.CheckConstraint(
                condition=models.Q(units_returned__lte=models.F("units")), name="seat_gives_back_what_it_took"
            ),
        ),
    ]
