"""The release of before reads an order's own address and a shipment's own number, and writes them, while this one serves
beside it: what either says of a parcel, the other hears."""

import pytest
from django.db import connection

from orders.models import Parcel
from tests.catalog.world import a_team

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "recipient, phone, region_id, street"


def sql(words: str, *told):
    with connection.cursor() as cursor:
        cursor.execute(words, told)
        return cursor.fetchall() if cursor.description else []


def old_address(order) -> tuple:
    return sql(f"SELECT {ADDRESS} FROM orders_order WHERE id = %s", order.pk)[0]


def addresses(order) -> list[tuple]:
    rows = Parcel.objects.filter(shipments__order=order).order_by("pk")
    return list(rows.values_list("recipient", "phone", "region_id", "street"))


def test_an_order_of_this_release_has_its_address_for_that_one(paid):
    assert addresses(paid.row) == [old_address(paid.row)] * 2
    assert old_address(paid.row)[0] != ""


def test_a_shipment_of_that_release_has_a_parcel_to_its_orders_address(paid):
    made = sql(
        """INSERT INTO orders_shipment (uid, order_id, team_id, state, shipping_minor, refunded_minor, carrier, tracking_number)
           VALUES (gen_random_uuid(), %s, %s, 'waiting', 0, 0, 'A courier', 'T1') RETURNING parcel_id""",
        paid.row.pk,
        a_team().pk,
    )
    parcel = Parcel.objects.get(pk=made[0][0])
    assert (parcel.recipient, parcel.phone, parcel.region_id, parcel.street) == old_address(paid.row)
    assert (parcel.carrier, parcel.tracking_number) == ("A courier", "T1")


def test_a_number_is_the_same_whoever_writes_it(paid):
    first, second = paid.row.shipments.order_by("pk")
    sql("UPDATE orders_shipment SET carrier = 'One', tracking_number = '1' WHERE id = %s", first.pk)
    Parcel.objects.filter(pk=second.parcel_id).update(carrier="Two", tracking_number="2")
    both = "SELECT s.tracking_number, p.tracking_number FROM orders_shipment s JOIN orders_parcel p ON p.id = s.parcel_id"
    assert sql(f"{both} WHERE order_id = %s ORDER BY s.id", paid.row.pk) == [("1", "1"), ("2", "2")]


def test_an_address_that_is_changed_or_forgotten_is_so_for_both(paid):
    first, second = paid.row.shipments.order_by("pk")
    Parcel.objects.filter(pk=second.parcel_id).update(recipient="Someone else", street="2 Other Street")
    assert "Someone else" not in old_address(paid.row), "an order's address is that of its first parcel"
    Parcel.objects.filter(pk=first.parcel_id).update(street="9 New Street")
    assert old_address(paid.row)[3] == "9 New Street"

    sql("UPDATE orders_order SET recipient = '', phone = '', street = '' WHERE id = %s", paid.row.pk)
    mine, others = addresses(paid.row)
    assert (mine[0], mine[1], mine[3]) == ("", "", "")
    assert others[0] == "Someone else", "who is another's is forgotten by her own rule"

    Parcel.objects.filter(pk=first.parcel_id).update(recipient="Back", phone="1", street="s")
    Parcel.objects.filter(pk=first.parcel_id).update(recipient="", phone="", street="")
    assert old_address(paid.row)[0] == old_address(paid.row)[3] == ""
