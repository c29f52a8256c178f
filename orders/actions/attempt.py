"""An attempt to pay: written down before the provider is asked, so that asking again opens nothing twice."""

from datetime import datetime, timedelta

from orders.models import Order, Payment

# Stripe's page lives for at least 30 minutes; a few more let a begin that got no answer be asked again.
LIVES = timedelta(minutes=35)


def unsaved(order: Order, kind: str, now: datetime) -> Payment:
    """An attempt to pay all of an order, still to be written."""
    return Payment(order=order, kind=kind, amount_minor=order.total_minor, ends_at=now + LIVES)
