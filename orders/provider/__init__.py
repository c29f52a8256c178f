"""The port to whoever moves the money. settings.PAYMENT_PROVIDERS names every provider and its adapter; each payment
keeps the name of its own, and is asked about, given back and disputed there."""

from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

_making = Lock()


@cache
def _made(dotted: str, options: tuple[tuple[str, Any], ...]) -> Any:
    return import_string(dotted)(**dict(options))


def provider(name: str) -> Any:
    """The adapter of a provider, a Provider and a Listener; LookupError where settings name no such provider."""
    given = settings.PAYMENT_PROVIDERS[name]
    # One for all threads, those that ask first at the same time too: it counts how many wait for it.
    with _making:
        return _made(given["adapter"], tuple(given["options"].items()))


def of_new_payments() -> str:
    """The name of the provider by which a payment that is begun now is paid: the one place where it is chosen."""
    return settings.PAYMENT_PROVIDER


def provider_names() -> list[tuple[str, str]]:
    """Every provider's name, as choices; with those that take no new payments, for theirs of before are still asked."""
    return [(name, name) for name in settings.PAYMENT_PROVIDERS]
