"""A refund that several have given remembers what each attempt gave, and what the one under way was asked for. What an
order gave back counts what attempts have given of a refund that is still owed."""

import django.db.models.deletion
from django.db import migrations, models

# The attempt that had given was the last one, until it was tried again; then its id is not known any more.
GIVEN = """
    INSERT INTO orders_refundgiven (refund_id, attempt, provider_id, amount_minor, otherwise)
    SELECT id, CASE WHEN state = 'failed' AND failure = 'dispute_won' THEN attempt ELSE attempt - 1 END,
           CASE WHEN state = 'failed' AND failure = 'dispute_won' THEN provider_id ELSE '' END, given_minor, ''
    FROM orders_refund WHERE given_minor > 0
"""
MOVED = "UPDATE orders_refund SET provider_id = '' WHERE given_minor > 0 AND state = 'failed' AND failure = 'dispute_won'"
ARRIVED = """
    UPDATE orders_order o SET refunded_minor = o.refunded_minor {sign} part.minor
    FROM (SELECT p.order_id, sum(r.given_minor) AS minor
          FROM orders_refund r JOIN orders_payment p ON p.id = r.payment_id
          WHERE p.is_kept AND r.state NOT IN ('succeeded', 'undone') GROUP BY p.order_id) part
    WHERE part.order_id = o.id AND part.minor > 0
"""
BACK = """
    UPDATE orders_refund r SET provider_id = g.provider_id FROM orders_refundgiven g
    WHERE g.refund_id = r.id AND g.attempt = r.attempt AND r.provider_id = ''
"""
LOCKED = "SET CONSTRAINTS ALL IMMEDIATE"


class Migration(migrations.Migration):
    dependencies = [("orders", "0019_ids_by_noun")]

    operations = [
        migrations.AddField(
            "refund",
            "asked_minor",
            models.PositiveBigIntegerField(
                help_text="so much of it the attempt under way moves, where more came to be owed meanwhile; empty: all that is due",
                null=True,
            ),
        ),
        migrations.AlterField(
            "refund",
            "given_minor",
            models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                help_text="so much of it earlier attempts have given, before more of it came to be owed: the sum of RefundGiven",
            ),
        ),
        migrations.CreateModel(
            "RefundGiven",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField()),
                ("provider_id", models.CharField(blank=True, db_index=True, max_length=255)),
                ("amount_minor", models.PositiveBigIntegerField()),
                (
                    "otherwise",
                    models.CharField(
                        blank=True,
                        help_text="how an operator gave it where the provider could not",
                        max_length=200,
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="given",
                        to="orders.refund",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="refund_given_is_something"
                    ),
                    models.UniqueConstraint(fields=("refund", "attempt"), name="refund_given_once"),
                ],
            },
        ),
        migrations.RunSQL(
            [GIVEN, MOVED, ARRIVED.format(sign="+"), LOCKED], [BACK, ARRIVED.format(sign="-"), LOCKED]
        ),
    ]
