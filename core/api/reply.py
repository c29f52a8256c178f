"""An answer as it goes out: its bytes, and by what a browser knows that it has them."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson


def as_bytes(data: Any, errors: list[dict[str, Any]] | None = None, extensions: Any = None) -> bytes:
    """The JSON of a GraphQL answer; `errors` and `extensions` are left out where there are none."""
    answer = {"data": data}
    if errors:
        answer["errors"] = errors
    if extensions:
        answer["extensions"] = extensions
    return orjson.dumps(answer)


def etag_of(body: bytes) -> str:
    """By which a browser or a CDN knows that it has these very bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def unchanged(meta: Mapping[str, Any], etag: str) -> bool:
    """Whether the asker has this very answer already."""
    return etag in meta.get("HTTP_IF_NONE_MATCH", "")
