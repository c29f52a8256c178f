from django.db import migrations, models

# What is on its way was bought under the hours of today, as far as anybody knows.
UNDER_WAY = """
    UPDATE orders_line l SET after_sale_hours = p.after_sale_hours
    FROM orders_shipment s, catalog_variant v, catalog_product p
    WHERE s.id = l.shipment_id AND s.state IN ('waiting', 'shipped')
        AND v.id = l.variant_id AND p.id = v.product_id
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_unproved_holds")]

    operations = [
        migrations.AddField(
            "line",
            "after_sale_hours",
            models.PositiveSmallIntegerField(
                null=True, help_text="as told when it was bought: a team that shortens it shortens it for others alone"
            ),
        ),
        migrations.RunSQL(UNDER_WAY, migrations.RunSQL.noop),
    ]
