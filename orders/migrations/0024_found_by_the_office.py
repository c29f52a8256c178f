from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """By what the office finds an order, and the figures a stretch of days; the indexes are made beside the running shop."""

    atomic = False

    dependencies = [
        ('orders', '0023_rates_of_teams'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(fields=['email'], name='orders_of_a_mailbox'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(fields=['phone'], name='orders_of_a_telephone'),
        ),
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(condition=models.Q(('paid_at__isnull', False)), fields=['paid_at'], name='orders_by_day_of_payment'),
        ),
        AddIndexConcurrently(
            model_name='shipment',
            index=models.Index(condition=models.Q(('tracking_number', ''), _negated=True), fields=['tracking_number'], name='shipments_by_tracking_number'),
        ),
    ]
