"""The day on which a lot's shares were put right is shown; answers that show it are made anew."""

from django.db import migrations, models


SHOWN = (
    "variant_id, code, state, level, traced_at, place_zh, place_en, harvest_from, harvest_to, best_before, ship_by"
)
NOTES = """
    DROP TRIGGER note_product ON catalog_lot;
    CREATE TRIGGER note_product AFTER INSERT OR UPDATE OF {} OR DELETE ON catalog_lot
    FOR EACH ROW EXECUTE FUNCTION catalog_note_part('products', 'variant_id');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0029_papers_that_run_out'),
    ]

    operations = [
        migrations.AddField(
            model_name='lot',
            name='corrected_at',
            field=models.DateTimeField(blank=True, help_text='when it was last put right who grew it, after units were sold', null=True),
        ),
        migrations.RunSQL(NOTES.format(f"{SHOWN}, corrected_at"), NOTES.format(SHOWN)),
    ]
