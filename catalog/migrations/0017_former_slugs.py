"""An address that a product had leads on to where it is."""

from django.db import migrations, models

# What was cached under an old address shows another thing from here on.
NOTE = """
    CREATE FUNCTION catalog_note_former_slug() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO core_change (name) VALUES ('products:' || NEW.slug);
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_inserted AFTER INSERT ON catalog_formerslug FOR EACH ROW
        EXECUTE FUNCTION catalog_note_former_slug()
"""
NOTE_BEFORE = "DROP FUNCTION catalog_note_former_slug CASCADE"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0016_units_sold_in_steps")]

    operations = [
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("since", models.DateTimeField(auto_now_add=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE,
                        related_name="former_slugs",
                        to="catalog.product",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(NOTE, NOTE_BEFORE),
    ]
