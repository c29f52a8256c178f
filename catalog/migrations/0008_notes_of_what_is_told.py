"""A sale that changes no public answer is not noted: who measures how long an answer takes learns nothing of it.

Above five (docs/decisions/0004) units are told as "plenty"; so a product or a variant is noted when what is told of
its units moves, when another lot's turn has come, and with every other change of its row.
"""

from django.db import migrations

# As catalog.refusals.TOLD_EXACTLY: six and more sound alike.
SOUND_ALIKE = 6
TOLD = f"(to_jsonb({{0}}) - 'version' - 'units_available', least({{0}}.units_available, {SOUND_ALIKE}))"
PRODUCTS = f"""
    DROP TRIGGER note_updated ON catalog_product;
    CREATE FUNCTION catalog_note_product() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO core_change (name) VALUES ('products:' || NEW.slug);
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_updated AFTER UPDATE ON catalog_product FOR EACH ROW
        WHEN ({TOLD.format("OLD")} IS DISTINCT FROM {TOLD.format("NEW")})
        EXECUTE FUNCTION catalog_note_product()
"""
PRODUCTS_BEFORE = """
    DROP TRIGGER note_updated ON catalog_product;
    DROP FUNCTION catalog_note_product;
    CREATE TRIGGER note_updated AFTER UPDATE ON catalog_product REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_products()
"""
VARIANTS = f"""
    CREATE TRIGGER note_units AFTER UPDATE OF units_available, lot_id ON catalog_variant FOR EACH ROW
        WHEN ((least(OLD.units_available, {SOUND_ALIKE}), OLD.lot_id)
              IS DISTINCT FROM (least(NEW.units_available, {SOUND_ALIKE}), NEW.lot_id))
        EXECUTE FUNCTION catalog_note_part('products', 'product_id')
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_what_is_recalled")]

    operations = [
        migrations.RunSQL(PRODUCTS, PRODUCTS_BEFORE),
        migrations.RunSQL(VARIANTS, "DROP TRIGGER note_units ON catalog_variant"),
    ]
