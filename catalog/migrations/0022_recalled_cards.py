"""What is published and recalled says so in lists too: kept with the card, as its stock is.

The release of before does not write it; the next change of such a card does.
"""

from django.db import migrations, models

FILL = """
    UPDATE catalog_product p SET is_recalled = true
    WHERE EXISTS (SELECT FROM catalog_variant v JOIN catalog_lot l ON l.variant_id = v.id
                  WHERE v.product_id = p.id AND l.state = 'recalled')
      AND NOT EXISTS (SELECT FROM catalog_variant v JOIN catalog_lot l ON l.variant_id = v.id
                      WHERE v.product_id = p.id AND l.state IN ('open', 'planned'))
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0021_questions")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="is_recalled",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="a harvest of it was recalled, and none is on sale since",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
