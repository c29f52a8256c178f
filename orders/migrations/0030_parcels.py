"""What travels is a parcel, with one address: an order's part of it points there. What was sent before was a parcel for
each order and team; each gets the address of its order."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

# A parcel bears its shipment's id at first, so that what points at it is found without a look.
PACKED = """
    INSERT INTO orders_parcel (id, uid, team_id, recipient, phone, region_id, street, carrier, tracking_number)
    OVERRIDING SYSTEM VALUE
    SELECT s.id, gen_random_uuid(), s.team_id, o.recipient, o.phone, o.region_id, o.street, s.carrier, s.tracking_number
    FROM orders_shipment s JOIN orders_order o ON o.id = s.order_id
"""
NUMBERED = """
    SELECT setval(pg_get_serial_sequence('orders_parcel', 'id'), greatest(1, (SELECT coalesce(max(id), 0) FROM orders_parcel)))
"""
POINTED = "UPDATE orders_shipment SET parcel_id = id"
UNPACKED = """
    UPDATE orders_shipment s SET carrier = p.carrier, tracking_number = p.tracking_number
    FROM orders_parcel p WHERE p.id = s.parcel_id
"""
ADDRESSED = """
    UPDATE orders_order o SET recipient = p.recipient, phone = p.phone, region_id = p.region_id, street = p.street
    FROM (SELECT DISTINCT ON (order_id) order_id, parcel_id FROM orders_shipment ORDER BY order_id, id) s
    JOIN orders_parcel p ON p.id = s.parcel_id WHERE s.order_id = o.id
"""
LOCKED = "SET CONSTRAINTS ALL IMMEDIATE"
GONE = "UPDATE orders_shipment SET parcel_id = NULL; DELETE FROM orders_parcel"


def a_text(length: int) -> models.CharField:
    return models.CharField(max_length=length, default="")


def a_region() -> models.ForeignKey:
    return models.ForeignKey(
        "accounts.region", on_delete=django.db.models.deletion.PROTECT, related_name="+", db_index=False, null=True
    )


# Should a column have to come back, it is empty until it is filled: so it may be, from here on.
EMPTY = (
    ("shipment", "carrier", a_text(40)),
    ("shipment", "tracking_number", a_text(40)),
    ("order", "recipient", a_text(60)),
    ("order", "phone", a_text(24)),
    ("order", "street", a_text(200)),
    ("order", "region", a_region()),
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0001_initial"),
        ("orders", "0029_left_unpaid"),
    ]

    operations = [
        migrations.CreateModel(
            name="Parcel",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("recipient", models.CharField(max_length=60)),
                ("phone", models.CharField(max_length=24)),
                ("street", models.CharField(max_length=200)),
                ("carrier", models.CharField(blank=True, max_length=40)),
                ("tracking_number", models.CharField(blank=True, max_length=40)),
                (
                    "region",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.region",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.team",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "shipment",
            "parcel",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shipments",
                to="orders.parcel",
            ),
        ),
        migrations.RemoveConstraint("shipment", "one_shipment_a_team"),
        migrations.RemoveIndex("shipment", "shipments_by_tracking_number"),
        migrations.RemoveIndex("order", "orders_of_a_telephone"),
        *(migrations.AlterField(*column) for column in EMPTY),
        migrations.RunSQL([PACKED, NUMBERED, POINTED, LOCKED], [UNPACKED, ADDRESSED, GONE, LOCKED]),
        migrations.AlterField(
            "shipment",
            "parcel",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="shipments", to="orders.parcel"
            ),
        ),
        *(migrations.RemoveField(model, name) for model, name, _ in EMPTY),
        migrations.AddConstraint(
            "shipment",
            models.UniqueConstraint(fields=("order", "parcel"), name="one_part_of_a_parcel_an_order"),
        ),
        migrations.AddIndex("parcel", models.Index(fields=["phone"], name="parcels_of_a_telephone")),
        migrations.AddIndex(
            "parcel",
            models.Index(
                condition=models.Q(("tracking_number", ""), _negated=True),
                fields=["tracking_number"],
                name="parcels_by_tracking_number",
            ),
        ),
    ]
