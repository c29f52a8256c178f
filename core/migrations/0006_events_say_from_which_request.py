from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0005_forget_events")]
    operations = [
        # The release before writes rows without it: the database knows what stands there then.
        migrations.AddField(
            "outboxevent",
            "request_id",
            models.CharField(
                blank=True, db_default="", default="", help_text="from which request it follows", max_length=40
            ),
        ),
    ]
