"""Where a test's payments are made."""

from typing import Any


def stripe_at(settings: Any, base: str, **options: str) -> None:
    """The shop asks Stripe at this address, with what is given besides (`secret`, `key`)."""
    stripe = settings.PAYMENT_PROVIDERS["stripe"]
    there = {**stripe, "options": {**stripe["options"], "base": base, **options}}
    settings.STRIPE_API_BASE = base
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, "stripe": there}
