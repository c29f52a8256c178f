"""What becomes of carts, orders and reviews when their buyer's account goes into another of hers."""

from accounts.merging import Becomes, move
from accounts.models import Person
from orders.actions import cart as carts
from orders.actions import wish as wishes
from orders.models import Cart, Order

COLUMNS = {
    "orders.Cart.person": Becomes.UNITES,
    "orders.Order.person": Becomes.MOVES,
    # As it was frozen when the order was placed; that somebody called herself is known of its support (impact).
    "orders.Order.mobiliser_person": Becomes.STAYS,
    # Of an account that is deleted, which no other goes into.
    "orders.Order.reached_by": Becomes.STAYS,
    "orders.Review.person": Becomes.MOVES,
    "orders.Refund.requested_by": Becomes.MOVES,
    "orders.Claim.answered_by": Becomes.MOVES,
    "orders.ClaimReply.by": Becomes.MOVES,
    "orders.Incident.opened_by": Becomes.MOVES,
    "orders.Setback.by": Becomes.MOVES,
    "orders.PaymentTrial.by": Becomes.MOVES,
    "orders.Coupon.made_by": Becomes.MOVES,
    "orders.Webhook.made_by": Becomes.MOVES,
    "orders.Invoice.uploaded_by": Becomes.MOVES,
    "orders.NewsLetter.person": Becomes.MOVES,
    "orders.Wish.person": Becomes.UNITES,
}


def merge_carts(lasting: Person, gone: Person) -> None:
    """Both carts are one. Before all else: whoever places an order holds its cart before she holds orders."""
    carts.pour_into(lasting, gone)


def merge(lasting: Person, gone: Person) -> None:
    """All orders are in one list, and not one is lost."""
    list(Order.objects.filter(person=gone).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    move(COLUMNS, lasting, gone)
    wishes.unite(lasting, gone)
    Cart.objects.filter(person=gone, closed_at__isnull=False).update(person=lasting)
