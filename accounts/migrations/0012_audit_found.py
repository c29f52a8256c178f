import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The audit log is found by deed and by day; the indexes are made beside the running shop."""

    atomic = False

    dependencies = [
        ('accounts', '0011_device_codes'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='auditentry',
            index=models.Index(fields=['deed', 'id'], name='audit_by_deed'),
        ),
        AddIndexConcurrently(
            model_name='auditentry',
            index=django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='audit_by_day'),
        ),
    ]
