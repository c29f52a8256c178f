"""A guest proves that the mailbox she ordered with is hers."""

from typing import Any

import graphene

from core.api.access import PUBLIC
from core.api.act import Act
from orders.actions import proof as proofs
from orders.api.order import OrderType
from orders.api.payment import BY_LINK, NUMBER, open_order


class OrderProve(Act):
    """Say that a guest's order is one's own, by what its mail brought: the contest then counts a person too.

    Asked again, nothing changes. Whoever is signed in with the order's address, confirmed, needs no proof.
    """

    class Meta:
        access = PUBLIC
        rate = (10, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        proof = graphene.String(description="What the mail's link carries; the token proves nothing.")

    order = graphene.Field(OrderType, description="The order as it is now.")

    @classmethod
    def act(cls, request: Any, number: str, token: str | None = None, proof: str | None = None) -> Any:
        """The order, its buyer proved; INVALID on `proof` where it is not what its mail brought."""
        order = open_order(request, number, token)
        return cls(order=proofs.prove(order, proof or "", request.user))


class Mutation:
    order_prove = OrderProve.Field()
