"""The link to an order, sent again to whoever bought it."""

from typing import Any

import graphene

from core.api.access import PUBLIC
from core.api.act import Act
from orders.actions import link_again
from orders.api.payment import NUMBER


class OrderLinkRequest(Act):
    """Have the link to an order sent to its buyer once more. The answer is the same whether or not there is such an order."""

    class Meta:
        access = PUBLIC
        rate = (10, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        contact = graphene.String(
            required=True, description="The mailbox or the mobile number that it was bought with."
        )

    @classmethod
    def act(cls, request: Any, number: str, contact: str) -> Any:
        """Nothing: the link goes to that mailbox, or by text to that number. INVALID for what is no number of an order or no
        address, and once that number had its texts of the day; TOO_MANY_REQUESTS above 20 an hour from one address, or
        five a day to one mailbox."""
        link_again.ask(request, number, contact)


class Mutation:
    order_link_request = OrderLinkRequest.Field()
