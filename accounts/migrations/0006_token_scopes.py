from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


def keep(apps, schema_editor):
    """Tokens of before go on as they were: each may do what its owner may."""
    for token in apps.get_model("accounts", "ApiToken").objects.filter(revoked_at=None):
        token.scopes = sorted({*token.scopes, "read", "buy", "desk"})
        token.save(update_fields=["scopes"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_erasure_waits")]

    operations = [
        migrations.AlterField(
            model_name="apitoken",
            name="scopes",
            field=ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                help_text="read, buy, desk: chosen by its owner; documents: given by operators",
                size=None,
            ),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
