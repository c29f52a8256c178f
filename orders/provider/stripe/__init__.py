"""Stripe: Checkout Sessions and PaymentIntents by card, Alipay and WeChat Pay, in CNY.

Its words (event names, sessions, intents, the codes of its refusals) stay in this folder.
"""

from orders.provider.stripe.adapter import StripeProvider

__all__ = ["StripeProvider"]
