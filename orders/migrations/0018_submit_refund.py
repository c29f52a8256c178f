"""Deliveries name the reaction that is waited for: `give_back` is `submit_refund`."""

from django.db import migrations

NAME = "UPDATE core_delivery SET reaction = %s WHERE reaction = %s AND done_at IS NULL"
OLD, NEW = "orders.tasks.give_back", "orders.tasks.submit_refund"


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0017_providers_side_by_side"),
        ("core", "0003_parked_deliveries"),
    ]

    operations = [migrations.RunSQL([(NAME, [NEW, OLD])], [(NAME, [OLD, NEW])])]
