"""What the API offers of buying."""

from orders.api import cart, checkout, order, payment, refund


class Query(cart.Query, order.Query):
    """What may be read on this floor."""


class Mutation(cart.Mutation, checkout.Mutation, order.Mutation, payment.Mutation, refund.Mutation):
    """What may be done on this floor."""
