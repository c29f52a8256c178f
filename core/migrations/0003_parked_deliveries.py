from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0002_what_is_shown")]
    operations = [
        AddIndexConcurrently(
            "delivery",
            models.Index(
                fields=["reaction"],
                name="delivery_parked",
                condition=models.Q(done_at=None, parked_at__isnull=False),
            ),
        ),
    ]
