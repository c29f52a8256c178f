"""Opaque, typed ids: an id of a product is no id of an order, and none can be counted."""

import base64
import binascii
from uuid import UUID

from core.refusals import InvalidId

_IN_ADDRESSES = bytes.maketrans(b"+/", b"-_")


def global_id(kind: str, key: UUID | str | int) -> str:
    """The public id of a thing: its kind and its random uid (or a natural key), opaque to clients."""
    tail = key.bytes if isinstance(key, UUID) else str(key).encode()
    text = binascii.b2a_base64(kind.encode() + b":" + tail, newline=False)
    return text.translate(_IN_ADDRESSES, b"=").decode()


def uid_of(public_id: str, kind: str, *, field: str | tuple[str, ...] = "id") -> UUID:
    """The uid inside an id of this kind; INVALID_ID for anything else."""
    try:
        return UUID(bytes=_tail(public_id, kind))
    except ValueError:
        raise InvalidId(field=field) from None


def kind_and_key(public_id: str, *, field: str | tuple[str, ...] = "id") -> tuple[str, str]:
    """Of what kind an id is, and the uid or natural key inside it; INVALID_ID for what is no id of ours."""
    try:
        raw = base64.urlsafe_b64decode(public_id + "=" * (-len(public_id) % 4))
        kind, _, tail = raw.partition(b":")
        if not (kind.isalpha() and tail) or len(raw) > 200:
            raise InvalidId(field=field)
        return kind.decode("ascii"), str(UUID(bytes=tail)) if len(tail) == 16 else tail.decode("ascii")
    except (binascii.Error, ValueError):
        raise InvalidId(field=field) from None


def key_of(public_id: str, kind: str, *, field: str | tuple[str, ...] = "id") -> str:
    """The natural key inside an id of this kind; INVALID_ID for anything else."""
    try:
        return _tail(public_id, kind).decode()
    except ValueError:
        raise InvalidId(field=field) from None


def _tail(public_id: str, kind: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(public_id + "=" * (-len(public_id) % 4))
    except (binascii.Error, UnicodeEncodeError) as wrong:
        raise ValueError from wrong
    found, _, tail = raw.partition(b":")
    if found != kind.encode() or not tail or len(raw) > 200 or b"\0" in tail and len(tail) != 16:
        raise ValueError
    return tail
