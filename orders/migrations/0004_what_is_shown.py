"""Reviews are shown with their product."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_disputed_part"), ("catalog", "0005_what_is_shown")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER note_product AFTER INSERT OR UPDATE OR DELETE ON orders_review "
            "FOR EACH ROW EXECUTE FUNCTION catalog_note_part('reviews', 'product_id')",
            "DROP TRIGGER note_product ON orders_review",
        )
    ]
