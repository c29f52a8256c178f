"""What reviews come to is kept with each product from now on: begun from the reviews that are shown."""

from django.db import migrations

KEEP = """
    UPDATE catalog_product p SET rating_tenths = r.tenths, reviews_shown = r.n
    FROM (
        SELECT product_id, count(*) AS n, (20 * sum(stars) + count(*)) / (2 * count(*)) AS tenths
        FROM orders_review WHERE NOT is_hidden GROUP BY product_id
    ) r WHERE r.product_id = p.id;
    UPDATE catalog_searchentry e SET rating_tenths = p.rating_tenths, reviews_shown = p.reviews_shown
    FROM catalog_product p WHERE p.id = e.product_id AND p.reviews_shown > 0
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0027_coupons"), ("catalog", "0016_units_sold_in_steps")]

    operations = [migrations.RunSQL(KEEP, migrations.RunSQL.noop)]
