"""What travels is a parcel, with one address: an order's part of it points there. What was sent before was a parcel for
each order and team; each gets the address of its order.

The release of before serves on this database too: it writes and reads an order's own address and a shipment's own number.
So their columns stay one release longer, out of the models, and triggers keep them and the parcels alike. The next release
drops columns and triggers by a migration that says `contracts`."""

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


# Of whoever makes a shipment and knows no parcel, one is made of her order's address.
PACKS = """
    CREATE FUNCTION orders_pack() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO orders_parcel (uid, team_id, recipient, phone, region_id, street, carrier, tracking_number)
        SELECT gen_random_uuid(), NEW.team_id, o.recipient, o.phone, o.region_id, o.street, NEW.carrier, NEW.tracking_number
        FROM orders_order o WHERE o.id = NEW.order_id RETURNING id INTO NEW.parcel_id;
        RETURN NEW;
    END $$;
    CREATE TRIGGER pack BEFORE INSERT ON orders_shipment FOR EACH ROW WHEN (NEW.parcel_id IS NULL)
    EXECUTE FUNCTION orders_pack();
"""
# Of whoever makes a parcel and knows no other address, the order gets that of its first one.
ADDRESSES = """
    CREATE FUNCTION orders_address() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE orders_order o SET recipient = p.recipient, phone = p.phone, region_id = p.region_id, street = p.street
        FROM orders_parcel p WHERE p.id = NEW.parcel_id AND o.id = NEW.order_id AND o.region_id IS NULL;
        RETURN NULL;
    END $$;
    CREATE TRIGGER address AFTER INSERT ON orders_shipment FOR EACH ROW EXECUTE FUNCTION orders_address();
"""
# A parcel was changed, sent or forgotten: so is what stands of it elsewhere.
TELLS = """
    CREATE FUNCTION orders_tell_of_parcel() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE orders_shipment SET carrier = NEW.carrier, tracking_number = NEW.tracking_number
        WHERE parcel_id = NEW.id AND (carrier, tracking_number) IS DISTINCT FROM (NEW.carrier, NEW.tracking_number);
        UPDATE orders_order o
        SET recipient = NEW.recipient, phone = NEW.phone, region_id = NEW.region_id, street = NEW.street
        FROM orders_shipment s WHERE s.parcel_id = NEW.id AND o.id = s.order_id
        AND NOT EXISTS (SELECT FROM orders_shipment e WHERE e.order_id = s.order_id AND e.id < s.id)
        AND (o.recipient, o.phone, o.region_id, o.street)
            IS DISTINCT FROM (NEW.recipient, NEW.phone, NEW.region_id, NEW.street);
        RETURN NULL;
    END $$;
    CREATE TRIGGER tell AFTER UPDATE OF recipient, phone, region_id, street, carrier, tracking_number ON orders_parcel
    FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION orders_tell_of_parcel();
"""
HEARS = """
    CREATE FUNCTION orders_number_parcel() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE orders_parcel SET carrier = NEW.carrier, tracking_number = NEW.tracking_number
        WHERE id = NEW.parcel_id AND (carrier, tracking_number) IS DISTINCT FROM (NEW.carrier, NEW.tracking_number);
        RETURN NULL;
    END $$;
    CREATE TRIGGER number_parcel AFTER UPDATE OF carrier, tracking_number ON orders_shipment
    FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION orders_number_parcel();
    CREATE FUNCTION orders_address_parcels() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE orders_parcel
        SET recipient = NEW.recipient, phone = NEW.phone, region_id = NEW.region_id, street = NEW.street
        WHERE id IN (SELECT parcel_id FROM orders_shipment WHERE order_id = NEW.id)
        AND (recipient, phone, region_id, street) = (OLD.recipient, OLD.phone, OLD.region_id, OLD.street)
        AND (recipient, phone, region_id, street)
            IS DISTINCT FROM (NEW.recipient, NEW.phone, NEW.region_id, NEW.street);
        RETURN NULL;
    END $$;
    CREATE TRIGGER address_parcels AFTER UPDATE OF recipient, phone, region_id, street ON orders_order
    FOR EACH ROW WHEN (OLD.region_id IS NOT NULL) EXECUTE FUNCTION orders_address_parcels();
"""
APART = """
    DROP TRIGGER pack ON orders_shipment; DROP TRIGGER address ON orders_shipment;
    DROP TRIGGER number_parcel ON orders_shipment; DROP TRIGGER tell ON orders_parcel;
    DROP TRIGGER address_parcels ON orders_order;
    DROP FUNCTION orders_pack, orders_address, orders_tell_of_parcel, orders_number_parcel, orders_address_parcels;
"""


def a_text(length: int) -> models.CharField:
    return models.CharField(max_length=length, default="", db_default="")


def a_region() -> models.ForeignKey:
    return models.ForeignKey(
        "accounts.region", on_delete=django.db.models.deletion.PROTECT, related_name="+", db_index=False, null=True
    )


# No code of this release fills them.
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
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model, name) for model, name, _ in EMPTY]
        ),
        migrations.RunSQL([PACKS, ADDRESSES, TELLS, HEARS], [APART]),
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
