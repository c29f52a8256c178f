import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0021_number_lost"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="letters_by",
            field=models.CharField(
                blank=True,
                choices=[("mail", "Mail"), ("text", "Text")],
                db_default="",
                default="",
                help_text="by what way she is told; empty: by mail where she has a mailbox",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="letters_off",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10),
                blank=True,
                db_default=[],
                default=list,
                help_text="the kinds of letters that she has switched off",
                size=None,
            ),
        ),
    ]
