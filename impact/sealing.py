"""Seal what must not be read from the database alone; the keys are in the settings, never beside the data."""

import json
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.sealed import SealedColumn


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("HOUSEHOLD_KEYS is empty: households' details cannot be sealed.")
    return MultiFernet([Fernet(key) for key in keys])


def boxes() -> list[Fernet]:
    """A box for each of HOUSEHOLD_KEYS, in their order."""
    return [Fernet(key) for key in settings.HOUSEHOLD_KEYS]


# What lies in the database under these keys.
SEALED = [
    SealedColumn("impact.HouseholdDetail", "sealed", "HOUSEHOLD_KEYS", boxes),
    SealedColumn("impact.ShortName", "sealed", "HOUSEHOLD_KEYS", boxes),
    SealedColumn("impact.Edition", "sealed_key", "HOUSEHOLD_KEYS", boxes),
]


def seal(plain: bytes) -> bytes:
    """Sealed with the first key."""
    return _fernet(tuple(settings.HOUSEHOLD_KEYS)).encrypt(plain)


def unseal(sealed: bytes | memoryview) -> bytes:
    """Opened with whichever key sealed it."""
    return _fernet(tuple(settings.HOUSEHOLD_KEYS)).decrypt(bytes(sealed))


def seal_facts(facts: dict[str, Any]) -> bytes:
    """A small record, sealed."""
    return seal(json.dumps(facts, ensure_ascii=False).encode())


def unseal_facts(sealed: bytes | memoryview) -> dict[str, Any]:
    """A small record, opened."""
    return json.loads(unseal(sealed))
