"""A card tells for how much its price is, and in how many sizes there is more: kept like the rest of it.

The release of before does not write the two; the next change of such a card does.
"""

from django.db import migrations, models

FILL = """
    UPDATE catalog_product p SET net_content_from = f.net_content, size_count = f.sizes
    FROM (
        SELECT product_id, count(*) AS sizes, (array_agg(net_content ORDER BY price_minor, position, id))[1] AS net_content
        FROM catalog_variant WHERE is_offered GROUP BY product_id
    ) f WHERE f.product_id = p.id
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0018_addresses_say_names")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="net_content_from",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="as on that variant's label", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="size_count",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text="variants offered"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
