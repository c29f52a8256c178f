"""A payment says which provider it is of, and calls nothing by one provider's words. Ids are unique at their own
provider, no longer in all the shop."""

from django.db import migrations, models
from django.db.models import Q

from orders import provider

# What the shop acts on is called by its own words; any other reason stays in the provider's.
FAILURES = {
    "charge_disputed": "disputed",
    "charge_for_pending_refund_disputed": "disputed",
    "charge_already_refunded": "already_given",
    "amount": "too_much",
    "lost_or_stolen_card": "card_gone",
    "expired_or_canceled_card": "card_gone",
    "merchant_request": "called_off",
}
CALLED = "UPDATE orders_refund SET failure = '{}' WHERE failure = '{}'"
OURS = [CALLED.format(ours, theirs) for theirs, ours in FAILURES.items()]
# Two of theirs are one of ours: of these the first comes back.
THEIRS = [CALLED.format(theirs, ours) for theirs, ours in FAILURES.items()]
CLIENT = "UPDATE orders_payment SET kind = 'client' WHERE kind = 'intent'"
INTENT = "UPDATE orders_payment SET kind = 'intent' WHERE kind = 'client'"
LOCKED = "SET CONSTRAINTS ALL IMMEDIATE"
KINDS = [("checkout", "Checkout"), ("client", "Client")]


class Migration(migrations.Migration):

    dependencies = [("orders", "0016_without_second_indexes")]

    operations = [
        migrations.RunSQL([*OURS, CLIENT, LOCKED], [*THEIRS, INTENT, LOCKED]),
        migrations.RemoveConstraint("payment", "session_once"),
        migrations.RemoveConstraint("payment", "intent_once"),
        migrations.RemoveConstraint("refund", "refund_once"),
        migrations.RenameField("payment", "session_id", "page_ref"),
        migrations.RenameField("payment", "intent_id", "payment_ref"),
        migrations.AlterField(
            "payment",
            "page_ref",
            models.CharField(blank=True, help_text="the provider's id of its page", max_length=255),
        ),
        migrations.AlterField(
            "payment",
            "payment_ref",
            models.CharField(
                blank=True, help_text="the provider's id of the payment: what it refunds", max_length=255
            ),
        ),
        migrations.AlterField(
            "payment", "kind", models.CharField(choices=KINDS, default="checkout", max_length=10)
        ),
        migrations.AlterField(
            "payment", "provider", models.CharField(choices=provider.provider_names, max_length=12)
        ),
        migrations.AlterField(
            "notice", "provider", models.CharField(choices=provider.provider_names, max_length=12)
        ),
        migrations.AlterField("notice", "event_id", models.CharField(max_length=255)),
        migrations.AlterField(
            "notice",
            "kind",
            models.CharField(help_text="the provider's own word for it", max_length=60),
        ),
        migrations.AlterField("dispute", "provider_id", models.CharField(max_length=255)),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(
                fields=["page_ref", "provider"], condition=~Q(page_ref=""), name="page_once"
            ),
        ),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(
                fields=["payment_ref", "provider"], condition=~Q(payment_ref=""), name="payment_once"
            ),
        ),
        migrations.AddConstraint(
            "payment", models.CheckConstraint(condition=~Q(provider=""), name="payment_is_of_a_provider")
        ),
        migrations.AddConstraint(
            "notice", models.UniqueConstraint(fields=["event_id", "provider"], name="notice_once")
        ),
        migrations.AddConstraint(
            "dispute", models.UniqueConstraint(fields=["provider_id", "payment"], name="dispute_once")
        ),
        migrations.AddConstraint(
            "refund",
            models.UniqueConstraint(
                fields=["provider_id", "payment"],
                condition=~Q(provider_id="") & ~Q(state="undone"),
                name="refund_once",
            ),
        ),
    ]
