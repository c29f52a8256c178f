"""Facts sealed into a link: nobody but the shop can read or make one, and it runs out."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.language import say
from core.refusals import Invalid, TooLate

NOT_OURS = say("链接无效，请检查是否完整。", "This link is not valid. Please check that it is complete.")
RAN_OUT = say("链接已过期，请重新申请。", "This link has expired. Please ask for a new one.")


def boxes(purpose: str) -> list[Fernet]:
    """What seals for this purpose: a box for SECRET_KEY, then one for each of SECRET_KEY_FALLBACKS."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = (salted_hmac(f"sheaf.seals.{purpose}", "", secret=s, algorithm="sha256").digest() for s in secrets)
    return [Fernet(urlsafe_b64encode(key)) for key in keys]


def _box(purpose: str) -> MultiFernet:
    return MultiFernet(boxes(purpose))


def seal(purpose: str, **facts: str) -> str:
    """The facts as one opaque word for an address; encrypted, since addresses reach logs and outboxes."""
    text = json.dumps(facts, separators=(",", ":")).encode()
    return _box(purpose).encrypt_at_time(text, int(timezone.now().timestamp())).decode().rstrip("=")


def opened_for_ever(purpose: str, sealed: str) -> dict[str, str]:
    """The facts that were sealed for this purpose, for what is kept in a row that says itself how long."""
    return opened(purpose, sealed, timedelta(days=36_500))


def opened(purpose: str, sealed: str, lasts: timedelta) -> dict[str, str]:
    """The facts that were sealed for this purpose; refused when forged or older than `lasts`."""
    box, token = _box(purpose), sealed + "=" * (-len(sealed) % 4)
    try:
        facts = json.loads(box.decrypt(token))
        made = box.extract_timestamp(token)
    except (InvalidToken, ValueError):
        raise Invalid(NOT_OURS, field="token") from None
    if timezone.now().timestamp() - made > lasts.total_seconds():
        raise TooLate(RAN_OUT, field="token")
    return facts
