from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_what_is_shown")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="sessions_ended_at",
            field=models.DateTimeField(
                blank=True, help_text="sessions, links and devices from before are void", null=True
            ),
        ),
    ]
