"""Changes of what is shown of products are noted, each product's by its slug, by whatever hand they come."""

from django.db import migrations

# What stands behind many products: each change of it is one of them all.
WHOLE = ("catalog_team", "catalog_leader", "catalog_category")
# What hangs on one product: by which column, and the columns that are shown ("" for all). Not among them are the
# units of variants and lots: the product's card moves with them.
PARTS = {
    "catalog_picture": ("product_id", ""),
    "catalog_certificate": ("product_id", ""),
    "catalog_variant": (
        "product_id",
        "name_zh, name_en, net_content, weight_grams, price_minor, story_id, position, is_offered, product_id",
    ),
    "catalog_lot": (
        "variant_id",
        "variant_id, code, state, level, traced_at, place_zh, place_en, harvest_from, harvest_to, best_before, ship_by",
    ),
}

PRODUCTS = """
    CREATE FUNCTION catalog_note_products() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO core_change (name) SELECT 'products:' || slug FROM written;
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_inserted AFTER INSERT ON catalog_product REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_products();
    CREATE TRIGGER note_updated AFTER UPDATE ON catalog_product REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_products();
    CREATE TRIGGER note_deleted AFTER DELETE ON catalog_product REFERENCING OLD TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_products();
"""
NO_PRODUCTS = """
    DROP TRIGGER note_inserted ON catalog_product;
    DROP TRIGGER note_updated ON catalog_product;
    DROP TRIGGER note_deleted ON catalog_product;
    DROP FUNCTION catalog_note_products;
"""
# catalog_note_part('products', 'product_id'): of the product to which this row belongs.
PART = """
    CREATE FUNCTION catalog_note_part() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        its bigint;
    BEGIN
        IF TG_OP = 'DELETE' THEN
            its := (to_jsonb(OLD) ->> TG_ARGV[1])::bigint;
        ELSE
            its := (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
        END IF;
        IF TG_ARGV[1] = 'variant_id' THEN
            SELECT product_id INTO its FROM catalog_variant WHERE id = its;
        END IF;
        INSERT INTO core_change (name) SELECT TG_ARGV[0] || ':' || slug FROM catalog_product WHERE id = its;
        RETURN NULL;
    END $$
"""


def wholes():
    for table in WHOLE:
        yield migrations.RunSQL(
            f"CREATE TRIGGER note_products AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_note('products')",
            f"DROP TRIGGER note_products ON {table}",
        )


def parts():
    for table, (column, shown) in PARTS.items():
        of = f"OF {shown} " if shown else ""
        yield migrations.RunSQL(
            f"CREATE TRIGGER note_product AFTER INSERT OR UPDATE {of}OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION catalog_note_part('products', '{column}')",
            f"DROP TRIGGER note_product ON {table}",
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_search_by_title"), ("core", "0002_what_is_shown")]

    operations = [
        migrations.RunSQL(PRODUCTS, NO_PRODUCTS),
        migrations.RunSQL(PART, "DROP FUNCTION catalog_note_part"),
        *wholes(),
        *parts(),
    ]
