from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_sessions_ended_at")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="erasure_asked_at",
            field=models.DateTimeField(
                blank=True, help_text="she wants to go, and is let go once all is settled", null=True
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="reach_sealed",
            field=models.TextField(
                blank=True,
                default="",
                help_text="of an erased person, while money may come back that was given back to her",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="person", name="reach_until", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("erasure_asked_at__isnull", False)),
                fields=["erasure_asked_at"],
                name="people_who_want_to_go",
            ),
        ),
    ]
