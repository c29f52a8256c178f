"""A team that has sold for years opens its desk as fast as one that began this month."""

import statistics
import time

import pytest
from django.test import Client
from django.utils import timezone

from bench import clones
from impact.actions import statement
from orders.actions import shipment
from orders.models import Order
from tests.database import superuser
from tests.figures import figure, in_full_alone
from tests.orders.sold import Sold, settle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
FEW, MANY = 640, 64_000
TURNS = 41
# A page that takes longer than this of the other's is worse; the bound.
MOST = 1.3

# What a finished order leaves behind: of each table the rows that are of these orders.
_OF = {
    "orders_order": "b.id IN (SELECT id FROM mine)",
    "orders_parcel": "b.id IN (SELECT parcel_id FROM orders_shipment WHERE order_id IN (SELECT id FROM mine))",
    "orders_shipment": "b.order_id IN (SELECT id FROM mine)",
    "orders_line": "b.order_id IN (SELECT id FROM mine)",
    "orders_linelot": "b.line_id IN (SELECT id FROM orders_line WHERE order_id IN (SELECT id FROM mine))",
    "orders_payment": "b.order_id IN (SELECT id FROM mine)",
    "catalog_reservation": "b.holder IN (SELECT uid FROM mine)",
    "impact_ledgertransaction": "b.order_uid IN (SELECT uid FROM mine)",
    "impact_transfer": "b.transaction_id IN (SELECT id FROM impact_ledgertransaction WHERE order_uid IN (SELECT uid FROM mine))",
}


def sold_again(connection, order, first, count):
    """This order and all that it left behind, so many times more; `first` keeps clones of two orders apart."""
    connection.execute("DROP TABLE IF EXISTS mine, copies")
    connection.execute(f"CREATE TEMP TABLE mine AS SELECT id, uid FROM orders_order WHERE id = {order.pk}")
    connection.execute(
        f"CREATE TEMP TABLE copies AS SELECT n::bigint FROM generate_series({first}, {first + count - 1}) n"
    )
    for table, rows in _OF.items():
        clones.clone(connection, table, f"{table} b CROSS JOIN copies c WHERE {rows}", clones.LEDGER[table])


@pytest.fixture
def sold(till, a_stand):
    made = [Sold(till, a_stand), Sold(till, a_stand)]
    for one in made:
        one.arrive(0, 1)
    settle()
    shipment.complete_due(timezone.now() + timezone.timedelta(days=90))
    settle()
    statement.fold()
    return made


@in_full_alone("64,000 orders")
def test_the_desks_first_page_at_64000_orders_takes_as_long_as_at_640(sold):
    few, many = sold
    everybody = superuser()
    sold_again(everybody, few.row, 1, FEW - 1)
    sold_again(everybody, many.row, FEW, MANY - 1)
    everybody.execute("ANALYZE")
    assert Order.objects.count() == FEW + MANY
    pages = []
    for house in sold:
        client = Client()
        client.force_login(house.managers[0].person)
        pages.append(client)
    took = [[], []]
    for _ in range(TURNS):
        for client, times in zip(pages, took, strict=True):
            began = time.perf_counter()
            assert client.get("/zh/desk/").status_code == 200
            times.append(time.perf_counter() - began)
    small, large = (statistics.median(times[1:]) for times in took)
    figure("desk/size", f"{large / small:.2f} of its time at {FEW} orders, {small * 1000:.0f} ms")
    assert large < MOST * small, (small, large)
