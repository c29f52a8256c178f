"""What the API offers of buying."""

from orders.api import (
    cart,
    checkout,
    claim,
    desk,
    group,
    order,
    payment,
    proof,
    refund,
    review,
    seat,
    shipment,
)


class Query(cart.Query, order.Query, group.Query, review.Query, desk.Query):
    """What may be read on this floor."""


class Mutation(
    cart.Mutation,
    checkout.Mutation,
    order.Mutation,
    payment.Mutation,
    proof.Mutation,
    refund.Mutation,
    group.Mutation,
    seat.Mutation,
    shipment.Mutation,
    claim.Mutation,
    review.Mutation,
    desk.Mutation,
):
    """What may be done on this floor."""
