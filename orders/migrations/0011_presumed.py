from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_after_sale_told")]

    operations = [
        migrations.AddField(
            "shipment",
            "is_presumed",
            models.BooleanField(
                default=False,
                db_default=False,
                help_text="taken as delivered after a while: nobody has said that it came",
            ),
        ),
    ]
