"""What the API offers of buying."""

from orders.api import (  # noqa: F401 (each adds its own)
    cart,
    cart_coupon,
    cart_line,
    checkout,
    claim,
    claim_reply,
    closure,
    companion,
    coupon,
    desk,
    figures,
    gift,
    incident,
    link_again,
    office,
    office_departments,
    office_order,
    opening,
    order,
    payment,
    payment_check,
    proof,
    rates,
    refund,
    review,
    shipment,
)


class Query(
    rates.Query,
    payment_check.Query,
    opening.Query,
    cart.Query,
    companion.Query,
    coupon.Query,
    order.Query,
    review.Query,
    desk.Query,
    incident.Query,
    office_departments.Query,
):
    """What may be read on this floor."""


class Mutation(
    opening.Mutation,
    payment_check.Mutation,
    rates.Mutation,
    cart.Mutation,
    gift.Mutation,
    cart_line.Mutation,
    cart_coupon.Mutation,
    coupon.Mutation,
    checkout.Mutation,
    order.Mutation,
    payment.Mutation,
    proof.Mutation,
    link_again.Mutation,
    refund.Mutation,
    shipment.Mutation,
    claim.Mutation,
    claim_reply.Mutation,
    review.Mutation,
    closure.Mutation,
    incident.Mutation,
    office.Mutation,
    office_order.Mutation,
    office_departments.Mutation,
):
    """What may be done on this floor."""
