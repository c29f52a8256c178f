"""Keyed hashes by which two facts are found to be the same without either being kept or told: a telephone, an address.

The key is an edition's: the same telephone has another mark in another edition.
"""

import hmac
import re
import unicodedata
from functools import lru_cache
from uuid import UUID

from impact.models import Edition
from impact.sealing import unseal


def mark_of_phone(edition: Edition, phone: str) -> str:
    """The same for one number however it is spelled; empty where there is none."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    return _mark(
        edition, "phone", digits.removeprefix("0086").removeprefix("86") if len(digits) > 11 else digits
    )


def mark_of_address(edition: Edition, region_id: str, street: str) -> str:
    """The same for one street and number in one region, whatever its spaces, signs and width of digits."""
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", street)).casefold()
    return _mark(edition, "address", f"{region_id}:{plain}" if plain else "")


def mark_of_mailbox(edition: Edition, mailbox: str) -> str:
    """The same for one mailbox in capitals or not."""
    return _mark(edition, "mailbox", mailbox.strip().lower())


def mark_of_account(edition: Edition, account: str) -> str:
    """The same for one bank or wallet account, whatever its spaces."""
    return _mark(edition, "account", re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", account)).casefold())


def mark_of_household(edition: Edition, uid: UUID) -> str:
    """Of a household's pseudonym, for those who need not find it by that."""
    return _mark(edition, "household", uid.hex)


def _mark(edition: Edition, kind: str, plain: str) -> str:
    if not plain:
        return ""
    return hmac.digest(_key(bytes(edition.sealed_key)), f"{kind}:{plain}".encode(), "sha256").hex()


@lru_cache(maxsize=16)
def _key(sealed: bytes) -> bytes:
    return unseal(sealed)
