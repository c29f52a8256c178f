"""The port to whoever moves the money; which adapter, settings.PAYMENT_PROVIDER says."""

from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

_making = Lock()


@cache
def _made(dotted: str, key: str, base: str, secret: str) -> Any:
    return import_string(dotted)(key=key, base=base, secret=secret)


def provider() -> Any:
    """The shop's payment provider: a Provider and a Listener."""
    # The addresses are part of the key: a test's stand-in listens elsewhere than the one before it.
    named = (
        settings.PAYMENT_PROVIDER,
        settings.STRIPE_API_KEY,
        settings.STRIPE_API_BASE,
        settings.STRIPE_WEBHOOK_SECRET,
    )
    # One for all threads, those that ask first at the same time too: it counts how many wait for it.
    with _making:
        return _made(*named)
