"""The arithmetic of authenticator apps (RFC 6238), and where their secrets lie: sealed, with keys that are in no database."""

import time
from functools import cache

import pyotp
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import constant_time_compare

from core import texts
from core.numbers import NotANumber, in_ascii
from core.sealed import SealedColumn

STEP = 30  # seconds
AROUND = (0, -1, 1)  # clocks differ, and typing takes its time: the step that is, the one before, the next


@cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FACTOR_KEYS is empty: secrets of authenticator apps cannot be sealed.")
    return MultiFernet([Fernet(key) for key in keys])


def boxes() -> list[Fernet]:
    """A box for each of FACTOR_KEYS, in their order."""
    return [Fernet(key) for key in settings.FACTOR_KEYS]


SEALED = [SealedColumn("accounts.SecondFactor", "sealed", "FACTOR_KEYS", boxes)]


def seal(secret: str) -> bytes:
    """The secret, sealed with the first key."""
    return _box(tuple(settings.FACTOR_KEYS)).encrypt(secret.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """The secret, by whichever key sealed it."""
    return _box(tuple(settings.FACTOR_KEYS)).decrypt(bytes(sealed)).decode()


def new_secret() -> str:
    """160 random bits, in the letters that an app takes (base32)."""
    return pyotp.random_base32()


def uri(secret: str, account: str, issuer: str) -> str:
    """What the QR code says: `otpauth://totp/…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def now() -> float:
    """The wall clock's seconds: the trade's clock may be moved, this one never is."""
    return time.time()


def code_at(secret: str, at: float) -> str:
    """What the app shows at that moment."""
    return pyotp.TOTP(secret).at(int(at))


def clean_code(code: str) -> str:
    """A code as it was meant: full-width digits, spaces and hyphens are how people write them."""
    try:
        return in_ascii(texts.code(code)[:40]).replace("-", "").upper()
    except NotANumber:
        return ""


def step_of(secret: str, code: str) -> int | None:
    """The step whose code this is, in thirties of seconds since 1970; None where it is of none around now."""
    given, at = clean_code(code), now()
    found = [n for n in AROUND if constant_time_compare(code_at(secret, at + n * STEP), given)]
    return int(at) // STEP + found[0] if found else None
