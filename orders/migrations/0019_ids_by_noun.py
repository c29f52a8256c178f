"""Ids are unique for each noun of a provider's: a refund may be called as the dispute of a chargeback is."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [("orders", "0018_submit_refund")]

    operations = [
        migrations.RemoveConstraint("refund", "refund_once"),
        migrations.AlterField(
            "refund",
            "provider_id",
            models.CharField(
                blank=True,
                help_text="the provider's id of it; a chargeback bears its dispute's",
                max_length=255,
            ),
        ),
        migrations.AddConstraint(
            "refund",
            models.UniqueConstraint(
                fields=["provider_id", "payment"],
                condition=~Q(provider_id="") & ~Q(reason="dispute"),
                name="refund_once",
            ),
        ),
        migrations.AddConstraint(
            "refund",
            models.UniqueConstraint(
                fields=["provider_id", "payment"],
                condition=Q(reason="dispute") & ~Q(provider_id="") & ~Q(state="undone"),
                name="chargeback_once",
            ),
        ),
    ]
