"""An address that a team had leads on to where it is."""

from django.db import migrations, models

# What was cached under an old address shows another thing from here on.
NOTE = (
    "CREATE TRIGGER note_products AFTER INSERT OR UPDATE OR DELETE ON catalog_formerteamslug "
    "FOR EACH STATEMENT EXECUTE FUNCTION core_note('products')"
)
NOTE_BEFORE = "DROP TRIGGER note_products ON catalog_formerteamslug"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0022_recalled_cards")]

    operations = [
        migrations.AlterField(
            model_name="team",
            name="slug",
            field=models.SlugField(max_length=80, unique=True),
        ),
        migrations.CreateModel(
            name="FormerTeamSlug",
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
                    "team",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE,
                        related_name="former_slugs",
                        to="catalog.team",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(NOTE, NOTE_BEFORE),
    ]
