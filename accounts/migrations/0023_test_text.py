from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0022_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="shop",
            name="text_code_sha256",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="of the test text", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="shop",
            name="text_checked_at",
            field=models.DateTimeField(help_text="when its code came back", null=True),
        ),
    ]
