"""How many statements a purchase takes: every round trip is counted, BEGIN and COMMIT among them.

Two lots of one team in a running contest, each with five households behind it; by a guest, as the bench buys.
The first purchase of a process also reads what is kept in the process: regions, rates, the clock, accounts.
"""

import pytest

from core.deliveries import drain
from tests.catalog.world import a_product, a_team, a_variant
from tests.impact.world import a_lot, a_round
from tests.orders.statements import Statements, counted
from tests.orders.world import (
    BUYER,
    PAID,
    Buyer,
    a_person,
    at_rest,
    key,
    post,
    session_of,
    total_of,
    variant_id,
)
from tests.orders.world import events as told

pytestmark = pytest.mark.django_db(transaction=True)

ADDED = "cart { id }"
# The claim; payments to be closed; order, lines, parcels, managers; marked as done; the fold; a look that finds nothing.
WORKER = 14
SEEN = "cart { id shippingTotal { minor } total { minor } isReady }"
PLACED = "order { number total { minor } } token"


class Purchases:
    """A guest who buys again and again, and the statements of each step of her last purchase."""

    def __init__(self, till, stand):
        self.till, self.stand, self.buyer = till, stand, Buyer()
        team = a_team(manager=a_person())
        a_round(team)
        lots = [a_lot(variant=a_variant(a_product(team))) for _ in range(2)]
        self.lines = [{"variantId": variant_id(lot), "quantity": 2} for lot in lots]
        self.steps: dict[str, Statements] = {}
        self.heard: set[str] = set()

    def do(self, step, act, payload, **given):
        with counted() as self.steps[step]:
            return self.buyer.done(act, payload, **given)

    def by_cart(self):
        cart = self.do("new cart, a line", "cartLinesAdd", ADDED, lines=self.lines[:1])["cart"]
        self.do("another line", "cartLinesAdd", ADDED, cartId=cart["id"], lines=self.lines[1:])
        self.do("address, shipping", "cartUpdate", SEEN, cartId=cart["id"], **BUYER)
        asked = {"cartId": cart["id"], "expectedTotal": total_of({"cartId": cart["id"]})}
        placed = self.do("place", "checkoutPlace", PLACED, **asked, idempotencyKey=key())
        order = {"number": placed["order"]["number"], "token": placed["token"]}
        begun = self.do("begin to pay", "paymentBegin", "payment { url }", **order, idempotencyKey=key())
        self.paid(begun["payment"])

    def at_once(self):
        self.buyer = Buyer()
        given = {"lines": self.lines, **BUYER, "idempotencyKey": key()}
        given["expectedTotal"] = total_of(given)
        self.paid(self.do("buy now", "buyNow", f"{PLACED} payment {{ url }}", **given)["payment"])

    def paid(self, payment):
        """She pays, and the provider's notice of it arrives; it sends no other."""
        self.till.pay(session_of(payment), "alipay")
        (event,) = [e for e in told(self.stand, PAID) if e["id"] not in self.heard]
        self.heard.add(event["id"])
        with counted() as self.steps["paid and attributed"]:
            assert post(event) == 200

    def settled(self):
        with counted() as self.steps["worker"]:
            drain()

    @property
    def counts(self):
        return {step: len(statements) for step, statements in self.steps.items()}


@pytest.fixture
def purchases(whole_shop, till, a_stand):
    made = Purchases(till, a_stand)
    made.by_cart()
    drain()
    made.steps.clear()
    return made


def test_a_purchase_by_a_cart(purchases):
    purchases.by_cart()
    purchases.settled()
    assert purchases.counts == {
        "new cart, a line": 2,
        "another line": 6,
        "address, shipping": 3,
        # One for what a guest whom nobody knows holds unpaid, one for the best coupon, one for programs that are told.
        "place": 13,
        "begin to pay": 9,
        "paid and attributed": 14,
        "worker": WORKER,
    }, "\n".join(f"{step}\n{statements}" for step, statements in purchases.steps.items())
    # Two of them ask whether a program is told of it.
    assert sum(purchases.counts.values()) <= 62
    at_rest()


def test_a_purchase_in_one_call(purchases):
    purchases.at_once()
    purchases.settled()
    assert purchases.counts == {"buy now": 13, "paid and attributed": 14, "worker": WORKER}, "\n".join(
        f"{step}\n{statements}" for step, statements in purchases.steps.items()
    )
    at_rest()


def test_the_worker_takes_two_statements_more_for_twenty_purchases_than_for_one(purchases):
    for _ in range(20):
        purchases.at_once()
    purchases.settled()
    # Sixty reactions reach outside; they are marked as done twenty at a time.
    assert len(purchases.steps["worker"]) == WORKER + 2, str(purchases.steps["worker"])
    at_rest()
